import { canonicalJson } from './canonical.js';
import { parseJson } from './parse.js';
import { RandomJson } from './random.fixture.js';

test('keys are sorted at every depth, lists keep their order', () => {
  expect(canonicalJson({ b: [2, 1, { z: 1, y: 2 }], a: { d: null, c: 'x' } })).toBe(
    '{"a":{"c":"x","d":null},"b":[2,1,{"y":2,"z":1}]}',
  );
});

test('exact numbers and a key named __proto__ are written as they came', () => {
  expect(canonicalJson(parseJson('{"b":12345678901234567890,"__proto__":1}'))).toBe(
    '{"__proto__":1,"b":12345678901234567890}',
  );
});

test('undefined fields are left out', () => {
  expect(canonicalJson({ a: undefined, b: 1 })).toBe('{"b":1}');
});

test('it is JSON with the same meaning', () => {
  const random = new RandomJson(2);
  for (let i = 0; i < 1_000; i++) {
    const value = random.value();
    expect(JSON.parse(canonicalJson(value))).toEqual(value);
  }
});

test('an object nested too deep is terminal', () => {
  const deep = parseJson('['.repeat(2_000) + ']'.repeat(2_000));
  expect(() => canonicalJson(deep)).toThrow(expect.objectContaining({ reason: 'ObjectTooDeep' }) as Error);
});
