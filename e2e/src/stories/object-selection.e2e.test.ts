import type { KubeObject, Ref } from '../harness/admin-client.js';
import { eventually } from '../harness/eventually.js';
import { uniqueName } from '../harness/shared.js';
import { connect, type Connected } from './connected.fixture.js';
import { deploymentOf, deployments, eventuallyGone, eventuallyObject, isRolledOut } from './kinds.fixture.js';
import type { Deployment } from './kinds.fixture.js';
import { configMapsIn, inWords, makeNamespace, writeConfigMap, type ConfigMap } from './objects.fixture.js';

jest.setTimeout(180_000);

const [namespace, left] = [uniqueName('chosen'), uniqueName('left')];
const app = { ...deployments, namespace, name: 'app' };
const settings = { ...configMapsIn(namespace), name: 'settings' };

let world: Connected;

beforeAll(async () => {
  world = await connect({ publish: ['deployments.apps'], flags: { 'resync-period': '1s' } });
  await makeNamespace(world.up, namespace);
  await world.up.apply(app, deploymentOf('app'));
  await writeConfigMap(world.up, settings, '1');
  await eventuallyObject<Deployment>(world.up, app, isRolledOut);
  await world.eventuallyInStep(2);
});

afterAll(async () => {
  await world.stop();
});

async function annotate(ref: Ref, annotations: Readonly<Record<string, string | null>>): Promise<void> {
  await world.up.patch(ref, { metadata: { annotations } });
}

function finalizers({ metadata }: KubeObject): readonly string[] {
  return (metadata as { finalizers?: readonly string[] }).finalizers ?? [];
}

describe('an object says by an annotation that it is not to be in the cluster', () => {
  it.each([
    { key: 'syncer.kcp.io/sync', out: 'disabled', back: 'enabled' },
    { key: 'syncer.kcp.io/target-clusters', out: 'another, third', back: 'another, my-cluster' },
  ])('$key: $out takes its copy away at once, our finalizer after that; $back brings it back', async (word) => {
    const [up, down] = [world.kcp.audit.mark(), world.cluster.audit.mark()];
    for (const ref of [app, settings]) await annotate(ref, { [word.key]: word.out });
    for (const ref of [app, settings]) await eventuallyGone(world.down, ref);
    await eventuallyObject(world.up, app, (object) => finalizers(object).length === 0);
    await world.eventuallyInStep(0);
    expect(inWords(world.downstreamWrites(down))).toEqual(['delete configmaps settings', 'delete deployments app']);
    const onApp = world.upstreamWrites(up).filter(({ object }) => object.subresource === undefined);
    expect(inWords(onApp)).toEqual(['patch deployments app']);

    for (const ref of [app, settings]) await annotate(ref, { [word.key]: word.back });
    for (const ref of [app, settings]) await eventuallyObject(world.down, ref);
    await eventuallyObject(world.up, app, (object) => finalizers(object).length === 1);
    await world.eventuallyInStep(2);
  });

  it('the first of target-clusters writes the status, and no other', async () => {
    await annotate(app, { 'syncer.kcp.io/target-clusters': 'another,my-cluster' });
    await world.up.patch(app, { spec: { replicas: 2 } });
    const isScaled = (object: Deployment): boolean => isRolledOut(object) && object.status?.replicas === 2;
    await eventuallyObject<Deployment>(world.down, app, isScaled);
    await world.twoHeartbeats();
    expect((await world.up.get<Deployment>(app)).status?.replicas).toBe(1);

    await annotate(app, { 'syncer.kcp.io/target-clusters': 'my-cluster,another' });
    await eventuallyObject<Deployment>(world.up, app, isScaled);
  });
});

