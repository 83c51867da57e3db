import { cpSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { AuditEntry } from '../harness/audit.js';
import { eventually } from '../harness/eventually.js';
import { chartFolder, helm } from '../harness/helm.js';
import { startKcp, type Kcp } from '../harness/kcp.js';
import { kubectlSyncer } from '../harness/kubectl-syncer.js';
import { createWorkspace, type Workspace } from '../harness/workspace.js';
import { home, release, succeeded, valuesArgs } from '../chart/chart.fixture.js';
import { nodeLayer } from './image.js';
import { hostAddress } from './network.js';
import { startRealNode, type RealNode } from './real-node.js';
import { runOrFail } from './run-or-fail.js';

jest.setTimeout(300_000);

const root = join(__dirname, '..', '..', '..');
const examples = ['configuration.yaml', 'deployment.yaml', 'service.yaml'].map((name) =>
  join(root, 'docs/examples', name),
);
const operatorUser = `system:serviceaccount:${home}:${release}`;
const image = { repository: 'localhost/kcp-syncer', tag: '1' };
const deployments = { apiVersion: 'apps/v1', resource: 'deployments' };
const pods = { apiVersion: 'v1', resource: 'pods' };
const server = `
  process.on('SIGTERM', () => process.exit(0));
  require('http').createServer((_, answer) => answer.end('ok')).listen(80);
`;

interface Pod {
  readonly metadata: {
    readonly name: string;
    readonly labels?: Readonly<Record<string, string>>;
    readonly deletionTimestamp?: string;
  };
  readonly status?: {
    readonly containerStatuses?: readonly {
      readonly ready: boolean;
      readonly containerID: string;
      readonly restartCount: number;
    }[];
  };
}

let node: RealNode;
let kcp: Kcp;
/** Its namespaces are those of the cluster. */
let same: Workspace;
/** Its namespaces have a prefix there. */
let apart: Workspace;

beforeAll(async () => {
  [node, kcp] = [await startRealNode(), await startKcp({ address: hostAddress })];
  const base = await nodeLayer(node.layerFolder('node'));
  const app = node.layerFolder('app');
  mkdirSync(join(app, 'app'));
  cpSync(join(root, 'operator/dist/bundle/syncer-operator.mjs'), join(app, 'app/syncer-operator.mjs'));
  const Env = ['PATH=/usr/bin', 'NODE_ENV=production'];
  const Entrypoint = ['node', '/app/syncer-operator.mjs'];
  await node.importImage(`${image.repository}:${image.tag}`, { Entrypoint, Env, User: '65532:65532' }, [base, app]);
  // There is no registry to have nginx from: another server answers in its place.
  const stand = { Entrypoint: ['node', '-e', server], Env, User: '0:0' };
  await node.importImage('docker.io/library/nginx:1.27', stand, [base]);
});

afterAll(async () => {
  await kcp.stop();
  await node.stop();
});

/** The chart as the previous commit had it; this one's where there is none. */
async function formerChart(): Promise<string> {
  const folder = node.layerFolder('former-chart');
  const archive = 'git archive HEAD~1 charts 2>/dev/null | tar --extract --directory="$0"';
  await runOrFail('bash', ['-o', 'pipefail', '-c', archive, folder], { cwd: root }).catch(() => {
    cpSync(join(root, 'charts'), join(folder, 'charts'), { recursive: true });
  });
  return join(folder, 'charts/kcp-syncer');
}

async function inCluster(...args: string[]): Promise<string> {
  return succeeded(await node.cluster.kubectl(args));
}

async function helmOf(...args: string[]): Promise<string> {
  return succeeded(await helm(node.cluster.kubeconfigPath, args));
}

const wait = ['--namespace', home, '--wait', '--timeout=120s'];

/** Those that stay: an update leaves old ones for a while. */
async function operatorPods(): Promise<Pod[]> {
  const all = await node.cluster.admin.list<Pod>({ ...pods, namespace: home });
  return all.filter(({ metadata }) => {
    const component = metadata.labels?.['app.kubernetes.io/component'];
    return component === 'operator' && metadata.deletionTimestamp === undefined;
  });
}

async function holderOf(name: string): Promise<string> {
  return await inCluster('get', 'syncerdeployment', name, '-n', home, '-o', 'jsonpath={.status.holder}');
}

test('helm install starts the operator with nothing but the rights that the chart made', async () => {
  const chart = await formerChart();
  await helmOf('install', release, chart, '--create-namespace', ...wait, ...valuesArgs({ image }));
  const ready = (await operatorPods()).flatMap(({ status }) => status?.containerStatuses ?? []);
  expect(ready.map((status) => status.ready)).toEqual([true, true]);
  await helmOf('test', release, '--namespace', home);
});

test('two workspaces are connected, one with its own namespaces and one with a prefix', async () => {
  [same, apart] = [await createWorkspace(kcp, 'same'), await createWorkspace(kcp, 'apart')];
  const connect = async (workspace: Workspace, ...args: string[]): Promise<void> => {
    const ends = [`--kubeconfig=${node.cluster.kubeconfigPath}`, `--kcp-kubeconfig=${kcp.kubeconfigPath}`];
    succeeded(await kubectlSyncer(['connect', workspace.path, '--yes', '--wait', ...ends, ...args]));
  };
  await connect(same, '--use-existing=default');
  await connect(apart, '--prefix=apart-');
  expect(await inCluster('get', 'syncerdeployments', '-n', home)).toMatch(/apart .*True[^]*same .*True/);
});

test.each(['same', 'apart'])('the examples run in real containers, and the workspace %s shows it', async (name) => {
  const workspace = name === 'same' ? same : apart;
  for (const example of examples) succeeded(await workspace.kubectl(['apply', '--server-side', '-f', example]));
  succeeded(await workspace.kubectl(['rollout', 'status', 'deployment/nginx-app', '--timeout=120s']));
  const namespace = name === 'same' ? 'default' : 'apart-default';
  const running = await node.cluster.admin.list<Pod>({ ...pods, namespace });
  const ready = running.filter(({ status }) => status?.containerStatuses?.every((one) => one.ready));
  expect(ready).toHaveLength(3);
  expect(ready[0]?.status?.containerStatuses?.[0]?.containerID).toMatch(/^containerd:/);
  await eventually('the SyncTarget is ready', async () => {
    return / True /.test(succeeded(await workspace.kubectl(['get', 'synctarget'])));
  });
});

/** Writes of the operator that are not about itself. */
function writesOn(entries: readonly AuditEntry[]): string[] {
  const itself = new Set(['leases', 'events', 'syncerdeployments']);
  return entries
    .filter(({ object }) => !itself.has(object.resource ?? ''))
    .map(({ verb, uri, code }) => `${verb} ${uri} ${code}`);
}

test('an upgrade of the chart writes nothing on the objects of tenants', async () => {
  const mark = node.cluster.audit.mark();
  const changed = ['--set=podAnnotations.round=two'];
  await helmOf('upgrade', release, chartFolder, ...wait, ...valuesArgs({ image }), ...changed);
  for (const name of ['same', 'apart'])
    await inCluster('wait', '--for=condition=Ready', `syncerdeployment/${name}`, '-n', home, '--timeout=90s');
  await eventually('a new Pod runs the syncers', async () => {
    const holders = await Promise.all([holderOf('same'), holderOf('apart')]);
    const names = (await operatorPods()).map(({ metadata }) => metadata.name);
    return holders.every((holder) => names.includes(holder));
  });
  expect(writesOn(node.cluster.audit.writesSince(mark, operatorUser))).toEqual([]);
});

test('a rollout goes on when the operator is killed in the middle of it', async () => {
  const again = { spec: { template: { metadata: { annotations: { 'example.com/round': '2' } } } } };
  await apart.admin.patch({ ...deployments, namespace: 'default', name: 'nginx-app' }, again);
  const holder = await holderOf('apart');
  const found = (await operatorPods()).find(({ metadata }) => metadata.name === holder);
  const [id = ''] = (found?.status?.containerStatuses ?? []).map(({ containerID }) => containerID);
  await node.kill(id.replace('containerd://', ''));
  succeeded(await apart.kubectl(['rollout', 'status', 'deployment/nginx-app', '--timeout=120s']));
  await eventually('the container is started again', async () => {
    const all = (await operatorPods()).flatMap(({ status }) => status?.containerStatuses ?? []);
    return all.some(({ restartCount }) => restartCount > 0) && all.every(({ ready }) => ready);
  });
});

test('with deletionPolicy Delete the copies go, and the originals stay and are free', async () => {
  await inCluster('patch', 'sd', 'apart', '-n', home, '--type=merge', '-p', '{"spec":{"deletionPolicy":"Delete"}}');
  await inCluster('delete', 'sd', 'apart', '-n', home, '--timeout=120s');
  expect(await node.cluster.admin.list({ ...deployments, namespace: 'apart-default' })).toEqual([]);
  const original = await apart.admin.get({ ...deployments, namespace: 'default', name: 'nginx-app' });
  expect(original.metadata.finalizers ?? []).toEqual([]);
});

test('uninstall ends the other connection in the manner of Orphan, and leaves nothing of the chart', async () => {
  const copy = { ...deployments, namespace: 'default', name: 'nginx-app' };
  const { metadata } = await node.cluster.admin.get(copy);
  await helmOf('test', release, '--namespace', home);
  await helmOf('uninstall', release, '--namespace', home, '--wait', '--timeout=150s');
  const left = await node.cluster.admin.get(copy);
  expect(left.metadata.uid).toBe(metadata.uid);
  expect(JSON.stringify(left.metadata.labels ?? {})).not.toContain('syncer.kcp.io');
  expect((await same.admin.get(copy)).metadata.finalizers ?? []).toEqual([]);
  const kinds = 'clusterroles,clusterrolebindings,validatingadmissionpolicies,validatingadmissionpolicybindings';
  expect(await inCluster('get', kinds, '-l', `app.kubernetes.io/instance=${release}`, '-o', 'name')).toBe('');
  const inHome = 'deployments,jobs,roles,rolebindings,services,networkpolicies,poddisruptionbudgets,syncerdeployments';
  expect(await inCluster('get', inHome, '-n', home, '-o', 'name')).toBe('');
  // It goes with the ServiceAccount, as soon as the garbage collector comes by.
  await eventually(
    'the Lease is gone',
    async () => (await inCluster('get', 'leases', '-n', home, '-o', 'name')) === '',
  );
});
