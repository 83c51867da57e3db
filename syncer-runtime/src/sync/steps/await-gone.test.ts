import type { KubeObject } from '../../object/types.js';
import { webDeployment, World } from '../world.fixture.js';

const key = 'default/web';

function withFinalizers(...finalizers: string[]): (object: KubeObject) => KubeObject {
  return ({ metadata, ...object }) => ({ ...object, metadata: { ...metadata, finalizers } });
}

/** A world in which the copy goes, and something keeps it. */
async function worldWithBlockedCopy(): Promise<World> {
  const world = await new World().synced(webDeployment());
  world.down.edit(world.type, key, withFinalizers('example.com/backup', 'example.com/audit'));
  world.up.remove(world.type, key);
  await world.converge();
  return world;
}

test('a copy that goes is awaited, and nothing is written to it (S12)', async () => {
  const world = await worldWithBlockedCopy();
  world.down.requests.length = 0;
  expect(await world.reconcile()).toMatchObject({ operation: 'wait', waiting: { reason: 'Terminating' } });
  expect(world.down.requests).toEqual([]);
  expect(world.upstreamObject()).toBeDefined();
});

test('a change upstream is not applied to a copy that goes', async () => {
  const world = await new World().synced(webDeployment());
  world.down.edit(world.type, key, withFinalizers('example.com/backup'));
  world.down.remove(world.type, key);
  world.up.edit(world.type, key, (object) => ({ ...object, spec: { replicas: 9 } }));
  await world.converge();
  expect(world.copy()?.['spec']).toEqual({ replicas: 3 });
  world.down.edit(world.type, key, withFinalizers());
  await world.converge();
  expect(world.copy()?.['spec']).toEqual({ replicas: 9 });
});

test('a copy that does not go in half a minute is told with who keeps it (S29)', async () => {
  const world = await worldWithBlockedCopy();
  await world.clock.advance(29_999);
  expect(await world.reconcile()).toMatchObject({ waiting: { reason: 'Terminating' } });
  await world.clock.advance(1);
  expect(await world.reconcile()).toMatchObject({
    outcome: { kind: 'requeueAfter', ms: 30_000 },
    waiting: {
      reason: 'DeletionBlocked',
      message: expect.stringContaining('example.com/backup, example.com/audit') as string,
    },
  });
});

test('finalizers of others are never taken off', async () => {
  const world = await worldWithBlockedCopy();
  await world.clock.advance(600_000);
  await world.reconcile();
  expect(world.copy()?.metadata.finalizers).toEqual(['example.com/backup', 'example.com/audit']);
});

test('when they are off, the copy is gone, and then the upstream object', async () => {
  const world = await worldWithBlockedCopy();
  world.down.edit(world.type, key, withFinalizers());
  expect(world.upstreamObject()).toBeDefined();
  await world.converge();
  expect([world.copy(), world.upstreamObject(), world.pair()]).toEqual([undefined, undefined, undefined]);
});

test('an end that no event told is noticed after half a minute', async () => {
  const world = await worldWithBlockedCopy();
  world.down.edit(world.type, key, withFinalizers());
  await world.clock.advance(30_000);
  expect(await world.reconcile()).toMatchObject({ outcome: { kind: 'requeueAfter', ms: 0 } });
  await world.reconcile();
  expect(world.upstreamObject()).toBeUndefined();
});

test('a successor of the same name in the cluster is not taken for the copy that goes', async () => {
  const world = await worldWithBlockedCopy();
  world.down.purge(world.type, key);
  const foreign = world.down.put(world.type, webDeployment({ replicas: 1 }));
  await world.clock.advance(30_000);
  expect(await world.reconcile()).toMatchObject({ outcome: { kind: 'requeueAfter', ms: 0 } });
  await world.converge();
  expect([world.copy(), world.upstreamObject()]).toEqual([foreign, undefined]);
});

test('a copy that was made anew and goes again has half a minute of its own', async () => {
  const world = await new World().synced(webDeployment());
  for (let i = 0; i < 2; i++) {
    world.down.edit(world.type, key, withFinalizers('example.com/backup'));
    world.down.remove(world.type, key);
    world.hear();
    expect(await world.reconcile()).toMatchObject({ waiting: { reason: 'Terminating' } });
    world.down.edit(world.type, key, withFinalizers());
    await world.converge();
    await world.clock.advance(120_000);
  }
});

test('while the cluster does not answer nobody says what keeps the copy', async () => {
  const world = await worldWithBlockedCopy();
  await world.clock.advance(30_000);
  world.down.fault = () => world.down.unreachable();
  await expect(world.reconcile()).rejects.toMatchObject({ code: 'ECONNREFUSED' });
  expect(world.upstreamObject()).toBeDefined();
});
