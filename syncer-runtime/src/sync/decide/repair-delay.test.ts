import { pairOf } from '../../informer/pairs.fixture.js';
import { noteRepair, repairDelayMs } from './repair-delay.js';

function repaired(times: number, at = 0): ReturnType<typeof pairOf> {
  const pair = pairOf({});
  for (let i = 0; i < times; i++) noteRepair(pair, at);
  return pair;
}

test('the first five repairs are made at once', () => {
  expect([0, 1, 2, 3, 4].map((times) => repairDelayMs(repaired(times), 0))).toEqual([0, 0, 0, 0, 0]);
});

test('later ones wait twice as long each time, at most half a minute', () => {
  expect([5, 6, 7, 8, 9, 10, 11, 40].map((times) => repairDelayMs(repaired(times), 0))).toEqual([
    1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000, 30_000,
  ]);
});

test('the wait counts from the last repair', () => {
  expect(repairDelayMs(repaired(6, 10_000), 11_500)).toBe(500);
  expect(repairDelayMs(repaired(6, 10_000), 12_000)).toBe(0);
});

test('a copy that was left alone for more than a minute is repaired at once again', () => {
  const pair = repaired(40, 0);
  expect(repairDelayMs(pair, 60_001)).toBe(0);
  noteRepair(pair, 60_001);
  expect(pair.repairs).toBe(1);
});
