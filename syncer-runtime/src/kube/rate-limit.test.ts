import { FakeClock } from '../base/clock.fixture.js';
import { TokenBucket } from './rate-limit.js';

test('tokens come at a steady pace, and as many as the burst are saved up', async () => {
  const clock = new FakeClock();
  const bucket = new TokenBucket({ qps: 10, burst: 2 }, clock);
  await clock.advance(60_000);
  const taken: number[] = [];
  const started = clock.now();
  for (let i = 0; i < 5; i++) void bucket.take().then(() => taken.push(clock.now() - started));
  await clock.advance(1_000);
  expect(taken).toEqual([0, 0, 100, 200, 300]);
});

test('who gives up waiting is told the reason of its signal', async () => {
  const bucket = new TokenBucket({ qps: 1, burst: 1 }, new FakeClock());
  await bucket.take();
  const controller = new AbortController();
  const waiting = bucket.take(controller.signal);
  controller.abort(new Error('enough'));
  await expect(waiting).rejects.toThrow('enough');
});