describe('a SyncTarget that takes no new objects', () => {
  it('keeps those that it has in step, and lets no others in', async () => {
    const late = { ...settings, name: 'late' };
    const target = { apiVersion: 'workload.kcp.io/v1alpha1', resource: 'synctargets', name: 'my-cluster' };
    await world.up.patch(target, { spec: { unschedulable: true } });
    await world.twoHeartbeats();
    await writeConfigMap(world.up, late, '1');
    await writeConfigMap(world.up, settings, '2');
    await eventuallyObject<ConfigMap>(world.down, settings, ({ data }) => data?.['value'] === '2');
    await eventually('the SyncTarget says why', async () =>
      (await world.syncTarget()).status?.blocked?.some(
        ({ name, reason }) => name === 'late' && reason === 'Unschedulable',
      ),
    );
    expect(await world.down.find(late)).toBeUndefined();
    await world.up.patch(target, { spec: { unschedulable: null } });
    await eventuallyObject(world.down, late);
    await world.eventuallyInStep(3);
  });
});

describe('a configuration that selects less', () => {
  it('has what it leaves out removed, and counts that as removals which nobody asked for one by one', async () => {
    const { many, one } = { many: [1, 2, 3, 4].map((n) => `many-${n}`), one: 'one' };
    await makeNamespace(world.up, left);
    await writeConfigMap(world.up, { namespace: left, name: one }, '1');
    for (const name of many) await writeConfigMap(world.up, { namespace: left, name }, '1');
    await world.eventuallyInStep(8);
    await world.stop();

    const mark = world.cluster.audit.mark();
    await world.start({ 'exclude-namespaces': left });
    const held = await world.eventuallyCondition('DeletionsAllowed', 'False', 'DeletionsHeld');
    expect(held.message).toContain('5 of 8 objects');
    expect(held.message).toContain('not selected any more');
    await world.twoHeartbeats();
    expect(world.downstreamWrites(mark)).toEqual([]);

    // What is taken out one by one does not count, and brings the rest below the limit.
    for (const name of many) await annotate({ ...configMapsIn(left), name }, { 'syncer.kcp.io/sync': 'disabled' });
    for (const name of [...many, one]) await eventuallyGone(world.down, { ...configMapsIn(left), name });
    await world.eventuallyCondition('DeletionsAllowed', 'True');
    await world.eventuallyInStep(3);
  });
});

describe('a type that is not selected any more', () => {
  it('is drained: what there is of it goes, our finalizers last, and then its entry on the SyncTarget', async () => {
    await world.stop();
    const mark = world.cluster.audit.mark();
    await world.start({ 'exclude-resources': 'deployments.apps', 'exclude-namespaces': left });
    await eventuallyGone(world.down, app);
    await eventuallyObject(world.up, app, (object) => finalizers(object).length === 0);
    await eventually('the SyncTarget has no entry of it', async () => {
      const { resources = [] } = (await world.syncTarget()).status ?? {};
      return resources.every(({ resource }) => resource !== 'deployments.apps');
    });
    await world.eventuallyCondition('Ready', 'True');
    expect(inWords(world.downstreamWrites(mark))).toEqual(['delete deployments app']);
    expect((await world.syncTarget()).status?.selection).toContain(
      'all types except deployments.apps in all namespaces except',
    );
  });

  it('waits with it for a decision when that is too much at once, also across restarts', async () => {
    await world.stop();
    await world.start();
    const more = ['b', 'c', 'd', 'e'].map((name) => ({ ...deployments, namespace, name }));
    for (const ref of more) await world.up.apply(ref, deploymentOf(ref.name));
    await world.eventuallyInStep(8);
    for (const _ of ['first', 'restart']) {
      await world.stop();
      const mark = world.cluster.audit.mark();
      await world.start({ 'exclude-resources': 'deployments.apps' });
      await world.eventuallyCondition('DeletionsAllowed', 'False', 'DeletionsHeld');
      await eventually('the type is said to be drained', async () => {
        const { resources = [] } = (await world.syncTarget()).status ?? {};
        return resources.some(({ resource, state }) => resource === 'deployments.apps' && state === 'Draining');
      });
      expect(world.downstreamWrites(mark)).toEqual([]);
    }
    await world.stop();
    await world.start();
    await world.eventuallyCondition('DeletionsAllowed', 'True');
    await world.eventuallyInStep(8);
  });
});
