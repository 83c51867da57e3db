import { readFileSync, rmSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { CommandResult } from '../harness/command.js';
import { credentialsOf, kubeconfigOf, type Credentials } from '../harness/kubeconfig.js';
import { sharedControlPlanes, uniqueName, type SharedControlPlanes } from '../harness/shared.js';
import { runSyncer } from '../harness/syncer.js';
import { createWorkspace } from '../harness/workspace.js';
import { prepareConnection, syncTargetName, syncTargets, type Connected } from './connected.fixture.js';

jest.setTimeout(180_000);

type Side = 'kcp' | 'cluster';

let servers: SharedControlPlanes;
let world: Connected;
let folder: string;
let uid: string;
let url: Readonly<Record<Side, string>>;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'mistakes-'));
  servers = await sharedControlPlanes();
  world = await prepareConnection();
  uid = (await world.syncTarget()).metadata.uid ?? '';
  url = { kcp: new URL(world.workspace.url).origin, cluster: world.cluster.url };
});

afterAll(() => {
  rmSync(folder, { recursive: true });
});

function accountOf(side: Side): string {
  return side === 'kcp' ? world.accounts.up.kubeconfigPath : world.accounts.down.kubeconfigPath;
}

/** A kubeconfig file that differs from the account's. */
function changed(side: Side, change: Partial<Credentials>): string {
  const path = join(folder, uniqueName('kubeconfig'));
  writeFileSync(
    path,
    kubeconfigOf({ changed: { ...credentialsOf(readFileSync(accountOf(side), 'utf8')), ...change } }),
  );
  return path;
}

function flagged(flags: Readonly<Record<string, string>>): string[] {
  return Object.entries(flags).map(([name, value]) => `--${name}=${value}`);
}

/** Runs a command that must end by itself with one line on standard error; gives exit code and that line. */
async function mistake(args: readonly string[]): Promise<Pick<CommandResult, 'code'> & { readonly line: string }> {
  const { code, stderr } = await runSyncer(args);
  expect(stderr).toMatch(/^error: [^\n]*\n$/);
  return { code, line: stderr.slice('error: '.length, -1) };
}

async function syncing(flags: Readonly<Record<string, string>>): ReturnType<typeof mistake> {
  const good = {
    'sync-target-name': syncTargetName,
    'sync-target-uid': uid,
    'workspace-cluster': world.workspace.path,
    'kcp-kubeconfig': accountOf('kcp'),
    'cluster-kubeconfig': accountOf('cluster'),
    'metrics-port': '0',
    'health-port': '0',
  };
  return await mistake(flagged({ ...good, ...flags }));
}

async function publishing(flags: Readonly<Record<string, string>>): ReturnType<typeof mistake> {
  const good = {
    'workspace-cluster': world.workspace.path,
    'kcp-kubeconfig': servers.kcp.kubeconfigPath,
    'cluster-kubeconfig': servers.cluster.kubeconfigPath,
    resources: 'services',
  };
  return await mistake(['publish-apis', ...flagged({ ...good, ...flags })]);
}

