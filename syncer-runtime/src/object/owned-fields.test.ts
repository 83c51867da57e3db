import { asDownstream, type Downstream } from '../base/sides.js';
import { firstUnownedLeaf, ourEntry, ownsEveryLeaf, ownsHash } from './owned-fields.js';
import { captured } from './owned-fields.fixture.js';
import { parseJson } from './parse.js';
import type { KubeObject, ManagedFieldsEntry } from './types.js';

function object(spec: unknown, managedFields: readonly ManagedFieldsEntry[] = []): Downstream<KubeObject> {
  return asDownstream<KubeObject>({ metadata: { name: 'a', namespace: 'b', managedFields }, spec });
}

const entry = (fieldsV1: unknown, change: Partial<ManagedFieldsEntry> = {}): ManagedFieldsEntry => ({
  manager: 'kcp-syncer',
  operation: 'Apply',
  fieldsV1: fieldsV1 as Record<string, unknown>,
  ...change,
});

/** The first leaf of `spec` that is not ours, where our entry says `fields` of it. */
function unowned(spec: unknown, fields: unknown, live: unknown = spec): string | undefined {
  const desired = asDownstream<KubeObject>({
    apiVersion: 'x/v1',
    kind: 'X',
    metadata: { name: 'a', namespace: 'b' },
    spec,
  });
  return firstUnownedLeaf(desired, object(live, [entry(fields === undefined ? {} : { 'f:spec': fields })]));
}

describe.each(captured)('what a real server showed of a $kind', ({ desired, live, taken, lost }) => {
  test('right after our apply all is ours', () => {
    expect(firstUnownedLeaf(desired, live)).toBeUndefined();
    expect(ownsEveryLeaf(desired, live)).toBe(true);
  });

  test('after somebody else wrote a field of ours it is not', () => {
    expect(firstUnownedLeaf(desired, taken)).toBe(lost);
    expect(ownsEveryLeaf(desired, taken)).toBe(false);
    expect(ownsHash(ourEntry(taken))).not.toBe(ownsHash(ourEntry(live)));
  });
});

describe('our entry', () => {
  const ours = entry({ 'f:spec': {} });

  test.each([
    ['another manager', { manager: 'kubectl' }],
    ['an update under our name', { operation: 'Update' }],
    ['our entry for a subresource', { subresource: 'status' }],
  ])('is not that of %s', (_, change) => {
    expect(ourEntry(object({}, [entry({}, change)]))).toBeUndefined();
    expect(ourEntry(object({}, [entry({}, change), ours]))).toBe(ours);
  });

  test('is found beside an empty subresource', () => {
    expect(ourEntry(object({}, [{ ...ours, subresource: '' }]))).toBeDefined();
  });

  test('is none without managed fields', () => {
    expect(ourEntry(asDownstream<KubeObject>({ metadata: { name: 'a' } }))).toBeUndefined();
  });
});

describe('the hash of what is ours', () => {
  test('is empty without an entry, and only then', () => {
    expect(ownsHash(undefined)).toBe('');
    expect(ownsHash({ manager: 'kcp-syncer', operation: 'Apply' })).not.toBe('');
  });

  test('does not depend on the order of fields, nor on the time', () => {
    const one = entry({ 'f:a': {}, 'f:b': { 'f:c': {}, '.': {} } });
    const other = { ...entry({ 'f:b': { '.': {}, 'f:c': {} }, 'f:a': {} }), time: '2026-01-01T00:00:00Z' };
    expect(ownsHash(other)).toBe(ownsHash(one));
  });

  test('changes with every path', () => {
    const trees = [
      {},
      { 'f:a': {} },
      { 'f:b': {} },
      { 'f:a': { '.': {} } },
      { 'f:a': { 'f:b': {} } },
      { 'f:a': {}, 'f:b': {} },
    ];
    expect(new Set(trees.map((tree) => ownsHash(entry(tree)))).size).toBe(trees.length);
  });
});

