import { keyedLists, replacedMaps } from './keyed-lists.js';
import type { Schema } from './schema.js';

const text: Schema = { type: 'string' };

function keyed(mergeKey: string, properties: Record<string, Schema>, mapKeys?: readonly string[]): Schema {
  return {
    type: 'array',
    items: { type: 'object', properties },
    'x-kubernetes-patch-merge-key': mergeKey,
    ...(mapKeys && { 'x-kubernetes-list-map-keys': mapKeys }),
  };
}

function type(spec: Record<string, Schema>, status: Record<string, Schema> = {}): Schema {
  const metadata = { type: 'object', properties: { ownerReferences: keyed('uid', { uid: text }) } };
  return {
    type: 'object',
    properties: {
      metadata,
      spec: { type: 'object', properties: spec },
      status: { type: 'object', properties: status },
    },
  };
}

test('lists with a merge key are found where they are, those within their entries with them', () => {
  const valueFrom = { type: 'object', properties: { ref: { type: 'object', properties: { key: text } } } };
  const env = keyed('name', { name: text, valueFrom });
  const containers = keyed('name', { name: text, env });
  const pod = { type: 'object', properties: { containers } };
  expect(keyedLists(type({ template: { type: 'object', properties: { spec: pod } } }))).toEqual([
    {
      path: ['spec', 'template', 'spec', 'containers'],
      keys: ['name'],
      depth: 1,
      inner: [{ path: ['env'], keys: ['name'], depth: 3, inner: [] }],
    },
  ]);
});

test('entries are told apart by all their map keys', () => {
  const ports = keyed('port', { port: text, protocol: text }, ['port', 'protocol']);
  expect(keyedLists(type({ ports })).map(({ keys }) => keys)).toEqual([['port', 'protocol']]);
});

test('maps in entries count for their depth', () => {
  const limits = { type: 'object', additionalProperties: text };
  const resources = { type: 'object', properties: { limits } };
  expect(keyedLists(type({ containers: keyed('name', { resources }) })).map(({ depth }) => depth)).toEqual([3]);
});

test('status, metadata and what lies below lists without merge key are left out', () => {
  const atomic = { type: 'array', items: { type: 'object', properties: { ports: keyed('port', { port: text }) } } };
  expect(keyedLists(type({ rules: atomic }, { conditions: keyed('type', { type: text }) }))).toEqual([]);
});

test('maps that are replaced whole are found', () => {
  const matchLabels = { type: 'object', additionalProperties: text };
  const selector = { type: 'object', properties: { matchLabels }, 'x-kubernetes-patch-strategy': 'replace' };
  expect(replacedMaps(type({ selector, other: { ...selector, 'x-kubernetes-patch-strategy': 'merge' } }))).toEqual([
    { path: ['spec', 'selector'], depth: 2 },
  ]);
});