describe('what the workspace lacks is told in one line', () => {
  test('another uid, with both of them', async () => {
    expect(await syncing({ 'sync-target-uid': '8f3c' })).toEqual({
      code: 1,
      line: `SyncTarget my-cluster in workspace ${world.workspace.path} has uid ${uid}, not 8f3c: if it is the one you mean, use --sync-target-uid=${uid}`,
    });
  });

  test('a workspace that is not there', async () => {
    const asAdmin = { 'kcp-kubeconfig': servers.kcp.kubeconfigPath, 'workspace-cluster': 'root:nope' };
    const line = `kcp at ${url.kcp} has no workspace root:nope`;
    expect(await syncing(asAdmin)).toEqual({ code: 1, line });
    expect(await publishing(asAdmin)).toEqual({ code: 1, line: 'kcp has no workspace root:nope' });
  });

  test('the SyncTarget type, and the SyncTarget: each line has the command that mends it, up to a run that starts', async () => {
    const empty = await createWorkspace(servers.kcp, uniqueName('empty'));
    const flags = { 'workspace-cluster': empty.path, 'kcp-kubeconfig': servers.kcp.kubeconfigPath };
    const untyped = await syncing(flags);
    expect(untyped).toEqual({
      code: 1,
      line: `workspace ${empty.path} does not serve SyncTargets; publish the type: workload-syncer publish-apis --workspace-cluster=${empty.path} --kcp-kubeconfig=… --cluster-kubeconfig=…`,
    });
    const [, advised = ''] = /type: workload-syncer (publish-apis --workspace-cluster=\S+)/.exec(untyped.line) ?? [];
    const ends = flagged({
      'kcp-kubeconfig': servers.kcp.kubeconfigPath,
      'cluster-kubeconfig': servers.cluster.kubeconfigPath,
    });
    expect(await runSyncer([...advised.split(' '), ...ends, '--resources=services'])).toMatchObject({ code: 0 });

    const untargeted = await syncing(flags);
    expect(untargeted.code).toBe(1);
    const [, json = '', server = ''] =
      /^workspace \S+ has no SyncTarget my-cluster; create it: echo '(.*)' \| kubectl create --server=(\S+) -f -$/.exec(
        untargeted.line,
      ) ?? [];
    expect(await servers.kcp.kubectl(['create', '-f', '-'], { server, input: json })).toMatchObject({ code: 0 });
    const { metadata } = await empty.admin.get({ ...syncTargets, name: syncTargetName });
    const strange = await syncing({ ...flags, 'sync-target-uid': 'another' });
    expect(strange.line).toContain(`--sync-target-uid=${metadata.uid ?? ''}`);
  });
});

describe('a server that is not the one it should be is named, with what to change', () => {
  const nobody = 'https://127.0.0.1:1';

  test('nobody listens', async () => {
    const away = { 'cluster-kubeconfig': changed('cluster', { server: nobody }) };
    const line = `--cluster-kubeconfig: the cluster at ${nobody}: nothing listens there`;
    expect(await syncing(away)).toEqual({ code: 1, line });
    expect(await publishing(away)).toEqual({ code: 1, line });
    const kcpAway = { 'kcp-kubeconfig': changed('kcp', { server: nobody }) };
    const kcpLine = `kcp at ${nobody}/clusters/${world.workspace.path}: nothing listens there`;
    expect(await publishing(kcpAway)).toEqual({ code: 1, line: kcpLine });
  });

  test('credentials of the other server', async () => {
    const { token } = credentialsOf(readFileSync(accountOf('kcp'), 'utf8'));
    const wrong = { 'cluster-kubeconfig': changed('cluster', { token }) };
    const line = `the cluster ${url.cluster} does not accept the credentials of --cluster-kubeconfig (401): renew them`;
    expect(await syncing(wrong)).toEqual({ code: 1, line });
    expect(await publishing(wrong)).toEqual({ code: 1, line });
    expect(await publishing({ 'kcp-kubeconfig': changed('kcp', { token: 'another' }) })).toEqual({
      code: 1,
      line: `workspace ${world.workspace.path} refuses the credentials (401): check the user of --kcp-kubeconfig`,
    });
  });

  test('a certificate that another authority signed', async () => {
    const { ca } = servers.kcp.credentialsFor(world.workspace.path);
    const wrong = { 'cluster-kubeconfig': changed('cluster', { ca }) };
    const line = `--cluster-kubeconfig: the cluster at ${url.cluster}: its certificate is not signed by the certificate authority of the kubeconfig`;
    expect(await syncing(wrong)).toEqual({ code: 1, line });
    expect(await publishing(wrong)).toEqual({ code: 1, line });
  });

  test('http:// in place of https://', async () => {
    const wrong = { 'cluster-kubeconfig': changed('cluster', { server: url.cluster.replace('https', 'http') }) };
    expect(await syncing(wrong)).toEqual({
      code: 1,
      line: expect.stringMatching(/the kubeconfig names an http:\/\/ server: write https:\/\/$/) as string,
    });
  });

  test('no right to know the cluster', async () => {
    await world.accounts.down.forbid();
    const { code, line } = await syncing({});
    await world.accounts.down.allow();
    expect({ code, line }).toEqual({
      code: 1,
      line: `missing permission in the cluster ${url.cluster}: get namespaces kube-system; grant verb get on resource namespaces, resourceNames [kube-system]`,
    });
  });

  test("the cluster's kubeconfig for kcp", async () => {
    const { path } = world.workspace;
    const asAdmin = { 'kcp-kubeconfig': servers.cluster.kubeconfigPath };
    expect(await syncing(asAdmin)).toEqual({
      code: 1,
      line: `${url.cluster} does not serve the LogicalCluster of ${path}: is it kcp?`,
    });
    expect(await publishing(asAdmin)).toEqual({
      code: 1,
      line: `the server of --kcp-kubeconfig has no workspace ${path}: is it kcp?`,
    });
    expect(await syncing({ 'kcp-kubeconfig': accountOf('cluster') })).toEqual({
      code: 1,
      line: `the credentials may not get logicalclusters.core.kcp.io in workspace ${path} (403), or there is no such workspace, or ${url.cluster} is not kcp`,
    });
  });

  test('the workspace itself for the cluster: it is not written', async () => {
    const mark = servers.kcp.audit.mark();
    const swapped = { 'cluster-kubeconfig': accountOf('kcp') };
    const line = `${world.workspace.url} is kcp and no cluster: give the kubeconfig of the cluster to --cluster-kubeconfig`;
    expect(await syncing(swapped)).toEqual({ code: 1, line });
    expect(await publishing(swapped)).toEqual({ code: 1, line });
    expect(world.upstreamWrites(mark)).toEqual([]);
  });
});

