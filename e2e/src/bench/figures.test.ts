import { atLeastShare, atMost, delays, quantile, slope } from './figures.js';

test('a quantile is a number that was measured', () => {
  const numbers = [5, 1, 4, 2, 3];
  expect([quantile(numbers, 0.5), quantile(numbers, 0.99), quantile(numbers, 0)]).toEqual([3, 5, 1]);
  expect(quantile([], 0.5)).toBeNaN();
});

test('the slope is what the numbers grow by from one to the next', () => {
  expect(slope([10, 12, 14, 16])).toBe(2);
  expect(slope([3, 3, 3])).toBe(0);
});

test('a figure holds up to its limit and not beyond', () => {
  expect([atMost('a', 10, { value: 10 }).holds, atMost('a', 10, { value: 10.1 }).holds]).toEqual([true, false]);
  const rate = (value: number): boolean | undefined => atLeastShare('b', 0.7, { value, reference: 100 }).holds;
  expect([rate(70), rate(69)]).toEqual([true, false]);
});

test('a figure of nothing does not hold', () => {
  expect(delays('c', { p50: 10, p99: 20 }, { values: [], bare: [1] }).map(({ holds }) => holds)).toEqual([
    false,
    false,
  ]);
});
