import { canonicalJson } from './canonical.js';
import { fastHash } from './fast-hash.js';
import { parseJson } from './parse.js';
import { RandomJson } from './random.fixture.js';

/** The same value with the keys of every object in another order. */
function shuffleKeys(random: RandomJson, value: unknown): unknown {
  if (Array.isArray(value)) return value.map((item) => shuffleKeys(random, item));
  if (typeof value !== 'object' || value === null) return value;
  const fields = Object.entries(value).map(([key, field]) => [key, shuffleKeys(random, field)] as const);
  return Object.fromEntries(random.shuffled(fields));
}

/** The same value with one leaf, chosen at random, made another. */
function mutateLeaf(random: RandomJson, value: unknown): unknown {
  if (Array.isArray(value) && value.length > 0) {
    const at = random.below(value.length);
    return value.map((item, i) => (i === at ? mutateLeaf(random, item) : (item as unknown)));
  }
  if (typeof value === 'object' && value !== null && Object.keys(value).length > 0) {
    const chosen = random.pick(Object.keys(value));
    return Object.fromEntries(Object.entries(value).map(([k, v]) => [k, k === chosen ? mutateLeaf(random, v) : v]));
  }
  let other = random.scalar();
  while (Object.is(other, value)) other = random.scalar();
  return other;
}

test('the order of keys does not matter, at any depth', () => {
  const random = new RandomJson(3);
  const values = Array.from({ length: 2_000 }, () => random.value(5));
  expect(values.filter((value) => fastHash(shuffleKeys(random, value)) !== fastHash(value))).toEqual([]);
});

test('one changed leaf changes the hash', () => {
  const random = new RandomJson(4);
  const values = Array.from({ length: 5_000 }, () => random.value(5));
  expect(values.filter((value) => fastHash(mutateLeaf(random, value)) === fastHash(value))).toEqual([]);
});

test('different values have different hashes', () => {
  const random = new RandomJson(5);
  const values = Array.from({ length: 10_000 }, () => random.value(4));
  expect(new Set(values.map((value) => fastHash(value))).size).toBe(new Set(values.map(canonicalJson)).size);
});

test.each([
  ['a number and its text', 1, '1'],
  ['null, false and an empty string', null, false],
  ['false and an empty string', false, ''],
  ['an empty list and an empty object', [], {}],
  ['a list and its only item', ['a'], 'a'],
  ['a list in another order', [1, 2], [2, 1]],
  ['a list cut in two', [['a'], ['b']], [['a', 'b']]],
  ['two values that changed places', { a: 'x', b: 'y' }, { a: 'y', b: 'x' }],
  ['a key and its value that changed places', { a: 'b' }, { b: 'a' }],
  ['a field that moved one level down', { a: { b: 1 }, c: 2 }, { a: { b: 1, c: 2 } }],
  ['an absent and a null field', {}, { a: null }],
  ['an item more', [null], [null, null]],
  ['a zero character at the end', 'a', 'a\0'],
  ['a zero character at the end of a key', { a: 1 }, { 'a\0': 1 }],
  ['texts that differ only far inside', `${'x'.repeat(9_999)}y${'x'.repeat(10_000)}`, 'x'.repeat(20_000)],
  ['large numbers that a double confuses', parseJson('9007199254740993'), parseJson('9007199254740992')],
  ['a key named __proto__', parseJson('{"__proto__":1}'), {}],
])('%s are told apart', (_, one, other) => {
  expect(fastHash(one)).not.toBe(fastHash(other));
});

test('null fields count as absent when asked, null items never', () => {
  const dropNulls = { dropNulls: true };
  expect(fastHash({ a: { b: null, c: 1 } }, dropNulls)).toBe(fastHash({ a: { c: 1 } }, dropNulls));
  expect(fastHash([null], dropNulls)).not.toBe(fastHash([], dropNulls));
});

test('every bit of the hash depends on the input', () => {
  const characters = Array.from({ length: 12 }, () => new Set<string>());
  for (let i = 0; i < 2_000; i++) {
    const hash = fastHash({ spec: { replicas: i } });
    characters.forEach((seen, at) => seen.add(hash.charAt(at)));
  }
  expect(characters.map((seen) => seen.size)).toEqual([64, 64, 64, 64, 64, 4, 64, 64, 64, 64, 64, 4]);
});

test('a value nested too deep is refused', () => {
  const deep = parseJson('['.repeat(2_000) + ']'.repeat(2_000));
  expect(() => fastHash(deep)).toThrow(expect.objectContaining({ reason: 'ObjectTooDeep' }) as Error);
});
