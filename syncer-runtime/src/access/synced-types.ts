import type { Discovered } from '../kube/discovery.js';
import { typeName } from '../object/types.js';
import { neverSyncedType } from '../select/never-types.js';
import { matchesType, parseTypePattern, type TypePattern } from '../select/patterns.js';
import type { Selection } from '../select/selection.js';
import { chooseTypes, isChosen } from '../select/types.js';
import type { SyncedType } from './rule.js';

/** Types without a status, of those that every workspace serves. */
const withoutStatus = new Set(['configmaps', 'secrets', 'serviceaccounts', 'limitranges']);

/** The types of a selection that two servers can sync now. */
export function servedTypes(
  selection: Selection,
  served: { readonly upstream: Discovered; readonly downstream: Discovered },
): SyncedType[] {
  return chooseTypes({ ...served, selection }).flatMap(({ group, resource, outcome }) =>
    isChosen(outcome) ? [{ group, resource, hasStatus: outcome.upstream.subresources.includes('status') }] : [],
  );
}

/**
 * The types that a selection names, without asking a server; a status is assumed where it is not known to be missing.
 * @throws Error of one line when it holds a wildcard, of which only the servers know what it stands for, or a type that
 * is never synced.
 */
export function namedTypes(selection: Selection): SyncedType[] {
  const exclude = selection.exclude.map(parseTypePattern);
  return selection.include
    .map((text) => asType(parseTypePattern(text), text))
    .filter((type) => !exclude.some((pattern) => matchesType(pattern, type)))
    .map((type) => ({ ...type, hasStatus: !withoutStatus.has(typeName(type)) }));
}

type NamedType = Omit<Extract<TypePattern, { kind: 'type' }>, 'kind'>;

function asType(pattern: TypePattern, text: string): NamedType {
  if (pattern.kind !== 'type') {
    throw new Error(
      `what "${text}" stands for only the two servers know: give --workspace-cluster, --kcp-kubeconfig and --cluster-kubeconfig, or name the types in --resources`,
    );
  }
  const { group, resource } = pattern;
  const never = neverSyncedType({ group, resource, namespaced: true });
  if (never !== undefined) throw new Error(`${text} is never synced: ${never}`);
  return { group, resource };
}
