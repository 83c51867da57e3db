import { webDeployment, World } from './world.fixture.js';
import { noteSeen } from './latency.js';

test('latency is counted from the oldest news that was not carried over, once, by our own clock (S38)', async () => {
  const world = await new World().synced(webDeployment());
  world.recorder.counted.length = 0;
  world.up.edit(world.type, 'default/web', (object) => ({ ...object, spec: { replicas: 9 } }));
  world.hear();
  noteSeen(world.pair()!, 'upstream', world.clock.monotonic());
  await world.clock.advance(2_000);
  noteSeen(world.pair()!, 'upstream', world.clock.monotonic());
  await world.converge();
  expect(world.recorder.counted).toEqual(['downstream apply ok', 'kcp-to-cluster after 2 s']);
  expect([world.pair()?.upSeenAt, world.pair()?.downSeenAt]).toEqual([undefined, undefined]);
});

test('news that needs no carrying is forgotten when the pair is in step', async () => {
  const world = await new World().synced(webDeployment());
  noteSeen(world.pair()!, 'downstream', world.clock.monotonic());
  await world.converge();
  expect(world.pair()?.downSeenAt).toBeUndefined();
});
