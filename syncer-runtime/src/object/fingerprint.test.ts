import { asDownstream, asUpstream } from '../base/sides.js';
import { contentHash, lastAppliedAnnotation, sentHash, statusHash } from './fingerprint.js';
import { parseJson } from './parse.js';
import type { KubeObject } from './types.js';

const object: KubeObject = {
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: {
    name: 'web',
    namespace: 'default',
    uid: 'u1',
    resourceVersion: '10',
    generation: 1,
    labels: { app: 'web' },
    annotations: { note: 'x' },
  },
  spec: { replicas: 1 },
  status: { replicas: 1 },
};

const content = (change: object, metadata: object = {}): string =>
  contentHash(asUpstream<KubeObject>({ ...object, ...change, metadata: { ...object.metadata, ...metadata } }));

test.each([
  ['the status', { status: { replicas: 2 } }, {}],
  ['the resourceVersion', {}, { resourceVersion: '11' }],
  ['managed fields', {}, { managedFields: [{ manager: 'kubectl' }] }],
  ['finalizers', {}, { finalizers: ['syncer.kcp.io/x'] }],
  ['the deletion', {}, { deletionTimestamp: '2026-01-01T00:00:00Z' }],
  ['owners', {}, { ownerReferences: [] }],
  ['the uid', {}, { uid: 'u2' }],
  ['apiVersion and kind, which lists leave out', { apiVersion: undefined, kind: undefined }, {}],
  ["kubectl's copy of the object", {}, { annotations: { note: 'x', [lastAppliedAnnotation]: '{}' } }],
  ['a null', { spec: { replicas: 1, paused: null } }, {}],
])('%s is no content', (_, change, metadata) => {
  expect(content(change, metadata)).toBe(content({}));
});

test.each([
  ['the spec', { spec: { replicas: 2 } }, {}],
  ['another top-level field', { data: { a: 'b' } }, {}],
  ['a label', {}, { labels: { app: 'web', tier: 'front' } }],
  ['an annotation', {}, { annotations: { note: 'y' } }],
  ['the generation, which the copy shows', {}, { generation: 2 }],
])('%s is content', (_, change, metadata) => {
  expect(content(change, metadata)).not.toBe(content({}));
});

test('an object that is too deep counts as changed with each resourceVersion', () => {
  const spec = parseJson('['.repeat(2_000) + ']'.repeat(2_000));
  expect(content({ spec }, { resourceVersion: '10' })).toBe('deep:10');
  expect(content({ spec }, { resourceVersion: '11' })).toBe('deep:11');
});

test('a status means the same with and without nulls, and in any order', () => {
  expect(statusHash({ a: 1, b: { c: null, d: 'x' } })).toBe(statusHash({ b: { d: 'x' }, a: 1 }));
  expect(statusHash({ a: 1 })).not.toBe(statusHash({ a: 2 }));
});

test('no status is not an empty one', () => {
  expect(statusHash(undefined)).toBe('');
  expect(statusHash(null)).toBe('');
  expect(statusHash({})).not.toBe('');
});

test('a status that is too deep has a hash too', () => {
  expect(statusHash(parseJson('['.repeat(2_000) + ']'.repeat(2_000)))).toBe('deep');
});

test('what was applied has the frozen hash', () => {
  const desired = parseJson('{"kind":"ConfigMap","apiVersion":"v1","metadata":{"name":"a"},"data":{"n":"é","b":"1"}}');
  expect(sentHash(asDownstream(desired as KubeObject))).toBe('v1:1d00ff4e04b0f6f405663310cf58455f6bf10b35');
});
