import { firstDifference } from './difference.js';

test.each<[unknown, unknown, string | undefined]>([
  [{ a: 1, b: [{ c: null }] }, { b: [{ c: null }], a: 1 }, undefined],
  [{ spec: { replicas: 1 } }, { spec: { replicas: 2 } }, '.spec.replicas'],
  [{ spec: { replicas: 1 } }, { spec: {} }, '.spec.replicas'],
  [{ data: {} }, { data: { 'a.b': 'x' } }, '.data["a.b"]'],
  [{ a: [1, { b: 1 }] }, { a: [1, { b: 2 }] }, '.a[1].b'],
  [{ a: [1] }, { a: [1, 2] }, '.a'],
  [{ a: [] }, { a: {} }, '.a'],
  [1, '1', ''],
  [{ a: undefined }, {}, undefined],
  [JSON.parse('{"__proto__": 1}'), {}, '.__proto__'],
])('%j and %j differ at %j', (one, other, path) => {
  expect(firstDifference(one, other)).toBe(path);
});
