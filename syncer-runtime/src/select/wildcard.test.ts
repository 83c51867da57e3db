import { matchesWildcard } from './wildcard.js';

test.each([
  ['a', 'a', true],
  ['a', 'ab', false],
  ['', '', true],
  ['', 'a', false],
  ['*', '', true],
  ['*', 'anything', true],
  ['a*', 'a', true],
  ['a*', 'ba', false],
  ['*a', 'ba', true],
  ['a*a', 'a', false],
  ['a*a', 'aa', true],
  ['a*b*c', 'a-b-b-c', true],
  ['a*b*c', 'acb', false],
  ['a*bc*c', 'abc', false],
  ['a**c', 'abc', true],
  ['a.c', 'abc', false],
  ['a[b]c', 'abc', false],
])('%s fits %s: %p', (pattern, text, fits) => {
  expect(matchesWildcard(pattern, text)).toBe(fits);
});

test('many wildcards take no long time', () => {
  expect(matchesWildcard(`${'*a'.repeat(1_000)}b`, 'a'.repeat(20_000))).toBe(false);
});
