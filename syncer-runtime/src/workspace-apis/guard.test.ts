import type { ClusterType } from './cluster-type.js';
import { guardOf } from './guard.js';
import type { Schema } from './schema.js';

const type: ClusterType = {
  group: '',
  version: 'v1',
  resource: 'services',
  kind: 'Service',
  singular: 'service',
  namespaced: true,
  verbs: [],
  subresources: [],
  shortNames: [],
  categories: [],
};
const ports: Schema = {
  type: 'array',
  items: { type: 'object', properties: { port: { type: 'integer' } } },
  'x-kubernetes-patch-merge-key': 'port',
};

function schema(spec: Record<string, Schema>): Schema {
  return { type: 'object', properties: { spec: { type: 'object', properties: spec } } };
}

test('a type with keyed lists gets a policy and its binding, with the mark of who published them', () => {
  const metadata = {
    name: 'keeps-lists.services.core.syncer.kcp.io',
    annotations: { 'syncer.kcp.io/published-by': 'cluster-1' },
  };
  expect(guardOf(type, schema({ ports }), 'cluster-1')).toMatchObject({
    policy: {
      kind: 'ValidatingAdmissionPolicy',
      metadata,
      spec: {
        failurePolicy: 'Fail',
        matchConstraints: {
          resourceRules: [{ apiGroups: [''], apiVersions: ['v1'], operations: ['UPDATE'], resources: ['services'] }],
        },
      },
    },
    binding: { metadata, spec: { policyName: metadata.name, validationActions: ['Deny'] } },
  });
});

test('a map that is replaced whole is reason enough for a policy', () => {
  const selector = { type: 'object', properties: {}, 'x-kubernetes-patch-strategy': 'replace' };
  expect(guardOf(type, schema({ selector }), 'cluster-1')).toBeDefined();
});

test('a type whose patches mean the same in a workspace gets none', () => {
  const rules = { type: 'array', items: { type: 'object' }, 'x-kubernetes-list-type': 'atomic' };
  expect(guardOf(type, schema({ rules }), 'cluster-1')).toBeUndefined();
});
