import type { Selection } from './selection.js';
import { matchesWildcard } from './wildcard.js';

/** The cluster's own namespaces: never written, whatever anybody configures. */
const alwaysProtected = 'kube-*';

/** Whether objects of this upstream namespace are synced. Names may hold `*`. */
export function selectsNamespace(selection: Selection, namespace: string): boolean {
  return matchesAny(selection.include, namespace) && !matchesAny(selection.exclude, namespace);
}

/** Whether a downstream namespace is one that is never written: `kube-*` and those of the list. */
export function isProtectedNamespace(namespace: string, protectedNamespaces: readonly string[]): boolean {
  return matchesAny([alwaysProtected, ...protectedNamespaces], namespace);
}

/** Whether a downstream namespace that was there before may be used. */
export function mayUseExisting(namespace: string, useExisting: readonly string[]): boolean {
  return matchesAny(useExisting, namespace);
}

function matchesAny(patterns: readonly string[], namespace: string): boolean {
  return patterns.some((pattern) => matchesWildcard(pattern, namespace));
}
