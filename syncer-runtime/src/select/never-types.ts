import { typeName, type ResourceType } from '../object/types.js';

/** Groups of which nothing is synced, with the reason. Those of kcp itself are recognised by their ending. */
const groups = new Map([
  ['rbac.authorization.k8s.io', "rights are each side's own"],
  ['authorization.k8s.io', "questions about rights are each side's own"],
  ['authentication.k8s.io', "identities are each side's own"],
  ['admissionregistration.k8s.io', "admission is each side's own"],
  ['apiextensions.k8s.io', "types are each side's own"],
  ['apiregistration.k8s.io', "APIs are each side's own"],
  ['certificates.k8s.io', "certificates are each side's own"],
  ['coordination.k8s.io', 'leases are held on one side'],
  ['events.k8s.io', 'Events tell of one side'],
  ['discovery.k8s.io', 'endpoints are made by the cluster'],
  ['metrics.k8s.io', 'measurements are made by the cluster'],
  ['custom.metrics.k8s.io', 'measurements are made by the cluster'],
  ['external.metrics.k8s.io', 'measurements are made by the cluster'],
]);

const types = new Map([
  ['events', 'Events tell of one side'],
  ['endpoints', 'endpoints are made by the cluster'],
  ['controllerrevisions.apps', 'revisions are made by the cluster'],
]);

const onlyWhenNamed = new Set(['replicasets.apps', 'pods', 'resourcequotas', 'limitranges']);

/** Why objects of this type are never synced, also not by name; undefined: they may be. */
export function neverSyncedType(type: Pick<ResourceType, 'group' | 'resource' | 'namespaced'>): string | undefined {
  if (!type.namespaced) return 'it has no namespace';
  if (type.group === 'kcp.io' || type.group.endsWith('.kcp.io')) return "it is one of kcp's own";
  return groups.get(type.group) ?? types.get(typeName(type));
}

/** Types that are made by controllers or limit a side: synced only when the selection names them. */
export function isSyncedOnlyWhenNamed(type: Pick<ResourceType, 'group' | 'resource'>): boolean {
  return onlyWhenNamed.has(typeName(type));
}
