import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseAllDocuments } from 'yaml';
import type { AuditEntry } from '../harness/audit.js';
import { eventually } from '../harness/eventually.js';
import { kubectl } from '../harness/kubectl.js';
import { kubectlSyncer } from '../harness/kubectl-syncer.js';
import { ensureWorkspace } from '../harness/workspace.js';
import type { Workspace } from '../harness/workspace.js';
import { desk, nameOf, type Desk } from './connected.fixture.js';

jest.setTimeout(180_000);

const configMaps = { apiVersion: 'v1', resource: 'configmaps' };
const agent = 'kcp-workload-syncer/';

let at: Desk;
let workspace: Workspace;

beforeAll(async () => {
  at = await desk();
  await at.world.start();
  workspace = await at.workspace();
  for (const name of ['one', 'two'])
    await workspace.admin.apply(
      { ...configMaps, namespace: 'default', name },
      { kind: 'ConfigMap', data: { a: name } },
    );
});

/** What the command wrote while `act` ran, told from others by its name and by what it was about. */
async function written(act: () => Promise<unknown>): Promise<AuditEntry[]> {
  const { kcp, cluster } = at.world.servers;
  const marks = [kcp.audit.mark(), cluster.audit.mark()] as const;
  await act();
  const operators = new Set([at.world.account.user]);
  const ofUs = ({ userAgent, user }: AuditEntry): boolean => userAgent.startsWith(agent) && !operators.has(user);
  const up = kcp.audit.writesSince(marks[0]).filter(ofUs);
  const down = cluster.audit.writesSince(marks[1]).filter(ofUs);
  return [
    ...up.filter(
      ({ logicalCluster, user }) => logicalCluster === workspace.logicalCluster && user.startsWith('kcp-admin'),
    ),
    ...down.filter(({ object }) => object.namespace === at.world.namespace || object.name === at.world.namespace),
  ];
}

test('without a terminal to ask on, and without --yes, the plan is told and nothing is written', async () => {
  let told = { code: 0, stdout: '', stderr: '' };
  const writes = await written(async () => {
    told = await at.connect(workspace);
  });
  expect(told).toMatchObject({ code: 2, stdout: '' });
  expect(told.stderr).toContain('2 ConfigMaps in 1 namespace');
  expect(told.stderr).toMatch(/SyncerDeployment in the cluster/);
  expect(told.stderr).toMatch(/error: .*--yes/);
  expect(writes).toEqual([]);
});

test('--print writes manifests that kubectl takes, and nothing anywhere', async () => {
  let printed = { code: 0, stdout: '', stderr: '' };
  const early = await at.connect(workspace, '--print');
  expect(early.code).toBe(1);
  expect(early.stderr).toMatch(/its logical cluster's name is part of the manifests/);
  await ensureWorkspace(at.world.servers.kcp, at.identityWorkspace.split(':').at(-1) ?? '');
  const writes = await written(async () => {
    printed = await at.connect(workspace, '--print');
  });
  expect(writes).toEqual([]);
  const kinds = parseAllDocuments(printed.stdout).map(
    (document) => (document.toJS() as { kind?: string } | null)?.kind,
  );
  expect(kinds).toEqual(
    expect.arrayContaining(['ServiceAccount', 'SyncTarget', 'ClusterRole', 'ClusterRoleBinding', 'SyncerDeployment']),
  );
  expect(printed.stdout).not.toMatch(/eyJ/);
});

test('connect prepares both sides and waits until the syncer is Ready', async () => {
  const { code, stdout, stderr } = await at.connect(workspace, '--yes', '--wait', '--prefix=shop-');
  expect({ code, stderr }).toMatchObject({ code: 0 });
  expect(stdout).toBe(`syncerdeployment.workload.kcp.io/${nameOf(workspace)} connects ${workspace.path}\n`);
  const { token } = await at.kubeconfig(workspace);
  expect(token).toMatch(/^eyJ/);
  expect(`${stdout}${stderr}`).not.toContain(token);
  await eventually('an object is in the cluster', async () => {
    return await at.world.down.find({ ...configMaps, namespace: 'shop-default', name: 'one' });
  });
});

test('connect again writes nothing', async () => {
  const { token } = await at.kubeconfig(workspace);
  const writes = await written(async () => {
    expect(await at.connect(workspace, '--yes', '--prefix=shop-')).toMatchObject({ code: 0 });
  });
  expect(writes).toEqual([]);
  expect((await at.kubeconfig(workspace)).token).toBe(token);
});

test('the token lives for thirty days, and --renew makes another', async () => {
  const { token } = await at.kubeconfig(workspace);
  const { exp, iat } = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString()) as {
    exp: number;
    iat: number;
  };
  expect(exp - iat).toBe(30 * 86_400);
  expect(await at.connect(workspace, '--yes', '--renew', '--prefix=shop-')).toMatchObject({ code: 0 });
  expect((await at.kubeconfig(workspace)).token).not.toBe(token);
});

