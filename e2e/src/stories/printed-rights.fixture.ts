import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { AuditEntry, AuditMark } from '../harness/audit.js';
import { runSyncer } from '../harness/syncer.js';
import type { Connected } from './connected.fixture.js';

const root = join(__dirname, '..', '..', '..');

/** The flags with which the README calls `print-rbac`. */
export function readmeFlags(): string[] {
  const readme = readFileSync(join(root, 'README.md'), 'utf8').replace(/\\\n/g, ' ');
  const [, flags = ''] = /^workload-syncer print-rbac (.*) --side=kcp \| kubectl apply -f -$/m.exec(readme) ?? [];
  if (flags === '') throw new Error('the README does not show print-rbac');
  return flags.trim().split(/\s+/);
}

/**
 * Gives the syncer's accounts exactly what `print-rbac` prints with these flags, and takes all else from them. The
 * manifests are applied as users do: one side after the other.
 */
export async function grantPrinted(world: Connected, flags: readonly string[]): Promise<void> {
  const { up, down } = world.accounts;
  const users = [`--kcp-user=${up.boundUser}`, `--cluster-user=${down.boundUser}`];
  for (const side of ['kcp', 'cluster'] as const) {
    const printed = await runSyncer([
      'print-rbac',
      ...flags,
      ...users,
      `--side=${side}`,
      `--role-name=printed-${up.name}`,
    ]);
    expect(printed).toMatchObject({ code: 0, stderr: '' });
    const admin = side === 'kcp' ? world.workspace : world.cluster;
    expect(await admin.kubectl(['apply', '-f', '-'], { input: printed.stdout })).toMatchObject({ code: 0 });
  }
  await Promise.all([up.forbid(), down.forbid()]);
}

/** Requests of the product since the marks, whoever it said it was. Nobody else may use the cluster. */
export function ownRequests(world: Connected, { up, down }: { up: AuditMark; down: AuditMark }): AuditEntry[] {
  const { logicalCluster } = world.workspace;
  const inWorkspace = world.kcp.audit.since(up).filter((entry) => entry.logicalCluster === logicalCluster);
  const entries = [...inWorkspace, ...world.cluster.audit.since(down)];
  return entries.filter(({ userAgent }) => userAgent.startsWith('kcp-workload-syncer/'));
}

/** Both ends of the audit logs now. */
export function marks(world: Connected): { up: AuditMark; down: AuditMark } {
  return { up: world.kcp.audit.mark(), down: world.cluster.audit.mark() };
}

/** An example of the README in another namespace. */
export function exampleIn(namespace: string, file: string): string {
  const text = readFileSync(join(root, 'docs', 'examples', file), 'utf8');
  return text.replaceAll('namespace: default', `namespace: ${namespace}`);
}
