import type { KubeObject, Ref } from '../harness/admin-client.js';
import { eventually } from '../harness/eventually.js';
import { uniqueName } from '../harness/shared.js';
import { configFile } from './config-file.fixture.js';
import { prepareConnection, type Connected } from './connected.fixture.js';
import {
  deploymentOf,
  deployments,
  eventuallyGone,
  eventuallyObject,
  isRolledOut,
  type Deployment,
} from './kinds.fixture.js';
import { configMapsIn, inWords, makeNamespace, type ConfigMap } from './objects.fixture.js';

jest.setTimeout(240_000);

const namespace = uniqueName('ruled');
const maps = configMapsIn(namespace);
const map = (name: string): Ref => ({ ...maps, name });
const deployment = (name: string): Ref => ({ ...deployments, namespace, name });

let world: Connected;

beforeAll(async () => {
  world = await prepareConnection({
    publish: ['deployments.apps'],
    flags: { resources: 'deployments.apps,configmaps', 'sync-namespaces': namespace, 'heartbeat-period': '1s' },
  });
  for (const side of [world.up, world.down]) await makeNamespace(side, namespace);
});

afterAll(async () => {
  await world.stop();
});

async function startWith(sync: object): Promise<void> {
  await world.start({ config: configFile(world, sync) });
}

async function write(
  ref: Ref,
  { data = { a: '1' }, labels = {} }: { data?: object; labels?: object } = {},
): Promise<void> {
  await world.up.apply(ref, { kind: 'ConfigMap', metadata: { labels }, data });
}

async function eventuallyBlocked(name: string, reason: string): Promise<string> {
  const { message } = await eventually(`${name} is blocked: ${reason}`, async () => {
    return (await world.syncTarget()).status?.blocked?.find((one) => one.name === name && one.reason === reason);
  });
  return message ?? '';
}

function annotationsOf({ metadata }: KubeObject): Readonly<Record<string, string>> {
  return metadata.annotations ?? {};
}

describe('objectSelector', () => {
  it('takes the objects with its labels, and those that lose them are let go', async () => {
    await startWith({
      objectSelector: { matchExpressions: [{ key: 'tier', operator: 'In', values: ['web', 'api'] }] },
    });
    await write(map('plain'));
    await write(map('web'), { labels: { tier: 'web' } });
    await world.up.apply(deployment('api'), { ...deploymentOf('api'), metadata: { labels: { tier: 'api' } } });
    await eventuallyObject(world.down, map('web'));
    await eventuallyObject<Deployment>(world.up, deployment('api'), isRolledOut);
    await world.twoHeartbeats();
    expect(await world.down.find(map('plain'))).toBeUndefined();
    expect((await world.syncTarget()).status?.selection).toContain('with tier in (web,api)');

    await world.up.patch(map('plain'), { metadata: { labels: { tier: 'web' } } });
    await eventuallyObject(world.down, map('plain'));
    await world.up.patch(deployment('api'), { metadata: { labels: { tier: 'db' } } });
    await eventuallyGone(world.down, deployment('api'));
    await eventuallyObject(world.up, deployment('api'), ({ metadata }) => (metadata.finalizers ?? []).length === 0);
    await world.stop();
    for (const ref of [map('plain'), map('web'), deployment('api')]) {
      await world.up.delete(ref);
      await world.down.delete(ref);
    }
  });
});

describe('deletionGuard', () => {
  it('holds as many as it says', async () => {
    const five = [1, 2, 3, 4, 5].map((n) => map(`guarded-${n}`));
    await startWith({});
    for (const ref of five) await write(ref);
    await world.eventuallyInStep(5);
    await world.stop();
    for (const ref of five.slice(0, 3)) await world.up.delete(ref);

    const mark = world.cluster.audit.mark();
    await startWith({ deletionGuard: { maxObjects: 2, maxPercent: 100 } });
    const { message } = await world.eventuallyCondition('DeletionsAllowed', 'False', 'DeletionsHeld');
    expect(message).toContain('3 of 5 objects');
    expect(message).toContain('more than the 2 that may be removed');
    expect(world.downstreamWrites(mark)).toEqual([]);
    await world.stop();
    await startWith({ deletionGuard: { maxObjects: 3, maxPercent: 100 } });
    for (const ref of five.slice(0, 3)) await eventuallyGone(world.down, ref);
    await world.eventuallyInStep(2);
    for (const ref of five.slice(3)) await world.up.delete(ref);
    await world.eventuallyInStep(0);
    await world.stop();
  });
});

