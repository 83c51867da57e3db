import { fieldsOf, ignoredFields, isWithin, onlyFields, ownedOf, withoutFields } from './ignored-fields.js';
import type { KubeObject } from './types.js';

const replicas = ['spec', 'replicas'];
const image = ['spec', 'template', 'spec'];
const object: KubeObject = {
  metadata: { name: 'web' },
  spec: { replicas: 3, template: { metadata: { labels: { a: 'b' } }, spec: { containers: [] } } },
};

function said(text: string): ReturnType<typeof ignoredFields> {
  return ignoredFields({ name: 'web', annotations: { 'syncer.kcp.io/ignore-fields': text } });
}

test('fields are read from the annotation', () => {
  expect(said('spec.replicas, spec.template.spec,spec.replicas,')).toEqual([replicas, image]);
  expect(said('')).toEqual([]);
  expect(ignoredFields({ name: 'web' })).toEqual([]);
});

test.each([
  'spec',
  'status.replicas',
  'metadata.labels',
  'spec.a[0]',
  'spec..a',
  '.spec.a',
  'spec.a.',
  'data.a',
  'spec/a',
])('%s is no field to leave to the cluster', (path) => {
  expect(() => said(`spec.replicas,${path}`)).toThrow(`"${path}" is no field of spec; write names with dots`);
});

test('there is an end to how many', () => {
  expect(() => said(Array.from({ length: 33 }, (_, i) => `spec.a${i}`).join(','))).toThrow('more than 32');
});

test('an object without fields keeps all the others, and the given one is not changed', () => {
  const before = structuredClone(object);
  expect(withoutFields(object, [replicas, image, ['spec', 'none', 'here']])).toEqual({
    metadata: { name: 'web' },
    spec: { template: { metadata: { labels: { a: 'b' } } } },
  });
  expect(object).toEqual(before);
});

test('of fields alone only those are left that are there', () => {
  expect(onlyFields(object, [replicas, image, ['spec', 'none']])).toEqual({
    spec: { replicas: 3, template: { spec: { containers: [] } } },
  });
  expect(onlyFields(object, [])).toEqual({});
});

test('an entry owns a field wholly or in part', () => {
  const entry = { fieldsV1: { 'f:spec': { 'f:replicas': {}, 'f:template': { 'f:spec': { 'f:containers': {} } } } } };
  expect(ownedOf([replicas, image, ['spec', 'paused']], entry)).toEqual([replicas, image]);
  expect(ownedOf([replicas], undefined)).toEqual([]);
});

test('the fields of an entry are its leaves, and lists as a whole', () => {
  const spec = {
    'f:replicas': {},
    'f:template': { 'f:labels': { '.': {}, 'f:a.b/c': {} } },
    'f:ports': { 'k:{"port":1}': {} },
  };
  expect(fieldsOf({ fieldsV1: { 'f:spec': spec } })).toEqual([
    replicas,
    ['spec', 'template', 'labels', 'a.b/c'],
    ['spec', 'ports'],
  ]);
  expect(fieldsOf({ fieldsV1: {} })).toEqual([]);
  expect(fieldsOf(undefined)).toEqual([]);
});

test('a field is within another by its names', () => {
  expect(isWithin(replicas, [image, replicas])).toBe(true);
  expect(isWithin([...image, 'containers'], [image])).toBe(true);
  expect(isWithin(['spec', 'template'], [image])).toBe(false);
  expect(isWithin(replicas, [])).toBe(false);
});
