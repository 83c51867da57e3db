import { readVerbs, rulesFor, type Rule, type SyncedType } from './rule.js';

/**
 * What a syncer may do with objects of the workspace: read them, and of those with a status write that and our
 * finalizer. It never writes the spec of anything.
 */
export function workspaceTypeRules(types: readonly SyncedType[]): Rule[] {
  const written = types.filter(({ hasStatus }) => hasStatus);
  const read = types.filter(({ hasStatus }) => !hasStatus);
  const statuses = written.map(({ group, resource }) => ({ group, resource: `${resource}/status` }));
  return [
    ...rulesFor(read, readVerbs),
    ...rulesFor(written, [...readVerbs, 'patch']), // patch: the finalizer
    ...rulesFor(statuses, ['patch']),
  ];
}

/** What it needs of the workspace itself; most of it cluster-scoped, so no Role can give it. */
export function workspaceRules(syncTarget: string): Rule[] {
  return [
    // kcp asks this of everybody whose account lives in another workspace
    { nonResourceURLs: ['/'], verbs: ['access'] },
    // which workspace it is, and whether it is being deleted
    { apiGroups: ['core.kcp.io'], resources: ['logicalclusters'], resourceNames: ['cluster'], verbs: ['get'] },
    {
      apiGroups: ['workload.kcp.io'],
      resources: ['synctargets'],
      resourceNames: [syncTarget],
      verbs: ['get', 'patch'],
    },
    {
      apiGroups: ['workload.kcp.io'],
      resources: ['synctargets/status'],
      resourceNames: [syncTarget],
      verbs: ['patch'],
    },
    // what serves each type: without it no deletion can be told from the removal of a type
    { apiGroups: ['apiextensions.k8s.io'], resources: ['customresourcedefinitions'], verbs: readVerbs },
    { apiGroups: ['apis.kcp.io'], resources: ['apibindings'], verbs: readVerbs },
    { apiGroups: [''], resources: ['namespaces'], verbs: readVerbs },
    // where people learn why an object is not running; nothing fails without it
    { apiGroups: [''], resources: ['events'], verbs: ['create', 'patch'] },
  ];
}
