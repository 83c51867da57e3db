import type { SyncTarget } from '@kcp-syncer/crds/generated/synctarget.js';
import type { Side } from '../base/sides.js';
import type { Discovered } from '../kube/discovery.js';
import { typeName } from '../object/types.js';
import type { ResourceSnapshot } from '../observe/snapshot.js';
import { matchesType, parseTypePattern } from '../select/patterns.js';
import { chooseTypes, isChosen } from '../select/types.js';

/**
 * The resources of a snapshot, with what the workspace relies on (`spec.supportedAPIExports`) marked as required, and
 * with one entry more for each of these that cannot be synced and is not among them. What both sides serve and the
 * selection leaves out gets none: the list asks for types to be served, it selects nothing.
 */
export function withNeeds(
  resources: readonly ResourceSnapshot[],
  syncTarget: SyncTarget,
  served: Readonly<Record<Side, Discovered>>,
): ResourceSnapshot[] {
  const include = (syncTarget.spec?.supportedAPIExports ?? []).map(({ resource }) => resource);
  const patterns = include.map(parseTypePattern);
  const marked = resources.map((resource) => {
    return patterns.some((pattern) => matchesType(pattern, resource)) ? { ...resource, required: true } : resource;
  });
  const present = new Set(resources.map(typeName));
  const choices = chooseTypes({ ...served, selection: { include, exclude: [] } });
  const unmet = choices.flatMap(({ outcome, ...type }) => {
    return isChosen(outcome) || present.has(typeName(type)) ? [] : [unmetNeed(type, outcome)];
  });
  return [...marked, ...unmet];
}

function unmetNeed(
  { group, resource }: Pick<ResourceSnapshot, 'group' | 'resource'>,
  { state, message }: Pick<ResourceSnapshot, 'state' | 'message'>,
): ResourceSnapshot {
  return {
    group,
    resource,
    version: '',
    identity: '',
    state,
    message,
    synced: 0,
    pending: 0,
    failed: 0,
    required: true,
  };
}
