import type { AuditEntry } from '../harness/audit.js';
import type { KubeObject, Ref } from '../harness/admin-client.js';
import { eventually } from '../harness/eventually.js';
import { uniqueName } from '../harness/shared.js';
import { operatorWorld, type Tenant, type World } from './operator.fixture.js';

jest.setTimeout(180_000);

const deployments = { apiVersion: 'apps/v1', resource: 'deployments' };
const configMaps = { apiVersion: 'v1', resource: 'configmaps' };
const namespaces = { apiVersion: 'v1', resource: 'namespaces' };
const labels = { app: 'nginx' };
const deployment = {
  kind: 'Deployment',
  spec: {
    replicas: 1,
    selector: { matchLabels: labels },
    template: { metadata: { labels }, spec: { containers: [{ name: 'nginx', image: 'nginx:1.27' }] } },
  },
};

let world: World;

beforeAll(async () => {
  world = await operatorWorld();
  await world.start();
});

/** A tenant with one object of each sort in the cluster, and where they are. */
async function connected(
  spec: object = {},
  { by = world }: { by?: World } = {},
): Promise<{ tenant: Tenant; app: Ref; appCopy: Ref; dataCopy: Ref }> {
  const tenant = await by.tenant();
  const app = { ...deployments, namespace: 'default', name: 'nginx' };
  const data = { ...configMaps, namespace: 'default', name: 'settings' };
  await tenant.deploy(spec);
  await tenant.eventually('Ready', 'True');
  await tenant.workspace.admin.apply(app, deployment);
  await tenant.workspace.admin.apply(data, { kind: 'ConfigMap', data: { a: 'b' } });
  const namespace = `${tenant.name}-default`;
  const copies = { appCopy: { ...app, namespace }, dataCopy: { ...data, namespace } };
  for (const copy of Object.values(copies)) await exists(copy);
  await eventually('the Deployment is held in the workspace', async () => {
    return ((await tenant.workspace.admin.get(app)).metadata.finalizers ?? []).length > 0;
  });
  return { tenant, app, ...copies };
}

async function exists(ref: Ref): Promise<KubeObject> {
  return await eventually(`${ref.resource} ${ref.name} exists`, async () => await world.down.find(ref));
}

async function isGone(ref: Ref): Promise<void> {
  await eventually(`${ref.resource} ${ref.name} is gone`, async () => (await world.down.find(ref)) === undefined, {
    timeoutMs: 90_000,
  });
}

/** Deletes the SyncerDeployment and waits until it is gone. */
async function disconnect(tenant: Tenant): Promise<void> {
  await world.down.delete(tenant.ref);
  await isGone(tenant.ref);
}

function marksOf({ metadata }: KubeObject): string[] {
  return [...Object.keys(metadata.labels ?? {}), ...Object.keys(metadata.annotations ?? {})].filter((key) =>
    key.startsWith('syncer.kcp.io/'),
  );
}

/** What the operator did to objects of this tenant since the mark. */
function writesFor(tenant: Tenant, mark: ReturnType<World['servers']['cluster']['audit']['mark']>): AuditEntry[] {
  const writes = world.servers.cluster.audit.writesSince(mark, world.account.user);
  return writes.filter(({ object }) => object.namespace === `${tenant.name}-default`);
}

