import { isForbidden } from '../kube/error-class.js';
import type { ResourceSnapshot } from '../observe/snapshot.js';
import type { Selection } from '../select/selection.js';
import type { RunningSyncer } from './running-syncer.js';

/**
 * What keeps wildcards among the selected namespaces from being resolved, as a resource that is needed and may not be
 * read. Only where a type may not be read in the whole workspace anyone has to know the namespaces.
 */
export function unresolvedNamespaces(
  { types, namespaces }: Pick<RunningSyncer, 'types' | 'namespaces'>,
  { include }: Selection,
): ResourceSnapshot[] {
  const wildcards = include.filter((pattern) => pattern.includes('*'));
  if (wildcards.length === 0 || !isForbidden(namespaces.upstream.namespaces.trouble)) return [];
  const isNarrow = [...types.controllers()].some(
    ({ sides: { upstream } }) => upstream.narrowTo !== undefined || isForbidden(upstream.trouble),
  );
  return isNarrow ? [notPermitted(wildcards)] : [];
}

function notPermitted(wildcards: readonly string[]): ResourceSnapshot {
  const rule = JSON.stringify({ apiGroups: [''], resources: ['namespaces'], verbs: ['list', 'watch'] });
  return {
    group: '',
    resource: 'namespaces',
    version: 'v1',
    identity: '',
    state: 'NotPermitted',
    synced: 0,
    pending: 0,
    failed: 0,
    required: true,
    message:
      `The credentials may not list namespaces in the workspace, so nobody can tell which ones ${wildcards.join(', ')} ` +
      `stands for; add the rule ${rule} there, or select namespaces by name.`,
  };
}
