import { AdminClient, ApiFailure, type ApplyBody, type Collection, type Ref } from '../harness/admin-client.js';
import { startCluster, type Cluster } from '../harness/cluster.js';
import { eventually } from '../harness/eventually.js';
import { home, installChart, release } from './chart.fixture.js';
import { chartAccount } from './installed.fixture.js';

jest.setTimeout(120_000);

const owner = { 'syncer.kcp.io/owner': 'ssssssssssssssss' };
const configMaps = { apiVersion: 'v1', resource: 'configmaps' };
const namespaces = { apiVersion: 'v1', resource: 'namespaces' };
const secrets = { apiVersion: 'v1', resource: 'secrets' };
const leases = { apiVersion: 'coordination.k8s.io/v1', resource: 'leases' };
const syncerDeployments = { apiVersion: 'workload.kcp.io/v1alpha1', resource: 'syncerdeployments' };
const connection = { ...syncerDeployments, namespace: 'team', name: 'team-a' };
const spec = { workspace: 'root:team-a', syncTarget: { name: 'c' }, kcp: { kubeconfigSecretRef: { name: 'kcp' } } };

let cluster: Cluster;
let admin: AdminClient;
/** The operator's account, which may do everything here: what is refused, the guard refuses. */
let operator: AdminClient;

beforeAll(async () => {
  cluster = await startCluster({ controllers: 'basic' });
  admin = cluster.admin;
  await installChart(cluster, { protectedNamespaces: ['prod-*'], crds: { install: true, keep: false } });
  await admin.create(
    { apiVersion: 'rbac.authorization.k8s.io/v1', resource: 'clusterrolebindings' },
    {
      metadata: { name: 'everything' },
      roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'cluster-admin' },
      subjects: [{ kind: 'ServiceAccount', name: release, namespace: home }],
    },
  );
  const { token } = await chartAccount(cluster);
  operator = new AdminClient(() => ({ ...cluster.credentials(), token }));
  for (const name of ['free', 'team', 'prod-eu', 'kube-other']) await namespace(name);
  await eventually(
    'a SyncerDeployment is accepted',
    async () => await admin.apply(connection, { kind: 'SyncerDeployment', spec }),
  );
  await eventually('the guard is there', async () => await isRefused(dryRun('free', {})));
  await eventually('the guard knows the SyncerDeployment', async () => await isRefused(dryRun('team', owner)));
});
afterAll(async () => {
  await cluster.stop();
});

async function namespace(name: string): Promise<Ref> {
  await admin.apply({ ...namespaces, name }, { kind: 'Namespace' });
  return { ...namespaces, name };
}

async function dryRun(inNamespace: string, labels: object): Promise<unknown> {
  const query = { dryRun: 'All' };
  const body = { metadata: { name: 'probe', labels } };
  const { code, text } = await operator.request('POST', `/api/v1/namespaces/${inNamespace}/configmaps`, {
    query,
    body,
  });
  if (code >= 300) throw new ApiFailure(code, '', text);
  return text;
}

async function isRefused(work: Promise<unknown>): Promise<boolean> {
  return await work.then(
    () => false,
    (error: unknown) => error instanceof ApiFailure && error.code === 403 && error.message.includes('-guard'),
  );
}

async function expectRefused(work: Promise<unknown>, why: string | RegExp): Promise<void> {
  await expect(work).rejects.toThrow(why);
  await expect(work).rejects.toMatchObject({ code: 403 });
}

const labels = 'may write only objects with its label';
const body = (marks: object = owner): ApplyBody => ({ kind: 'ConfigMap', metadata: { labels: marks }, data: {} });
const named = (at: string, name: string): Ref => ({ ...configMaps, namespace: at, name });

async function put(ref: Ref, marks: object): Promise<Ref> {
  await admin.apply(ref, body(marks));
  return ref;
}

/** The object was not touched, or the attack would have been one. */
async function isThere(ref: Ref): Promise<void> {
  expect((await admin.get(ref)).metadata.deletionTimestamp).toBeUndefined();
}

test('what carries the mark is made, changed, let go and deleted', async () => {
  const ref = named('free', 'mine');
  await operator.apply(ref, body());
  await operator.patch(ref, { data: { a: 'b' } });
  await operator.patch(ref, { metadata: { labels: { 'syncer.kcp.io/owner': null } } });
  await operator.patch(ref, { metadata: { labels: owner } });
  await operator.delete(ref);
  expect(await admin.find(ref)).toBeUndefined();
});

test.each([
  ['another ConfigMap', named('free', 'theirs')],
  ['a Secret', { ...secrets, namespace: 'free', name: 'theirs' }],
])('%s without the mark is neither made, changed nor deleted', async (_, ref) => {
  const kind = ref.resource === 'secrets' ? 'Secret' : 'ConfigMap';
  await expectRefused(operator.apply({ ...ref, name: 'new' }, { kind }), labels);
  await admin.apply(ref, { kind });
  await expectRefused(operator.patch(ref, { data: { a: 'Yg==' } }), labels);
  await expectRefused(operator.delete(ref), labels);
  await isThere(ref);
});