describe('deletionPolicy Orphan', () => {
  it('leaves the objects as they are, without our marks, and frees the originals', async () => {
    const { tenant, app, appCopy, dataCopy } = await connected();
    const before = await exists(appCopy);
    await disconnect(tenant);
    const after = await exists(appCopy);
    expect(after.metadata.uid).toBe(before.metadata.uid);
    expect(after).toMatchObject({ spec: (before as unknown as { spec: object }).spec });
    expect(marksOf(after)).toEqual(['syncer.kcp.io/upstream-uid']);
    expect(marksOf(await exists(dataCopy))).toEqual(['syncer.kcp.io/upstream-uid']);
    expect((await tenant.workspace.admin.get(app)).metadata.finalizers ?? []).toEqual([]);
    const namespace = await world.down.get({ ...namespaces, name: `${tenant.name}-default` });
    expect(namespace.metadata.annotations).not.toHaveProperty('syncer.kcp.io/claimed-by');
  });

  it('lets the same connection take the objects up again, with no new Pods', async () => {
    const { tenant, app, appCopy } = await connected();
    const before = await exists(appCopy);
    await disconnect(tenant);
    await tenant.deploy();
    await tenant.eventually('Ready', 'True');
    await eventually('the copy is ours again', async () => {
      return marksOf(await world.down.get(appCopy)).includes('syncer.kcp.io/owner');
    });
    const after = await world.down.get(appCopy);
    expect(after.metadata.uid).toBe(before.metadata.uid);
    await tenant.workspace.admin.patch(app, { spec: { replicas: 2 } });
    await eventually('a change goes down again', async () => {
      return (await world.down.get<KubeObject & { spec: { replicas: number } }>(appCopy)).spec.replicas === 2;
    });
    const replicaSets = await world.down.list({
      apiVersion: 'apps/v1',
      resource: 'replicasets',
      namespace: appCopy.namespace ?? '',
    });
    expect(replicaSets).toHaveLength(1);
  });

  it('is what happens to a SyncerDeployment that goes with its namespace', async () => {
    const other = await operatorWorld();
    await other.start();
    const tenant = await other.tenant();
    await tenant.deploy({ deletionPolicy: 'Delete' });
    await tenant.eventually('Ready', 'True');
    const data = { ...configMaps, namespace: 'default', name: 'settings' };
    await tenant.workspace.admin.apply(data, { kind: 'ConfigMap', data: { a: 'b' } });
    const copy = { ...data, namespace: `${tenant.name}-default` };
    const { metadata } = await exists(copy);
    await world.down.delete({ ...namespaces, name: other.namespace });
    await isGone({ ...namespaces, name: other.namespace });
    expect((await exists(copy)).metadata.uid).toBe(metadata.uid);
  });
});

describe('deletionPolicy Delete', () => {
  it('deletes what was made, keeps what was there before, and frees the originals', async () => {
    const tenant = await world.tenant();
    const namespace = `${tenant.name}-default`;
    const own = { ...configMaps, namespace, name: 'was-there' };
    await world.down.apply({ ...namespaces, name: namespace }, { kind: 'Namespace' });
    await world.down.apply(own, { kind: 'ConfigMap', data: { a: 'b' } });
    await tenant.deploy({
      deletionPolicy: 'Delete',
      whenExists: 'AdoptIfEqual',
      namespaceMapping: { strategy: 'Prefix', prefix: `${tenant.name}-`, useExisting: [namespace] },
    });
    await tenant.eventually('Ready', 'True');
    const names = {
      app: { ...deployments, namespace: 'default', name: 'nginx' },
      adopted: { ...configMaps, namespace: 'default', name: 'was-there' },
    };
    await tenant.workspace.admin.apply(names.app, deployment);
    await tenant.workspace.admin.apply(names.adopted, { kind: 'ConfigMap', data: { a: 'b' } });
    await exists({ ...names.app, namespace });
    await eventually('the ConfigMap is adopted', async () =>
      marksOf(await world.down.get(own)).includes('syncer.kcp.io/adopted'),
    );
    const mark = world.servers.cluster.audit.mark();
    await disconnect(tenant);
    expect(await world.down.find({ ...names.app, namespace })).toBeUndefined();
    expect((await exists(own)).metadata.labels ?? {}).not.toHaveProperty('syncer.kcp.io/owner');
    expect((await tenant.workspace.admin.get(names.app)).metadata.finalizers ?? []).toEqual([]);
    const verbs = writesFor(tenant, mark).map(({ verb, object }) => `${verb} ${object.resource}`);
    expect(new Set(verbs)).toEqual(new Set(['delete deployments', 'patch configmaps', 'patch namespaces']));
  });
});

