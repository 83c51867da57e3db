import { asUpstream } from '../base/sides.js';
import type { KubeObject, ResourceType } from '../object/types.js';
import { neverSyncedObject } from './never-objects.js';

function type(resource: string): ResourceType {
  return { group: '', version: 'v1', resource, kind: 'X', namespaced: true, verbs: [], subresources: [] };
}

function why(resource: string, object: Partial<KubeObject>, ownerIsSynced = false): string | undefined {
  const up = asUpstream<KubeObject>({ metadata: { name: 'a' }, ...object });
  return neverSyncedObject(type(resource), up, () => ownerIsSynced);
}

test.each([
  ['a token Secret', 'secrets', { type: 'kubernetes.io/service-account-token' }],
  ['a record of Helm', 'secrets', { type: 'helm.sh/release.v1' }],
  ['the certificate authority of kcp', 'configmaps', { metadata: { name: 'kube-root-ca.crt' } }],
  ['the default ServiceAccount', 'serviceaccounts', { metadata: { name: 'default' } }],
])('%s stays', (_, resource, object) => {
  expect(why(resource, object)).toMatch(/^(it|each) /);
});

test.each([
  ['an ordinary Secret', 'secrets', { type: 'Opaque' }],
  ['a Secret of a strange type', 'secrets', { type: 'constructor' }],
  ['an ordinary ConfigMap', 'configmaps', { metadata: { name: 'default' } }],
  ['another ServiceAccount', 'serviceaccounts', { metadata: { name: 'robot' } }],
  ['a Service with such a name', 'services', { metadata: { name: 'kube-root-ca.crt' } }],
])('%s goes', (_, resource, object) => {
  expect(why(resource, object)).toBeUndefined();
});

describe('an object with an owner', () => {
  const owned = (controller: boolean): Partial<KubeObject> => ({
    metadata: {
      name: 'a',
      ownerReferences: [{ apiVersion: 'x.io/v1', kind: 'Thing', name: 'b', uid: 'u', controller }],
    },
  });

  test('that is its controller and is synced stays: the copy of the owner makes its own', () => {
    expect(why('services', owned(true), true)).toBe('it belongs to Thing b, which is synced');
  });

  test('that is its controller but is not synced goes', () => {
    expect(why('services', owned(true), false)).toBeUndefined();
  });

  test('that is not its controller goes', () => {
    expect(why('services', owned(false), true)).toBeUndefined();
  });
});