describe('leaves', () => {
  test.each([
    ['a scalar', { a: 1 }, { 'f:a': {} }, undefined],
    ['a scalar that is not ours', { a: 1 }, undefined, '.spec.a'],
    ['a null', { a: null }, { 'f:b': {} }, '.spec.a'],
    ['the second of two', { a: 1, b: 2 }, { 'f:a': {} }, '.spec.b'],
    ['below an entry that is missing', { a: { b: { c: 1 } }, x: 1 }, { 'f:x': {} }, '.spec.a.b.c'],
    ['an empty object', { a: {} }, { 'f:a': {} }, undefined],
    ['an empty object that is not ours', { a: {}, b: 1 }, { 'f:b': {} }, '.spec.a'],
    ['an empty list, which nobody owns', { a: [], b: 1 }, { 'f:b': {} }, undefined],
    ['an empty list that is one value', { a: [] }, { 'f:a': {} }, undefined],
    ['a list that is one value', { a: [{ b: 1 }] }, { 'f:a': {} }, undefined],
    ['a list that is not ours', { a: [{ b: 1 }], c: 1 }, { 'f:c': {} }, '.spec.a'],
    ['an object that is one value', { a: { b: 1 } }, { 'f:a': {} }, undefined],
    ['undefined, which is no field', { a: undefined, b: 1 }, { 'f:b': {} }, undefined],
  ])('%s', (...[, spec, fields, lost]) => {
    expect(unowned(spec, fields)).toBe(lost);
  });

  test('a key named __proto__ is a field like any other', () => {
    const spec = parseJson('{"__proto__":1}');
    expect(unowned(spec, { 'f:__proto__': {} })).toBeUndefined();
    expect(unowned(spec, { 'f:x': {} })).toBe('.spec.__proto__');
  });

  test('an entry of a map of which nothing but itself is left is ours where the object still is as we want it', () => {
    expect(unowned({ a: { b: 1 } }, { 'f:a': {} }, { a: { b: 1, filledIn: 2 } })).toBeUndefined();
    expect(unowned({ a: { b: 1 } }, { 'f:a': {} }, { a: { b: 2 } })).toBe('.spec.a');
    expect(unowned({ a: { b: 1 } }, { 'f:a': {} }, { a: {} })).toBe('.spec.a');
    expect(unowned({ a: { b: [1] } }, { 'f:a': {} }, { a: { b: [1, 2] } })).toBe('.spec.a');
  });

  test('name and namespace have no owner', () => {
    const desired = asDownstream<KubeObject>({ apiVersion: 'v1', kind: 'X', metadata: { name: 'a', namespace: 'b' } });
    expect(firstUnownedLeaf(desired, object({}, [entry({})]))).toBeUndefined();
  });

  test('without our entry nothing is ours', () => {
    expect(firstUnownedLeaf(object({ a: 1 }), object({ a: 1 }))).toBe('.metadata.managedFields');
  });
});

describe('lists whose items are owned one by one', () => {
  const item = (key: object, fields: object = {}): object => ({ [`k:${JSON.stringify(key)}`]: { '.': {}, ...fields } });

  test('items are found by their keys, in any order', () => {
    const spec = {
      list: [
        { name: 'b', x: 1 },
        { name: 'a', y: 1 },
      ],
    };
    const fields = {
      'f:list': { ...item({ name: 'a' }, { 'f:name': {}, 'f:y': {} }), ...item({ name: 'b' }, { 'f:name': {} }) },
    };
    expect(unowned(spec, fields)).toBe('.spec.list[name="b"].x');
  });

  test('a key that the item leaves out was filled in by the server', () => {
    const fields = { 'f:ports': item({ port: 80, protocol: 'TCP' }, { 'f:port': {} }) };
    expect(unowned({ ports: [{ port: 80 }] }, fields)).toBeUndefined();
    expect(unowned({ ports: [{ port: 81 }] }, fields)).toBe('.spec.ports[port=81].port');
    expect(unowned({ ports: [{ port: '80' }] }, fields)).toBe('.spec.ports[port="80"].port');
  });

  test('such an item is not taken for one that another item names in full', () => {
    const udp = item({ port: 80, protocol: 'UDP' }, { 'f:port': {}, 'f:protocol': {} });
    const spec = { ports: [{ port: 80 }, { port: 80, protocol: 'UDP' }] };
    expect(unowned(spec, { 'f:ports': udp })).toBe('.spec.ports[port=80].port');
    expect(
      unowned(spec, { 'f:ports': { ...udp, ...item({ port: 80, protocol: 'TCP' }, { 'f:port': {} }) } }),
    ).toBeUndefined();
  });

  test('items of a set are found by their value, whatever its spelling', () => {
    const fields = { 'f:set': { 'v:"a\\u003cb"': {}, 'v:5': {}, 'v:12345678901234567890': {} } };
    const spec = { set: ['a<b', 5, parseJson('12345678901234567890')] };
    expect(unowned(spec, fields)).toBeUndefined();
    expect(unowned({ set: ['5'] }, fields)).toBe('.spec.set[="5"]');
  });

  test('a list of thousands of items is looked through in no time', () => {
    const names = Array.from({ length: 5_000 }, (_, i) => `name-${i}`);
    const spec = { env: names.map((name) => ({ name })) };
    const fields = Object.assign({}, ...names.map((name) => item({ name }, { 'f:name': {} }))) as object;
    const started = performance.now();
    expect(unowned(spec, { 'f:env': fields })).toBeUndefined();
    expect(performance.now() - started).toBeLessThan(2_000);
  });
});