describe('paused', () => {
  it('writes and deletes nothing on either side, says so, and makes up for it afterwards', async () => {
    await startWith({});
    await write(map('kept'));
    await world.up.apply(deployment('still'), deploymentOf('still'));
    await eventuallyObject<Deployment>(world.up, deployment('still'), isRolledOut);
    await world.eventuallyInStep(2);
    await world.stop();

    await startWith({ paused: true });
    const { message } = await world.eventuallyCondition('SyncerReady', 'False', 'Paused');
    expect(message).toBe('Nothing is written or deleted: the configuration pauses the syncer (paused: true)');
    const [up, down] = [world.kcp.audit.mark(), world.cluster.audit.mark()];
    await write(map('fresh'));
    await world.up.delete(map('kept'));
    await world.up.delete(deployment('still'));
    await world.twoHeartbeats();
    expect(world.downstreamWrites(down)).toEqual([]);
    expect(inWords(world.upstreamWrites(up))).toEqual([]);
    expect(await world.condition('HeartbeatReady')).toMatchObject({ status: 'True' });
    await world.stop();

    await startWith({});
    await eventuallyObject(world.down, map('fresh'));
    await eventuallyGone(world.down, map('kept'));
    await eventuallyGone(world.up, deployment('still'));
    await world.eventuallyCondition('Ready', 'True');
    await world.up.delete(map('fresh'));
    await world.eventuallyInStep(0);
    await world.stop();
  });
});

describe('an object that was there before', () => {
  /** Somebody made it in the cluster by hand. */
  async function byHand(ref: Ref, manifest: object): Promise<string> {
    const object = { apiVersion: ref.apiVersion, ...manifest, metadata: { name: ref.name, namespace } };
    const { code, stderr } = await world.cluster.kubectl(['apply', '-f', '-'], { input: JSON.stringify(object) });
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    return (await world.down.get(ref)).metadata.uid ?? '';
  }

  it('becomes the copy with AdoptIfEqual if nothing but marks would change', async () => {
    const uids = [
      await byHand(map('equal'), { kind: 'ConfigMap', data: { a: '1' } }),
      await byHand(deployment('equal'), deploymentOf('equal')),
    ];
    await byHand(map('other'), { kind: 'ConfigMap', data: { a: '2', b: 'x' } });
    const { spec } = await eventuallyObject<Deployment>(world.down, deployment('equal'), isRolledOut);
    await startWith({ whenExists: 'AdoptIfEqual' });
    await write(map('equal'));
    await write(map('other'));
    await world.up.apply(deployment('equal'), deploymentOf('equal'));
    expect(await eventuallyBlocked('other', 'ConflictUnowned')).toContain('it is left alone: it differs in .data.a.');
    for (const [i, ref] of [map('equal'), deployment('equal')].entries()) {
      const copy = await eventuallyObject(
        world.down,
        ref,
        (object) => annotationsOf(object)['syncer.kcp.io/adopted'] === 'true',
      );
      expect(copy.metadata.uid).toBe(uids[i]);
    }
    await eventuallyObject<Deployment>(world.up, deployment('equal'), isRolledOut);
    expect((await world.down.get<Deployment>(deployment('equal'))).spec).toEqual(spec);

    await world.up.patch(map('equal'), { data: { a: '3' } });
    const copy = await eventuallyObject<ConfigMap>(world.down, map('equal'), ({ data }) => data?.['a'] === '3');
    expect(annotationsOf(copy)['syncer.kcp.io/adopted']).toBe('true');
    expect((await world.down.get<ConfigMap>(map('other'))).data).toEqual({ a: '2', b: 'x' });
    await world.stop();
  });

  it('becomes the copy with TakeOver, and what its former writers set besides is removed', async () => {
    const uid = await byHand(deployment('taken'), deploymentOf('taken', { replicas: 3 }));
    await world.cluster.kubectl(['set', 'env', '-n', namespace, 'deployment/taken', 'LEFT=over']);
    await eventuallyObject<Deployment>(world.down, deployment('taken'), isRolledOut);
    const owner = { apiVersion: 'apps/v1', kind: 'Deployment', name: 'taken', uid, controller: true };
    await world.down.apply(map('owned'), {
      kind: 'ConfigMap',
      metadata: { ownerReferences: [owner] },
      data: { a: '2' },
    });
    await world.down.apply(map('foreign'), {
      kind: 'ConfigMap',
      metadata: { labels: { 'syncer.kcp.io/owner': '0123456789abcdef' } },
      data: { a: '2' },
    });
    await startWith({ whenExists: 'TakeOver' });
    await eventuallyObject<ConfigMap>(world.down, map('other'), ({ data }) => JSON.stringify(data) === '{"a":"1"}');
    for (const name of ['owned', 'foreign']) await write(map(name));
    await world.up.apply(deployment('taken'), deploymentOf('taken', { replicas: 1 }));
    const copy = await eventuallyObject<Deployment>(
      world.down,
      deployment('taken'),
      (object) => isRolledOut(object) && object.spec.replicas === 1,
    );
    expect(copy.metadata.uid).toBe(uid);
    expect(JSON.stringify(copy.spec)).not.toContain('LEFT');
    // What a controller writes on it is not ours to take away.
    expect(annotationsOf(copy)['deployment.kubernetes.io/revision']).toBeDefined();
    expect(annotationsOf(copy)['kubectl.kubernetes.io/last-applied-configuration']).toBeUndefined();
    expect(await eventuallyBlocked('owned', 'ConflictUnowned')).toContain('it belongs to Deployment taken');
    await eventuallyBlocked('foreign', 'ConflictOtherSyncer');
    for (const name of ['owned', 'foreign'])
      expect((await world.down.get<ConfigMap>(map(name))).data).toEqual({ a: '2' });
    await world.stop();
  });
});
