import { ExactNumber } from '../object/json.js';
import { parseJson } from '../object/parse.js';
import { applyOperation, type PatchOperation } from './json-patch.js';
import { parsePointer } from './pointer.js';

type Op = { op: PatchOperation['op']; path: string; from?: string; value?: unknown };

function patched(document: unknown, { op, path, from, value }: Op): unknown {
  const operation = { op, path: parsePointer(path), value, ...(from !== undefined && { from: parsePointer(from) }) };
  return applyOperation(document, operation as PatchOperation);
}

const document = { a: { b: [1, 2, 3] }, 'x/y': { '~': 0 }, '': 'empty' };

test.each<[string, Op, unknown]>([
  ['adds a field', { op: 'add', path: '/a/c', value: null }, { ...document, a: { b: [1, 2, 3], c: null } }],
  ['puts one in the place of another', { op: 'add', path: '/a', value: 1 }, { ...document, a: 1 }],
  ['inserts an item', { op: 'add', path: '/a/b/1', value: 9 }, { ...document, a: { b: [1, 9, 2, 3] } }],
  ['appends an item by its number', { op: 'add', path: '/a/b/3', value: 9 }, { ...document, a: { b: [1, 2, 3, 9] } }],
  ['appends an item by a dash', { op: 'add', path: '/a/b/-', value: 9 }, { ...document, a: { b: [1, 2, 3, 9] } }],
  ['replaces an item', { op: 'replace', path: '/a/b/0', value: 9 }, { ...document, a: { b: [9, 2, 3] } }],
  ['replaces below escaped names', { op: 'replace', path: '/x~1y/~0', value: 1 }, { ...document, 'x/y': { '~': 1 } }],
  ['knows the empty name', { op: 'replace', path: '/', value: 1 }, { ...document, '': 1 }],
  ['replaces everything', { op: 'replace', path: '', value: 1 }, 1],
  ['removes an item', { op: 'remove', path: '/a/b/1' }, { ...document, a: { b: [1, 3] } }],
  ['moves an item', { op: 'move', from: '/a/b/0', path: '/a/b/2' }, { ...document, a: { b: [2, 3, 1] } }],
  ['moves to the same place', { op: 'move', from: '/a/b', path: '/a/b' }, document],
  ['copies', { op: 'copy', from: '/a/b/0', path: '/c' }, { ...document, c: 1 }],
  ['tests, whatever the order', { op: 'test', path: '/a', value: { b: [1, 2, 3] } }, document],
])('%s', (_, operation, expected) => {
  const before = structuredClone(document);
  expect(patched(document, operation)).toEqual(expected);
  expect(document).toEqual(before);
});

test.each<[Op, string]>([
  [{ op: 'add', path: '/b/c', value: 1 }, 'the object has no /b'],
  [{ op: 'add', path: '/a/b/4', value: 1 }, 'the object has no /a/b/4'],
  [{ op: 'add', path: '/a/b/01', value: 1 }, 'the object has no /a/b/01'],
  [{ op: 'add', path: '/a/b/99999999999', value: 1 }, 'the object has no /a/b/99999999999'],
  [{ op: 'add', path: '/a/b/length', value: 1 }, 'the object has no /a/b/length'],
  [{ op: 'add', path: '/a/b/0/c', value: 1 }, 'the object has no /a/b/0'],
  [{ op: 'replace', path: '/a/b/-', value: 1 }, 'the object has no /a/b/-'],
  [{ op: 'replace', path: '/c', value: 1 }, 'the object has no /c'],
  [{ op: 'replace', path: '/constructor', value: 1 }, 'the object has no /constructor'],
  [{ op: 'remove', path: '/__proto__' }, 'the object has no /__proto__'],
  [{ op: 'remove', path: '' }, 'the whole object cannot be removed'],
  [{ op: 'copy', from: '/toString', path: '/c' }, 'the object has no /toString'],
  [{ op: 'move', from: '/a', path: '/a/b' }, '/a cannot be moved into itself'],
  [{ op: 'test', path: '/a/b', value: [1, 2] }, 'the value is another one'],
])('%j does not fit', (operation, message) => {
  expect(() => patched(document, operation)).toThrow(message);
});

test('a field named __proto__ is plain data, and nothing else changes', () => {
  const result = patched({}, { op: 'add', path: '/__proto__', value: { polluted: true } });
  expect(Object.keys(result as object)).toEqual(['__proto__']);
  expect(JSON.stringify(patched(result, { op: 'add', path: '/__proto__/x', value: 1 }))).toBe(
    '{"__proto__":{"polluted":true,"x":1}}',
  );
  expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
});

test('a number of many digits is compared by its value, and stays as it was written', () => {
  const big = parseJson('{"a":12345678901234567890}') as { a: unknown };
  expect(big.a).toBeInstanceOf(ExactNumber);
  expect(patched(big, { op: 'test', path: '/a', value: 12345678901234567890 })).toBe(big);
  expect((patched(big, { op: 'copy', from: '/a', path: '/b' }) as { b: unknown }).b).toBe(big.a);
});
