import { readVerbs, rulesFor, type Rule, type SyncedType } from './rule.js';

/** What a syncer may do with its copies in the cluster. */
export function clusterTypeRules(types: readonly SyncedType[]): Rule[] {
  return rulesFor(types, [...readVerbs, 'create', 'patch', 'delete']);
}

/** What it needs of the cluster itself where it may create namespaces. */
export function clusterRules({ removesNamespaces }: { readonly removesNamespaces: boolean }): Rule[] {
  const namespaceVerbs = [...readVerbs, 'create', 'patch', ...(removesNamespaces ? ['delete'] : [])];
  return [
    { apiGroups: [''], resources: ['namespaces'], verbs: namespaceVerbs },
    // that a new type is synced at once
    { apiGroups: ['apiextensions.k8s.io'], resources: ['customresourcedefinitions'], verbs: ['list', 'watch'] },
    // for the SyncTarget's clusterInfo
    { apiGroups: [''], resources: ['nodes'], verbs: ['list'] },
    // a namespace goes only when it is seen to be empty, whatever could be in it (S6)
    ...(removesNamespaces ? [{ apiGroups: ['*'], resources: ['*'], verbs: ['list'] }] : []),
  ];
}

/** What it needs of a namespace that exists and that it may use: to read and to claim it (S6). */
export function claimRules(namespace: string): Rule[] {
  return [{ apiGroups: [''], resources: ['namespaces'], resourceNames: [namespace], verbs: ['get', 'patch'] }];
}

/** The namespace whose uid says which cluster it is (S7). */
export const landmarkNamespace = 'kube-system';

export const landmarkRules: readonly Rule[] = [
  { apiGroups: [''], resources: ['namespaces'], resourceNames: [landmarkNamespace], verbs: ['get'] },
];
