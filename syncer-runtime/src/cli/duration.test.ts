import { goDuration, parseGoDuration } from './duration.js';

test.each([
  ['30s', 30_000],
  ['1m30s', 90_000],
  ['500ms', 500],
  ['1.5h', 5_400_000],
  ['.5s', 500],
  ['1h0m0.5s', 3_600_500],
  ['1000us', 1],
  ['1000µs', 1],
  ['0s', 0],
])('%s is %i ms', (text, ms) => {
  expect(parseGoDuration(text)).toBe(ms);
});

test.each(['', '30', '-30s', '30 s', 's', '1d', '30s1', '1m 30s', '1e3s', '+1s', '.s', '∞', '30S'])(
  '"%s" is no duration, as in Go or because it is negative',
  (text) => {
    expect(() => parseGoDuration(text)).toThrow('must be a duration such as 30s, 1m30s or 500ms');
  },
);

test('a long text that is none is refused at once', () => {
  const begun = performance.now();
  expect(() => parseGoDuration(`${'1'.repeat(50_000)}x`)).toThrow('must be a duration');
  expect(performance.now() - begun).toBeLessThan(1_000);
});

test.each([
  [500, '500ms'],
  [1_000, '1s'],
  [90_000, '1m30s'],
  [3_600_000, '1h'],
  [86_400_000, '24h'],
])('%i ms are written %s', (ms, text) => {
  expect(goDuration(ms)).toBe(text);
  expect(parseGoDuration(text)).toBe(ms);
});
