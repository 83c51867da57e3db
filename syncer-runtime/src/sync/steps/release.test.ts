import type { KubeObject } from '../../object/types.js';
import { identity, logicalCluster, webDeployment, World } from '../world.fixture.js';

const key = 'default/web';
const web = '/apis/apps/v1/namespaces/default/deployments/web';

/** A world in which an object goes that has our finalizer, and no copy of it is known. */
async function worldWithoutCopy(): Promise<World> {
  const world = await new World().synced(webDeployment());
  world.down.purge(world.type, key);
  world.up.remove(world.type, key);
  world.hear();
  return world;
}

function withFinalizer(finalizer: string): (object: KubeObject) => KubeObject {
  return ({ metadata, ...object }) => ({
    ...object,
    metadata: { ...metadata, finalizers: [finalizer, ...(metadata.finalizers ?? [])] },
  });
}

describe('our finalizer goes (S23)', () => {
  test('when the cluster says itself that there is no copy', async () => {
    const world = await worldWithoutCopy();
    expect(await world.reconcile()).toMatchObject({ operation: 'release' });
    expect(world.down.requests.map(({ method, path }) => `${method} ${path}`)).toEqual([`GET ${web}`]);
    expect(world.upstreamObject()).toBeUndefined();
  });

  test('and those of others stay', async () => {
    const world = await new World().synced(webDeployment());
    world.up.edit(world.type, key, withFinalizer('example.com/theirs'));
    world.up.remove(world.type, key);
    await world.converge();
    expect(world.upstreamObject()?.metadata.finalizers).toEqual(['example.com/theirs']);
    expect(await world.reconcile()).toMatchObject({ operation: 'none' });
  });

  test('by its place in the list, which is tested: a list that somebody changed meanwhile is a lost race', async () => {
    const world = await worldWithoutCopy();
    world.up.edit(world.type, key, withFinalizer('example.com/theirs'));
    await expect(world.reconcile()).rejects.toMatchObject({ status: 422 });
    expect(world.upstreamObject()?.metadata.finalizers).toEqual(['example.com/theirs', identity.finalizer]);
    await world.converge();
    expect(world.upstreamObject()?.metadata.finalizers).toEqual(['example.com/theirs']);
  });

  test('before the first list of either side is complete (S35)', async () => {
    const world = await worldWithoutCopy();
    world.ctx.store.invalidate('upstream');
    world.ctx.store.invalidate('downstream');
    await world.reconcile();
    expect(world.upstreamObject()).toBeUndefined();
  });

  test('when somebody else has the name in the cluster', async () => {
    const world = await worldWithoutCopy();
    const foreign = world.down.put(world.type, webDeployment({ replicas: 1 }));
    await world.converge();
    expect([world.upstreamObject(), world.copy()]).toEqual([undefined, foreign]);
  });

  test('when the cluster does not serve the type any more, for certain (S29)', async () => {
    const world = await new World().synced(webDeployment());
    world.up.remove(world.type, key);
    world.hear();
    world.down.unserve(world.type);
    world.servedDownstream = false;
    world.goneDownstream = true;
    await world.reconcile();
    await world.converge();
    expect(world.upstreamObject()).toBeUndefined();
  });

  test('from an object that is not selected any more', async () => {
    let selected = true;
    const world = await new World({ isSelected: () => selected }).synced(webDeployment());
    world.down.purge(world.type, key);
    selected = false;
    world.up.remove(world.type, key);
    await world.converge();
    expect(world.upstreamObject()).toBeUndefined();
  });

  test('from an object that was held, but not yet copied, when the syncer died', async () => {
    const world = new World();
    world.up.put(world.type, webDeployment({ replicas: 3 }, { finalizers: [identity.finalizer] }));
    world.up.remove(world.type, key);
    world.see();
    await world.converge();
    expect([world.upstreamObject(), world.down.writes()]).toEqual([undefined, []]);
  });
});

describe('our finalizer stays', () => {
  test('while the copy is there, whatever the watch says', async () => {
    const world = await new World().synced(webDeployment());
    world.ctx.store.removeDown(world.pair()!);
    world.up.remove(world.type, key);
    world.hearSide('upstream');
    expect(await world.reconcile()).toMatchObject({ outcome: { kind: 'requeueAfter', ms: 0 } });
    expect(world.upstreamObject()).toBeDefined();
    await world.converge();
    expect([world.copy(), world.upstreamObject()]).toEqual([undefined, undefined]);
  });

  test('while a copy is there that lost our label, and then the copy goes first', async () => {
    const world = await new World().synced(webDeployment());
    world.down.edit(world.type, key, ({ metadata, ...copy }) => ({ ...copy, metadata: { ...metadata, labels: {} } }));
    world.hear();
    world.up.remove(world.type, key);
    await world.converge();
    expect([world.copy(), world.upstreamObject() !== undefined]).toEqual([undefined, true]);
    // No event tells its end; a resync looks again.
    await world.converge();
    expect(world.upstreamObject()).toBeUndefined();
  });

  test.each([401, 403, 404, 429, 500, 503])('while the cluster answers %i, and says why', async (status) => {
    const world = await worldWithoutCopy();
    world.down.fault = () => world.down.refusal(status, 'Whatever');
    await world.reconcile();
    expect(await world.reconcile()).toMatchObject({
      outcome: { kind: 'requeueAfter', ms: 10_000 },
      waiting: { reason: 'WaitingForCluster', message: expect.stringContaining('Whatever') as string },
    });
    expect(world.upstreamObject()).toBeDefined();
    world.down.fault = () => undefined;
    await world.converge();
    expect(world.upstreamObject()).toBeUndefined();
  });

  test('while it is not known which cluster answers (S7)', async () => {
    const world = await worldWithoutCopy();
    world.doubt = new Error('another cluster');
    await world.reconcile();
    expect(await world.reconcile()).toMatchObject({ waiting: { reason: 'WaitingForCluster' } });
    expect([world.upstreamObject() !== undefined, world.down.requests]).toEqual([true, []]);
  });

  test('while it is not known which cluster answers, even if none seems to serve the type (S29)', async () => {
    const world = await worldWithoutCopy();
    world.goneDownstream = true;
    world.doubt = new Error('another cluster');
    await world.reconcile();
    expect(await world.reconcile()).toMatchObject({ waiting: { reason: 'WaitingForCluster' } });
    expect(world.upstreamObject()).toBeDefined();
  });
});

describe('the cluster does not answer, and the workspace goes', () => {
  test('our finalizer does not keep it (S27)', async () => {
    const world = await worldWithoutCopy();
    world.down.fault = () => world.down.unreachable();
    logicalCluster(world.up, withFinalizer('x'));
    logicalCluster(world.up, ({ metadata, ...object }) => ({
      ...object,
      metadata: { ...metadata, deletionTimestamp: '2026-01-01T00:00:00Z' },
    }));
    await world.converge();
    expect(world.upstreamObject()).toBeUndefined();
  });
});

test('an object that is gone upstream by then is released all the same', async () => {
  const world = await worldWithoutCopy();
  world.up.purge(world.type, key);
  expect(await world.reconcile()).toMatchObject({ operation: 'release', outcome: { kind: 'done' } });
});
