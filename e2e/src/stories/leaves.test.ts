import { lackingLeaves } from './leaves.fixture.js';

test('what the copy has beside does not matter, what it lacks or has changed does', () => {
  const object = { a: 1, list: [{ b: 'x' }, 'y'], gone: { c: null } };
  expect(lackingLeaves(object, { ...object, more: true })).toEqual([]);
  expect(lackingLeaves(object, { a: '1', list: [{ b: 'z' }, 'y'], gone: {} })).toEqual([
    'a: 1 is "1"',
    'list.0.b: "x" is "z"',
    'gone.c: null is undefined',
  ]);
  expect(lackingLeaves({ list: [1] }, { list: [1, 2] })).toHaveLength(1);
  expect(lackingLeaves({ list: [1] }, { list: { 0: 1 } })).toHaveLength(1);
  expect(lackingLeaves(JSON.parse('{"__proto__": {"a": 1}}'), {})).toHaveLength(1);
});

test('quantities are equal when their amounts are, and only where quantities are', () => {
  const cpu = (value: unknown): object => ({ requests: { cpu: value } });
  expect(lackingLeaves(cpu('0.5'), cpu('500m'))).toEqual([]);
  expect(lackingLeaves(cpu('1024Mi'), cpu('1Gi'))).toEqual([]);
  expect(lackingLeaves(cpu(2), cpu('2'))).toEqual([]);
  expect(lackingLeaves(cpu('1e3'), cpu('1k'))).toEqual([]);
  expect(lackingLeaves(cpu('0.5'), cpu('501m'))).toHaveLength(1);
  expect(lackingLeaves(cpu('0.5'), cpu(undefined))).toHaveLength(1);
  expect(lackingLeaves({ name: '0.5' }, { name: '500m' })).toHaveLength(1);
});
