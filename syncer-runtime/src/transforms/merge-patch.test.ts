import { mergePatched } from './merge-patch.js';

test.each<[unknown, unknown, unknown]>([
  [{ a: 'b' }, { a: 'c' }, { a: 'c' }],
  [{ a: 'b' }, { b: 'c' }, { a: 'b', b: 'c' }],
  [{ a: 'b', b: 'c' }, { a: null }, { b: 'c' }],
  [{ a: ['b'] }, { a: 'c' }, { a: 'c' }],
  [{ a: 'c' }, { a: ['b'] }, { a: ['b'] }],
  [{ a: { b: 'c', d: 1 } }, { a: { b: 'd', c: null } }, { a: { b: 'd', d: 1 } }],
  [{ a: 'foo' }, { a: { b: { c: null } } }, { a: { b: {} } }],
  [{ e: null }, { a: 1 }, { e: null, a: 1 }],
  [[1, 2], { a: 'b' }, { a: 'b' }],
])('%j with %j is %j', (document, patch, expected) => {
  expect(mergePatched(document, patch)).toEqual(expected);
});

test('names that every object inherits are plain data', () => {
  const patch = JSON.parse('{"__proto__":{"polluted":true},"constructor":{"a":1}}') as unknown;
  expect(JSON.stringify(mergePatched({}, patch))).toBe('{"__proto__":{"polluted":true},"constructor":{"a":1}}');
  expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
});
