import { backoffMs } from './backoff.js';

const noJitter = (): number => 0.5;

test('the first wait is one second, each further one twice as long, at most half a minute', () => {
  const waits = [1, 2, 3, 4, 5, 6, 7, 100].map((failures) => backoffMs(failures, undefined, noJitter));
  expect(waits).toEqual([1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000, 30_000]);
});

test('a policy of its own is followed', () => {
  const policy = { firstMs: 20, factor: 3, maxMs: 100 };
  expect([1, 2, 3].map((failures) => backoffMs(failures, policy, noJitter))).toEqual([20, 60, 100]);
});

test('jitter moves a wait by a fifth at most, both ways', () => {
  expect(backoffMs(1, undefined, () => 0)).toBe(800);
  expect(backoffMs(1, undefined, () => 0.999_999)).toBe(1_200);
});

test('failures without end never overflow the wait', () => {
  expect(backoffMs(1_000_000, undefined, noJitter)).toBe(30_000);
});
