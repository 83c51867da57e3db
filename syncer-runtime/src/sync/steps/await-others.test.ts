import { webDeployment, World } from '../world.fixture.js';

const key = 'default/web';

/** An object that goes, released by us; these finalizers keep it. */
async function worldKeptBy(...finalizers: string[]): Promise<World> {
  const world = await new World().synced(webDeployment());
  world.up.edit(world.type, key, ({ metadata, ...object }) => ({
    ...object,
    metadata: { ...metadata, finalizers: [...finalizers, ...(metadata.finalizers ?? [])] },
  }));
  world.up.remove(world.type, key);
  await world.converge();
  expect(world.upstreamObject()?.metadata.finalizers).toEqual(finalizers);
  return world;
}

test('for half a minute nothing is said of an object that others still keep, and nothing asked', async () => {
  const world = await worldKeptBy('example.com/theirs');
  world.up.requests.length = 0;
  const { waiting, outcome } = await world.reconcile();
  expect([waiting, outcome.kind]).toEqual([undefined, 'requeueAfter']);
  expect(world.up.requests).toEqual([]);
});

test.each([
  ['example.com/theirs', 'Who set them has to take them off.'],
  ['syncer.kcp.io/other', 'their syncers have to run to let it go'],
])('after that it is said that %s keeps it', async (finalizer, words) => {
  const world = await worldKeptBy(finalizer);
  await world.reconcile();
  await world.clock.advance(30_000);
  const { waiting } = await world.reconcile();
  expect(waiting).toMatchObject({ reason: 'DeletionBlocked', message: expect.stringContaining(words) as string });
  expect(waiting?.message).toContain(finalizer);
});