describe('wrong use is told before any server is asked', () => {
  test.each<[string, Readonly<Record<string, string>>, string]>([
    [
      'uid with its newline',
      { 'sync-target-uid': '8f3c\n' },
      '--sync-target-uid must be the metadata.uid of the SyncTarget, not "8f3c\\n"',
    ],
    [
      'uid that a failed command left empty',
      { 'sync-target-uid': '' },
      '--sync-target-uid is empty: the command that was to fill it in may have failed',
    ],
    [
      'workspace with a blank',
      { 'workspace-cluster': 'root:my workspace' },
      '--workspace-cluster must be a logical cluster path or name, such as root:my-workspace, not "root:my workspace"',
    ],
    [
      'duration without a unit',
      { 'resync-period': '30' },
      '--resync-period must be a duration such as 30s, 1m30s or 500ms, not "30"',
    ],
    [
      'type as a path',
      { resources: 'Deployments/foo' },
      '--resources must list types such as deployments.apps, services, *.example.com or apps/v1/deployments, separated by commas, not "Deployments/foo"',
    ],
    ['log level', { v: '9' }, '--v must be a whole number from 1 to 4, not "9"'],
    ['port', { 'health-port': '70000' }, '--health-port must be a whole number from 0 to 65535, not "70000"'],
  ])('%s', async (...[, flags, line]) => {
    expect(await syncing(flags)).toEqual({ code: 2, line });
  });

  test.each<[string, string, string]>([
    ['empty', '', 'the kubeconfig is empty or not a YAML mapping'],
    ['without anything in it', '{}', 'the kubeconfig has no current-context'],
    ['with an unknown context', 'current-context: nope', 'the kubeconfig has no context "nope"'],
    ['that is no YAML', 'a: [', 'is not valid YAML in line 1'],
  ])('kubeconfig %s', async (...[, content, words]) => {
    const path = join(folder, uniqueName('kubeconfig'));
    writeFileSync(path, content);
    for (const flag of ['kcp-kubeconfig', 'cluster-kubeconfig']) {
      expect(await syncing({ [flag]: path })).toEqual({ code: 2, line: `--${flag} ${path}: ${words}` });
    }
  });

  test('a folder for a kubeconfig', async () => {
    const line = `--cluster-kubeconfig ${folder}: is a directory`;
    expect(await syncing({ 'cluster-kubeconfig': folder })).toEqual({ code: 2, line });
    expect(await publishing({ 'cluster-kubeconfig': folder })).toEqual({ code: 2, line });
  });
});