describe('a namespace that the syncer made', () => {
  const seesAll = [{ apiGroups: ['*'], resources: ['*'], verbs: ['get', 'list', 'watch'] }];
  let allSeeing: World;

  beforeAll(async () => {
    allSeeing = await operatorWorld(seesAll);
    await allSeeing.start();
  });

  it('goes with deletionPolicy Delete, once the last Pods in it are gone', async () => {
    const { tenant, app, appCopy } = await connected({ deletionPolicy: 'Delete' }, { by: allSeeing });
    const pods = { apiVersion: 'v1', resource: 'pods', namespace: appCopy.namespace ?? '' };
    await eventually('a Pod runs', async () => (await world.down.list(pods)).length > 0, { timeoutMs: 60_000 });
    await disconnect(tenant);
    await isGone({ ...namespaces, name: pods.namespace });
    expect((await tenant.workspace.admin.get(app)).metadata.finalizers ?? []).toEqual([]);
  });

  it('stays for what somebody else has inside', async () => {
    const { tenant, dataCopy } = await connected({ deletionPolicy: 'Delete' }, { by: allSeeing });
    const other = { ...dataCopy, name: 'of-somebody-else' };
    await world.down.apply(other, { kind: 'ConfigMap', data: { a: 'b' } });
    await disconnect(tenant);
    expect(await world.down.find(dataCopy)).toBeUndefined();
    expect(await world.down.find(other)).toBeDefined();
  });
});

describe('a SyncerDeployment', () => {
  it('that never made contact goes at once', async () => {
    const tenant = await world.tenant();
    await world.down.delete(tenant.secretRef);
    await tenant.deploy();
    await tenant.eventually('Ready', 'False', 'KubeconfigMissing');
    await disconnect(tenant);
    expect(await world.down.find(tenant.ref)).toBeUndefined();
  });

  it('whose credentials are refused waits and says why, until it is let go by force', async () => {
    const { tenant, appCopy } = await connected();
    await tenant.account.forbid();
    await world.down.delete(tenant.ref);
    await eventually('it says what it waits for', async () => {
      const { message } = await tenant.eventually('Ready', 'False', 'Disconnecting');
      return message.includes('waiting for kcp, to take the finalizers off there');
    });
    await world.down.patch(tenant.ref, { metadata: { annotations: { 'syncer.kcp.io/force-delete': 'true' } } });
    await isGone(tenant.ref);
    expect(marksOf(await exists(appCopy))).toEqual(['syncer.kcp.io/upstream-uid']);
    await world.operator.waitForLine(/goes by force/);
  });

  it('whose workspace is gone for ever goes by itself', async () => {
    const { tenant, appCopy } = await connected();
    await tenant.workspace.delete();
    await tenant.workspace.gone();
    await disconnect(tenant);
    expect(marksOf(await exists(appCopy))).toEqual(['syncer.kcp.io/upstream-uid']);
  });

  it('is let go by the next operator when the first is killed in between', async () => {
    const blocker = 'example.com/blocks';
    const { tenant, appCopy, dataCopy } = await connected({ deletionPolicy: 'Delete' });
    await world.down.patch(dataCopy, { metadata: { finalizers: [blocker] } });
    await world.down.delete(tenant.ref);
    await eventually('it is said what blocks', async () => {
      return (await tenant.eventually('Ready', 'False', 'Disconnecting')).message.includes(blocker);
    });
    await world.operator.kill('SIGKILL');
    await world.start({ identity: uniqueName('next') });
    await world.down.patch(dataCopy, { metadata: { finalizers: null } });
    await isGone(tenant.ref);
    expect(await world.down.find(appCopy)).toBeUndefined();
    expect(await world.down.find(dataCopy)).toBeUndefined();
  });
});