test('a whole collection is not deleted where one object is without the mark', async () => {
  const ref = await put(named('free', 'in-a-crowd'), {});
  const { code, text } = await operator.request('DELETE', '/api/v1/namespaces/free/configmaps');
  expect(code).toBe(403);
  expect(text).toContain(labels);
  await isThere(ref);
});

describe('a Secret that is marked as managed', () => {
  const managed = { 'syncer.kcp.io/managed': 'true' };
  const kept = { ...secrets, namespace: home, name: 'managed' };

  beforeEach(async () => {
    await admin.apply(kept, { kind: 'Secret', metadata: { labels: managed }, stringData: { kubeconfig: 'old' } });
  });

  test('takes new data', async () => {
    await operator.patch(kept, { data: { kubeconfig: 'bmV3' } });
    expect(await admin.get(kept)).toMatchObject({ data: { kubeconfig: 'bmV3' } });
  });

  test.each([
    ['its labels', { metadata: { labels: { 'syncer.kcp.io/managed': null } } }],
    ['its annotations', { metadata: { annotations: { 'syncer.kcp.io/identity-workspace': 'elsewhere' } } }],
    ['its finalizers', { metadata: { finalizers: ['example.com/keep'] } }],
  ])('does not have %s changed', async (_, change) => {
    await expectRefused(operator.patch(kept, change), /-guard|is protected/);
  });

  test('is neither made nor deleted, and the mark makes no other Secret one', async () => {
    await expectRefused(
      operator.create({ ...secrets, namespace: home }, { metadata: { name: 'new', labels: managed } }),
      'is protected',
    );
    await expectRefused(operator.delete(kept), 'is protected');
    const other = { ...secrets, namespace: home, name: 'not-managed' };
    await admin.apply(other, { kind: 'Secret', stringData: { a: 'b' } });
    await expectRefused(operator.patch(other, { metadata: { labels: managed }, data: { a: 'Yg==' } }), 'is protected');
  });
});

test.each(['kube-system', 'kube-other', home, 'prod-eu'])('nothing is written in %s, mark or not', async (at) => {
  await expectRefused(operator.apply(named(at, 'new'), body()), `namespace ${at} is protected`);
  const ref = await put(named(at, 'marked'), owner);
  await expectRefused(operator.patch(ref, { data: { a: 'b' } }), `namespace ${at} is protected`);
  await expectRefused(operator.delete(ref), `namespace ${at} is protected`);
  // The server itself keeps kube-system.
  await expectRefused(operator.delete({ ...namespaces, name: at }), /is protected|may not be deleted/);
  await expectRefused(
    operator.patch({ ...namespaces, name: at }, { metadata: { annotations: { 'syncer.kcp.io/claimed-by': 'x' } } }),
    `namespace ${at} is protected`,
  );
  await isThere(ref);
});

test('a protected namespace is not made', async () => {
  await expectRefused(operator.create(namespaces, { metadata: { name: 'prod-us' } }), 'namespace prod-us is protected');
  await expectRefused(
    operator.create(namespaces, { metadata: { generateName: 'prod-' } }),
    /namespace prod-\S* is protected/,
  );
});

describe('where a SyncerDeployment is', () => {
  const why = 'namespace team holds a SyncerDeployment';

  test('nothing is made or changed, mark or not', async () => {
    await expectRefused(operator.apply(named('team', 'new'), body()), why);
    const ref = await put(named('team', 'marked'), owner);
    await expectRefused(operator.patch(ref, { data: { a: 'b' } }), why);
    await expectRefused(operator.delete({ ...namespaces, name: 'team' }), /-guard/);
  });

  test('what carries the mark may be let go or deleted', async () => {
    const released = await put(named('team', 'released'), owner);
    await operator.patch(released, { metadata: { labels: { 'syncer.kcp.io/owner': null } } });
    const deleted = await put(named('team', 'deleted'), owner);
    await operator.delete(deleted);
    expect(await admin.find(deleted)).toBeUndefined();
  });

  test('its kubeconfig is not taken by who lacks the mark', async () => {
    const kubeconfig = { ...secrets, namespace: 'team', name: 'kcp' };
    await admin.apply(kubeconfig, { kind: 'Secret' });
    await expectRefused(operator.patch(kubeconfig, { data: {}, metadata: { labels: owner } }), why);
    await expectRefused(operator.delete(kubeconfig), /-guard/);
  });

  test('its finalizer and status are written, its spec is not', async () => {
    await operator.patch(connection, { metadata: { finalizers: ['syncer.kcp.io/connection'] } });
    await operator.patch({ ...connection, subresource: 'status' }, { status: { lastHeartbeatTime: null } });
    await expectRefused(operator.patch(connection, { spec: { paused: true } }), /-guard/);
    await expectRefused(operator.delete(connection), /-guard/);
    await operator.patch(connection, { metadata: { finalizers: [] } });
  });

  test('the namespace is free again when it is gone', async () => {
    const passing = { ...syncerDeployments, namespace: (await namespace('passing')).name, name: 'p' };
    await admin.apply(passing, { kind: 'SyncerDeployment', spec });
    await eventually('the guard sees it', async () => await isRefused(dryRun('passing', owner)));
    await admin.delete(passing);
    await eventually('the guard sees that it is gone', async () => await dryRun('passing', owner));
    expect(await isRefused(dryRun('passing', owner))).toBe(false);
  });
});

