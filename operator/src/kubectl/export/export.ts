import { resolveFlags, type Environment } from '@kcp-syncer/syncer-runtime/cli/resolve-flags.js';
import { UsageError } from '@kcp-syncer/syncer-runtime/cli/usage-error.js';
import { clusterChoice } from '../contexts.js';
import { openEnd } from '../ends.js';
import { exportFlags } from '../flags.js';
import type { Io } from '../io.js';
import { inFormat } from '../output.js';
import type { CommandWish } from '../program.js';
import { workloadsOf } from './workloads.js';

/**
 * `kubectl syncer export`: writes what a namespace of the cluster runs as manifests for a workspace.
 * @throws Error in one line; UsageError.
 */
export async function exportNamespace(
  { given, switches }: CommandWish,
  { io, env }: { readonly io: Io; readonly env: Environment },
): Promise<void> {
  const flags = resolveFlags(exportFlags, { given, env });
  const { namespace, output = 'yaml' } = flags;
  if (namespace === undefined) throw new UsageError('say which namespace: --namespace');
  const cluster = await openEnd('downstream', await clusterChoice(flags), io);
  try {
    const resources = { include: flags.resources ?? ['*'], exclude: flags.excludeResources ?? [] };
    const withSecrets = switches.has('include-secrets');
    const { items, leftOut } = await workloadsOf(cluster.client, { namespace, resources, withSecrets }, io.signal);
    io.out(
      output === 'json'
        ? inFormat({ apiVersion: 'v1', kind: 'List', items }, 'json')
        : items.map((item) => `---\n${inFormat(item, 'yaml')}`).join(''),
    );
    for (const line of leftOut) io.say(line);
  } finally {
    await cluster.client.close();
  }
}
