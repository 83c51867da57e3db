import { startCluster, type Cluster } from '../harness/cluster.js';
import { eventually } from '../harness/eventually.js';
import { runOperator } from '../harness/operator.js';
import { sharedControlPlanes } from '../harness/shared.js';
import { syncerDeployments, World, type Tenant } from '../operator/operator.fixture.js';
import { home, installChart } from './chart.fixture.js';
import { chartFlags, chartAccount, releaseAccount } from './installed.fixture.js';

jest.setTimeout(240_000);

const namespaces = { apiVersion: 'v1', resource: 'namespaces' };
const deployments = { apiVersion: 'apps/v1', resource: 'deployments' };
const configMaps = { apiVersion: 'v1', resource: 'configmaps' };
const secrets = { apiVersion: 'v1', resource: 'secrets' };
const labels = { app: 'nginx' };
const deployment = {
  kind: 'Deployment',
  spec: {
    replicas: 1,
    selector: { matchLabels: labels },
    template: { metadata: { labels }, spec: { containers: [{ name: 'nginx', image: 'nginx:1.27' }] } },
  },
};

/** Its own: the policies of the chart hold in the whole cluster. */
let cluster: Cluster;
let world: World;

beforeAll(async () => {
  const [{ kcp }, own] = await Promise.all([sharedControlPlanes(), startCluster()]);
  cluster = own;
  await installChart(cluster, { protectedNamespaces: ['prod-*'] });
  world = new World({ kcp, cluster }, await chartAccount(cluster), home);
});
afterAll(async () => {
  await cluster.stop();
});

/** What the API server refused the operator since the mark. */
function refusals(mark: number): string[] {
  const refused = cluster.audit.since(mark).filter(({ user, code }) => user === world.account.user && code === 403);
  return refused.map(({ verb, uri }) => `${verb} ${uri}`);
}

async function fill(tenant: Tenant): Promise<void> {
  const { admin } = tenant.workspace;
  await admin.apply({ ...deployments, namespace: 'default', name: 'nginx' }, deployment);
  await admin.apply({ ...configMaps, namespace: 'default', name: 'settings' }, { kind: 'ConfigMap', data: { a: 'b' } });
  await admin.apply({ ...secrets, namespace: 'default', name: 'password' }, { kind: 'Secret', stringData: { a: 'b' } });
}

test('with the rights and flags that the chart gives a workspace is connected, and nothing is refused', async () => {
  const mark = cluster.audit.mark();
  await world.start(await chartFlags(cluster));
  const tenant = await world.tenant();
  await tenant.deploy();
  await tenant.eventually('Ready', 'True');
  await fill(tenant);
  await eventually('the Deployment is available in the workspace', async () => {
    const found = await tenant.workspace.admin.get<{ status?: { availableReplicas?: number } }>({
      ...deployments,
      namespace: 'default',
      name: 'nginx',
    });
    return found.status?.availableReplicas === 1;
  });
  const namespace = `${tenant.name}-default`;
  await eventually(
    'the Secret is in the cluster',
    async () => await cluster.admin.find({ ...secrets, namespace, name: 'password' }),
  );
  expect(refusals(mark)).toEqual([]);

  await tenant.deploy({ deletionPolicy: 'Delete' });
  await cluster.admin.delete(tenant.ref);
  await eventually('the SyncerDeployment is gone', async () => (await cluster.admin.find(tenant.ref)) === undefined);
  expect(await cluster.admin.list({ ...deployments, namespace })).toEqual([]);
  await world.operator.stop();
});

test('an operator that forgets what is protected is refused by the API server', async () => {
  const { 'protected-namespaces': protectedOnes, ...flags } = await chartFlags(cluster);
  expect(protectedOnes).toBe('prod-*');
  const mark = cluster.audit.mark();
  await world.start(flags);
  const tenant = await world.tenant();
  await tenant.deploy({ namespaceMapping: { strategy: 'Prefix', prefix: 'prod-' } });
  await tenant.eventually('SyncerReady', 'True');
  await fill(tenant);
  await eventually('the namespace is refused', () =>
    refusals(mark).some((refusal) => refusal.startsWith('create /api/v1/namespaces')),
  );
  expect(await cluster.admin.find({ ...namespaces, name: 'prod-default' })).toBeUndefined();
  await world.operator.stop();
});

test('before the release goes all connections are ended, and what is in the cluster stays', async () => {
  await world.start(await chartFlags(cluster));
  const tenant = await world.tenant();
  await tenant.deploy({ deletionPolicy: 'Delete' });
  await tenant.eventually('Ready', 'True');
  await fill(tenant);
  const original = { ...deployments, namespace: 'default', name: 'nginx' };
  const copy = { ...original, namespace: `${tenant.name}-default` };
  const { metadata } = await eventually('the Deployment is in the cluster', async () => await cluster.admin.find(copy));
  await eventually('the original is held', async () => {
    return ((await tenant.workspace.admin.get(original)).metadata.finalizers ?? []).length > 0;
  });
  const command = ['release-all', `--kubeconfig=${(await releaseAccount(cluster)).kubeconfigPath}`];

  const refused = await runOperator([...command, '--policy=Refuse']);
  expect(refused).toMatchObject({ code: 1, stdout: '' });
  expect(refused.stderr).toContain(`${home}/${tenant.name}`);
  expect((await tenant.syncerDeployment()).metadata.deletionTimestamp).toBeUndefined();

  const { code, stdout, stderr } = await runOperator(command);
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  expect(stdout).toContain(`releasing ${home}/${tenant.name}\n`);
  expect(stdout).toMatch(/no SyncerDeployment is left\n$/);
  expect(await cluster.admin.list(syncerDeployments)).toEqual([]);
  const left = await cluster.admin.get(copy);
  expect(left.metadata.uid).toBe(metadata.uid);
  expect(JSON.stringify([left.metadata.labels, left.metadata.annotations])).not.toContain('syncer.kcp.io/owner');
  expect((await tenant.workspace.admin.get(original)).metadata.finalizers ?? []).toEqual([]);
  await world.operator.stop();
});