test('the credential reads objects and writes no spec, no other SyncTarget, and no rights', async () => {
  const path = join(at.world.servers.kcp.folder, `${nameOf(workspace)}.kubeconfig`);
  writeFileSync(path, (await at.kubeconfig(workspace)).text);
  const may = async (...what: string[]): Promise<string> => {
    return (await kubectl(['auth', 'can-i', ...what], { kubeconfig: path })).stdout.trim().split(' ')[0] ?? '';
  };
  expect(await may('list', 'configmaps', '-A')).toBe('yes');
  expect(await may('patch', 'deployments.apps', '--subresource=status', '-n', 'default')).toBe('yes');
  const denied = [
    ['create', 'configmaps', '-n', 'default'],
    ['patch', 'configmaps', '-n', 'default'],
    ['delete', 'deployments.apps', '-n', 'default'],
    ['create', 'synctargets.workload.kcp.io'],
    ['list', 'synctargets.workload.kcp.io'],
    ['create', 'customresourcedefinitions.apiextensions.k8s.io'],
    ['create', 'clusterrolebindings.rbac.authorization.k8s.io'],
    ['create', 'serviceaccounts', '--subresource=token', '-n', 'default'],
  ];
  expect(await Promise.all(denied.map(async (what) => await may(...what)))).toEqual(denied.map(() => 'no'));
});

test('a Secret of that name that connect did not make stays as it is', async () => {
  const other = await at.workspace();
  await at.world.down.apply(at.secret(other), { kind: 'Secret', stringData: { mine: 'yes' } });
  const { code, stderr } = await at.connect(other, '--yes');
  expect(code).toBe(1);
  expect(stderr).toMatch(/was made by somebody else/);
  expect(await at.world.down.get(at.secret(other))).toMatchObject({ data: { mine: expect.any(String) as string } });
});

test('--wait tells why it is not Ready', async () => {
  const other = await at.workspace();
  const wrong = await at.connect(other, '--yes', '--wait', '--timeout=20s', '--kcp-server=https://127.0.0.1:9');
  expect(wrong.code).toBe(1);
  expect(wrong.stderr).toMatch(
    /error: SyncerDeployment \S+ (is not Ready|did not become Ready in time): \w+: .*127\.0\.0\.1:9/,
  );
});

describe('what is wrong is told in one line that names it', () => {
  const wrong = async (...args: string[]): Promise<{ code: number; last: string }> => {
    const { code, stdout, stderr } = await at.run('connect', ...args);
    expect(stdout).toBe('');
    return { code, last: stderr.trim().split('\n').at(-1) ?? '' };
  };

  it('refuses kcp where the cluster is meant, and the cluster where kcp is meant', async () => {
    const { kcp, cluster } = at.world.servers;
    expect(await wrong('root:a', `--kcp-kubeconfig=${cluster.kubeconfigPath}`)).toMatchObject({
      code: 2,
      last: expect.stringMatching(/current context of --kcp-kubeconfig .*is no kcp/) as string,
    });
    const args = ['connect', 'root:a', `--kubeconfig=${kcp.kubeconfigPath}`, '--context=root', ...at.kcpFlags];
    const { code, stderr } = await kubectlSyncer(args);
    expect(code).toBe(2);
    expect(stderr).toMatch(/context "root" of --kubeconfig .*is kcp, and the cluster is meant/);
  });

  it('names a workspace that is not there, a context that is not there, and a path that is none', async () => {
    expect(await wrong('root:nowhere', ...at.kcpFlags)).toMatchObject({
      code: 1,
      last: expect.stringMatching(/has no workspace root:nowhere/) as string,
    });
    expect(await wrong('root:a', ...at.kcpFlags, '--kcp-context=nowhere')).toMatchObject({
      code: 2,
      last: expect.stringMatching(/no context "nowhere"/) as string,
    });
    expect(await wrong('Root/a', ...at.kcpFlags)).toMatchObject({ code: 2 });
    expect(await wrong('root:a')).toMatchObject({ code: 2, last: expect.stringMatching(/--kcp-kubeconfig/) as string });
  });
});
