import type { Rule } from '../harness/account.js';
import type { AdminClient } from '../harness/admin-client.js';
import { uniqueName } from '../harness/shared.js';
import { prepareConnection, type Connected } from './connected.fixture.js';
import { eventuallyGone, eventuallyObject } from './kinds.fixture.js';
import { configMaps, makeNamespace, type ConfigMap } from './objects.fixture.js';

jest.setTimeout(180_000);

const rbac = 'rbac.authorization.k8s.io';
const [first, second, other] = [uniqueName('rights'), uniqueName('rights'), uniqueName('rights')];

/** Nothing here lets anybody read or write objects of the workspace or the cluster. */
const upstream: readonly Rule[] = [
  { apiGroups: ['core.kcp.io'], resources: ['logicalclusters'], verbs: ['get'] },
  { apiGroups: ['workload.kcp.io'], resources: ['synctargets'], verbs: ['get'] },
  { apiGroups: ['workload.kcp.io'], resources: ['synctargets/status'], verbs: ['patch'] },
];
const downstream: readonly Rule[] = [
  { apiGroups: [''], resources: ['namespaces'], resourceNames: ['kube-system'], verbs: ['get'] },
];
const upstreamThere: readonly Rule[] = [
  { apiGroups: [''], resources: ['configmaps'], verbs: ['get', 'list', 'watch'] },
  { apiGroups: [''], resources: ['namespaces'], verbs: ['get'] },
];
const downstreamThere: readonly Rule[] = [
  { apiGroups: [''], resources: ['configmaps'], verbs: ['get', 'list', 'watch', 'create', 'patch', 'delete'] },
  { apiGroups: [''], resources: ['namespaces'], verbs: ['get', 'patch'] },
];

let world: Connected;

beforeAll(async () => {
  world = await prepareConnection({
    rules: { upstream, downstream },
    flags: { resources: 'configmaps', 'sync-namespaces': `${first},${second},${other}` },
  });
  const { up, down } = world.accounts;
  for (const namespace of [first, second, other]) {
    await makeNamespace(world.up, namespace);
    await makeNamespace(world.down, namespace);
  }
  for (const namespace of [first, second]) {
    await permit(world.up, { namespace, user: up.boundUser, rules: upstreamThere });
    await permit(world.down, { namespace, user: down.boundUser, rules: downstreamThere });
  }
});

afterAll(async () => {
  await world.stop();
});

interface Permission {
  readonly namespace: string;
  readonly user: string;
  readonly rules: readonly Rule[];
}

/** Gives rights in one namespace. */
async function permit(admin: AdminClient, { namespace, user, rules }: Permission): Promise<void> {
  const at = { apiVersion: `${rbac}/v1`, namespace, name: 'syncer' };
  const roleRef = { apiGroup: rbac, kind: 'Role', name: at.name };
  const subjects = [{ apiGroup: rbac, kind: 'User', name: user }];
  await admin.apply({ ...at, resource: 'roles' }, { kind: 'Role', rules });
  await admin.apply({ ...at, resource: 'rolebindings' }, { kind: 'RoleBinding', roleRef, subjects });
}

async function write(namespace: string, value: string): Promise<void> {
  await world.up.apply({ ...configMaps, namespace, name: 'settings' }, { kind: 'ConfigMap', data: { value } });
}

describe('rights in single namespaces, on both sides', () => {
  it('are enough to create, change, repair and delete there', async () => {
    for (const namespace of [other, first, second]) await write(namespace, 'a');
    await world.start();
    for (const namespace of [first, second]) {
      const ref = { ...configMaps, namespace, name: 'settings' };
      const has = (value: string) => (object: ConfigMap) => object.data?.['value'] === value;
      await eventuallyObject<ConfigMap>(world.down, ref, has('a'));
      await write(namespace, 'b');
      await eventuallyObject<ConfigMap>(world.down, ref, has('b'));
      await world.down.patch(ref, { data: { value: 'drifted' } });
      await eventuallyObject<ConfigMap>(world.down, ref, has('b'));
      await world.up.delete(ref);
      await eventuallyGone(world.down, ref);
    }
    expect(await world.down.find({ ...configMaps, namespace: other, name: 'settings' })).toBeUndefined();
  });

  it('let the SyncTarget name the rule that is missing elsewhere', async () => {
    const { message } = await world.eventuallyCondition('ResourcesReady', 'False', 'ResourceNotPermitted');
    expect(message).toContain('{"apiGroups":[""],"resources":["configmaps"],"verbs":["get","list","watch"]}');
  });

  it('are all that is needed where only these namespaces are selected', async () => {
    await world.stop();
    await world.start({ 'sync-namespaces': `${first},${second}` });
    await world.eventuallyCondition('Ready', 'True');
    await write(first, 'c');
    await eventuallyObject<ConfigMap>(world.down, { ...configMaps, namespace: first, name: 'settings' });
    await world.twoHeartbeats();
    expect(await world.condition('Ready')).toMatchObject({ status: 'True' });
  });

  it('resolve no wildcard: the SyncTarget names the rule that is missing, and what has a name goes on', async () => {
    await world.stop();
    await world.start({ 'sync-namespaces': `${first},team-*` });
    const { message } = await world.eventuallyCondition('ResourcesReady', 'False', 'ResourceNotPermitted');
    expect(message).toContain('team-*');
    expect(message).toContain('{"apiGroups":[""],"resources":["namespaces"],"verbs":["list","watch"]}');
    const ref = { ...configMaps, namespace: first, name: 'settings' };
    await write(first, 'd');
    await eventuallyObject<ConfigMap>(world.down, ref, ({ data }) => data?.['value'] === 'd');
  });
});
