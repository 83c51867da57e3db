import type { Discovered } from '../kube/discovery.js';
import type { ResourceType } from '../object/types.js';
import { namedTypes, servedTypes } from './synced-types.js';

test('named types need no server; those without a status are known', () => {
  expect(namedTypes({ include: ['deployments.apps', 'v1/configmaps', 'secrets'], exclude: ['secrets'] })).toEqual([
    { group: 'apps', resource: 'deployments', hasStatus: true },
    { group: '', resource: 'configmaps', hasStatus: false },
  ]);
});

test.each(['*', '*.example.com'])('what %s stands for only the servers know', (include) => {
  expect(() => namedTypes({ include: [include], exclude: [] })).toThrow(/give --workspace-cluster, --kcp-kubeconfig/);
});

test('for a type that is never synced there are no rights', () => {
  expect(() => namedTypes({ include: ['roles.rbac.authorization.k8s.io'], exclude: [] })).toThrow(
    "roles.rbac.authorization.k8s.io is never synced: rights are each side's own",
  );
});

test('of what the servers serve, those that can be synced count, as the workspace serves them', () => {
  const verbs = ['get', 'list', 'watch', 'create', 'patch', 'delete'];
  const type = (resource: string, subresources: string[]): ResourceType => {
    return { group: 'x.io', version: 'v1', resource, kind: resource, namespaced: true, verbs, subresources };
  };
  const served = (types: readonly ResourceType[]): Discovered => ({ types, complete: true, failedGroups: [] });
  const upstream = served([type('tools', ['status']), type('notes', []), type('lonely', [])]);
  const downstream = served([type('tools', []), type('notes', ['status'])]);
  expect(servedTypes({ include: ['*'], exclude: [] }, { upstream, downstream })).toEqual([
    { group: 'x.io', resource: 'tools', hasStatus: true },
    { group: 'x.io', resource: 'notes', hasStatus: false },
  ]);
});