describe('namespaces', () => {
  test('are made and claimed without the mark, and deleted when they were made', async () => {
    const ref = { ...namespaces, name: 'made' };
    await operator.create(namespaces, {
      metadata: { name: 'made', annotations: { 'syncer.kcp.io/created': 'true' } },
    });
    await operator.patch(ref, { metadata: { annotations: { 'syncer.kcp.io/claimed-by': 'x' } } });
    await operator.delete(ref);
    await eventually('the namespace is gone', async () => (await admin.find(ref)) === undefined);
  });

  test('that were there before are not deleted, nor do they lose what Pod security enforces', async () => {
    const ref = await namespace('before');
    await expectRefused(operator.delete(ref), 'may delete only namespaces that it made');
    const weaker = { metadata: { labels: { 'pod-security.kubernetes.io/enforce': 'privileged' } } };
    await expectRefused(operator.patch(ref, weaker), 'may not change labels of a namespace');
    const { code } = await operator.request('PUT', '/api/v1/namespaces/before/finalize', {
      body: { ...(await admin.get<object>(ref)), spec: { finalizers: [] } },
    });
    expect(code).toBe(403);
  });
});

test('of Leases it writes its own, and deletes none', async () => {
  const own = { ...leases, namespace: home, name: 'kcp-syncer-operator' };
  const spec = { holderIdentity: 'me' };
  await operator.create({ ...leases, namespace: home }, { metadata: { name: own.name }, spec });
  await operator.patch(own, { spec: { holderIdentity: '' } });
  await expectRefused(operator.delete(own), `namespace ${home} is protected`);
  await expectRefused(operator.apply({ ...own, name: 'other' }, { kind: 'Lease', spec }), 'is protected');
  await expectRefused(operator.apply({ ...own, namespace: 'free' }, { kind: 'Lease', spec }), labels);
});

test('Events about SyncerDeployments are written everywhere', async () => {
  const involvedObject = { kind: 'SyncerDeployment', namespace: 'team', name: 'team-a' };
  const event = { metadata: { name: 'e' }, involvedObject, reason: 'Test', type: 'Normal' };
  const made = await operator.create({ apiVersion: 'v1', resource: 'events', namespace: 'team' }, event);
  expect(made.metadata.name).toBe('e');
});

test.each<[string, Collection | Ref, object]>([
  [
    'a token of another account',
    { apiVersion: 'v1', resource: 'serviceaccounts', namespace: 'free', name: 'default', subresource: 'token' },
    { apiVersion: 'authentication.k8s.io/v1', kind: 'TokenRequest', spec: {} },
  ],
  [
    'a role',
    { apiVersion: 'rbac.authorization.k8s.io/v1', resource: 'clusterroles' },
    { metadata: { name: 'r' }, rules: [] },
  ],
  [
    'a PersistentVolume',
    { apiVersion: 'v1', resource: 'persistentvolumes' },
    {
      metadata: { name: 'v' },
      spec: { capacity: { storage: '1Gi' }, accessModes: ['ReadWriteOnce'], hostPath: { path: '/' } },
    },
  ],
])('%s is not had', async (_, target, what) => {
  await expectRefused(operator.create(target, what), labels);
});

test('others are not bound by it, also when the type of its parameters is gone', async () => {
  const ref = await put(named('team', 'of-the-admin'), owner);
  const name = 'syncerdeployments.workload.kcp.io';
  await admin.delete({ apiVersion: 'apiextensions.k8s.io/v1', resource: 'customresourcedefinitions', name });
  await eventually('the type is gone', async () => {
    const { code } = await admin.request('GET', '/apis/workload.kcp.io/v1alpha1');
    return code === 404;
  });
  // A server that starts now has never seen one.
  await cluster.kill('kube-apiserver');
  await cluster.start('kube-apiserver');
  await admin.patch(ref, { data: { a: 'b' } });
  await put(named('prod-eu', 'of-the-admin'), {});
  await expectRefused(operator.apply(named('team', 'unmarked'), body({})), labels);
});
