import { minimalRoles, type AccessRequest } from './minimal-roles.js';
import type { RbacManifest } from './manifests.js';
import type { Rule } from './rule.js';

const request: AccessRequest = {
  syncTarget: 'my-cluster',
  types: [
    { group: 'apps', resource: 'statefulsets', hasStatus: true },
    { group: 'apps', resource: 'deployments', hasStatus: true },
    { group: '', resource: 'configmaps', hasStatus: false },
  ],
  removesNamespaces: false,
  roleName: 'syncer',
  users: { upstream: 'up', downstream: 'down' },
};

const placeOf = ({ kind, metadata }: RbacManifest): string => `${kind} ${metadata.namespace ?? ''}`.trim();
const rulesOf = (manifests: readonly RbacManifest[]): Rule[] =>
  manifests.flatMap(({ rules }) => (rules as readonly Rule[] | undefined) ?? []);

function verbsOn(manifests: readonly RbacManifest[], resource: string): string[] {
  return rulesOf(manifests)
    .filter(({ resources }) => resources?.includes(resource))
    .flatMap(({ verbs }) => verbs);
}

test('each role is bound to its user and to nobody else', () => {
  const { upstream, downstream } = minimalRoles(request);
  expect(upstream.map(placeOf)).toEqual(['ClusterRole', 'ClusterRoleBinding']);
  expect(upstream[1]).toEqual({
    apiVersion: 'rbac.authorization.k8s.io/v1',
    kind: 'ClusterRoleBinding',
    metadata: { name: 'syncer' },
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'syncer' },
    subjects: [{ apiGroup: 'rbac.authorization.k8s.io', kind: 'User', name: 'up' }],
  });
  expect(downstream[1]).toMatchObject({ subjects: [{ name: 'down' }] });
});

test('in the workspace nothing but Events is created, nothing deleted, data is read only, and of the rest finalizers and status are patched', () => {
  const { upstream } = minimalRoles(request);
  expect(verbsOn(upstream, 'configmaps')).toEqual(['get', 'list', 'watch']);
  expect(verbsOn(upstream, 'deployments')).toEqual(['get', 'list', 'watch', 'patch']);
  expect(verbsOn(upstream, 'deployments/status')).toEqual(['patch']);
  expect(verbsOn(upstream, 'configmaps/status')).toEqual([]);
  const creating = rulesOf(upstream).filter(({ verbs }) => verbs.includes('create'));
  expect(creating.flatMap(({ resources }) => resources)).toEqual(['events']);
  expect(rulesOf(upstream).flatMap(({ verbs }) => verbs)).not.toContain('delete');
});

test('of SyncTargets only its own is read and its status written', () => {
  const rules = rulesOf(minimalRoles(request).upstream).filter(({ apiGroups }) => apiGroups?.[0] === 'workload.kcp.io');
  expect(rules).toEqual([
    {
      apiGroups: ['workload.kcp.io'],
      resources: ['synctargets'],
      resourceNames: ['my-cluster'],
      verbs: ['get', 'patch'],
    },
    {
      apiGroups: ['workload.kcp.io'],
      resources: ['synctargets/status'],
      resourceNames: ['my-cluster'],
      verbs: ['patch'],
    },
  ]);
});

test('in the cluster the selected types are written, one rule for a group, and no wildcard is in it', () => {
  const { downstream } = minimalRoles(request);
  const verbs = ['get', 'list', 'watch', 'create', 'patch', 'delete'];
  expect(rulesOf(downstream)).toEqual(
    expect.arrayContaining([
      { apiGroups: [''], resources: ['configmaps'], verbs },
      { apiGroups: ['apps'], resources: ['deployments', 'statefulsets'], verbs },
    ]),
  );
  expect(verbsOn(downstream, 'namespaces')).toEqual(['get', 'list', 'watch', 'create', 'patch']);
  expect(JSON.stringify(downstream)).not.toContain('*');
});

test('only who is to remove namespaces may, and may see all that could be in them', () => {
  const { downstream } = minimalRoles({ ...request, removesNamespaces: true });
  expect(verbsOn(downstream, 'namespaces')).toContain('delete');
  expect(verbsOn(downstream, '*')).toEqual(['list']);
});

describe('for single namespaces', () => {
  const roles = minimalRoles({ ...request, namespaces: ['a', 'b'] });

  test('there is nothing cluster-wide in the cluster', () => {
    expect(roles.downstream.map(placeOf)).toEqual([
      'Role kube-system',
      'RoleBinding kube-system',
      'Role a',
      'RoleBinding a',
      'Role b',
      'RoleBinding b',
    ]);
    expect(rulesOf(roles.downstream.slice(0, 2))).toEqual([
      { apiGroups: [''], resources: ['namespaces'], resourceNames: ['kube-system'], verbs: ['get'] },
    ]);
    expect(rulesOf(roles.downstream.slice(2, 4))[0]).toEqual({
      apiGroups: [''],
      resources: ['namespaces'],
      resourceNames: ['a'],
      verbs: ['get', 'patch'],
    });
  });

  test('objects of the workspace are seen in these only', () => {
    expect(roles.upstream.map(placeOf)).toEqual([
      'ClusterRole',
      'ClusterRoleBinding',
      'Role a',
      'RoleBinding a',
      'Role b',
      'RoleBinding b',
    ]);
    expect(verbsOn(roles.upstream.slice(0, 2), 'deployments')).toEqual([]);
    expect(verbsOn(roles.upstream.slice(2, 4), 'deployments')).toEqual(['get', 'list', 'watch', 'patch']);
  });
});
