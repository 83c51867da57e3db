import type { Discovered } from '../kube/discovery.js';
import { typeName, type ResourceType } from '../object/types.js';
import { commonVersion, isWatchable, type CommonType, type Obstacle } from './common-version.js';
import { isSyncedOnlyWhenNamed, neverSyncedType } from './never-types.js';
import { matchesType, parseTypePattern, type TypePattern } from './patterns.js';
import type { Selection } from './selection.js';

export interface TypeQuestion {
  readonly upstream: Discovered;
  readonly downstream: Discovered;
  readonly selection: Selection;
}

/** What is to be done about one type that is selected. */
export type TypeChoice = NamedType & {
  /** Whether the selection names this very type. */
  readonly named: boolean;
  /** It was synced before and is not selected any more: all that is ours of it goes (S32). */
  readonly draining?: true;
  /** The version in use, or why there is none. */
  readonly outcome: CommonType | Obstacle;
};

type NamedType = Pick<ResourceType, 'group' | 'resource'>;

/**
 * Decides which types are synced: one answer for each group and resource. Types that only a wildcard selects get none
 * when they are never synced, or when the workspace does not serve them or does not let them be followed.
 * @throws Error of one line when a pattern of the selection is malformed.
 */
export function chooseTypes({ upstream, downstream, selection }: TypeQuestion): TypeChoice[] {
  const include = selection.include.map(parseTypePattern);
  const exclude = selection.exclude.map(parseTypePattern);
  const names = include.filter((pattern) => pattern.kind === 'type');
  return distinct([...names, ...upstream.types.filter(selectedBy(include))])
    .filter((type) => !selectedBy(exclude)(type))
    .flatMap(({ group, resource }) => {
      const named = selectedBy(names)({ group, resource });
      const outcome = outcomeOf({ group, resource, named }, { upstream, downstream });
      return outcome ? [{ group, resource, named, outcome }] : [];
    });
}

/** Of the types that were synced before, those that both sides serve and the selection leaves out now. */
export function typesToDrain(question: TypeQuestion, syncedBefore: readonly string[]): TypeChoice[] {
  const selected = new Set(chooseTypes(question).map(typeName));
  const before = chooseTypes({ ...question, selection: { include: syncedBefore, exclude: [] } });
  const left = before.filter((choice) => isChosen(choice.outcome) && !selected.has(typeName(choice)));
  return left.map((choice) => ({ ...choice, named: false, draining: true }));
}

/** Whether the selection takes the type, if it can be synced. */
export function selectsType({ include, exclude }: Selection, type: NamedType): boolean {
  return selectedBy(include.map(parseTypePattern))(type) && !selectedBy(exclude.map(parseTypePattern))(type);
}

export function isChosen(outcome: TypeChoice['outcome']): outcome is CommonType {
  return 'upstream' in outcome;
}

/** The type's versions, in the server's order of preference. */
function versionsOf({ types }: Discovered, { group, resource }: NamedType): ResourceType[] {
  return types.filter((type) => type.group === group && type.resource === resource);
}

/** Why the server does not have the type; `where` says to people which server it is. */
function absence({ types, failedGroups }: Discovered, type: NamedType, where: string): Obstacle {
  if (failedGroups.includes(type.group)) {
    const group = type.group === '' ? 'the core group' : `group ${type.group}`;
    return { state: 'Pending', message: `The ${where} has not told what it serves of ${group}.` };
  }
  const alike = types.find(({ resource }) => resource === type.resource);
  const hint = alike ? ` It serves ${typeName(alike)}.` : '';
  return { state: 'NotServed', message: `The ${where} does not serve ${typeName(type)}.${hint}` };
}

function outcomeOf(
  { named, ...type }: NamedType & { named: boolean },
  sides: Pick<TypeQuestion, 'upstream' | 'downstream'>,
): CommonType | Obstacle | undefined {
  const upstream = versionsOf(sides.upstream, type);
  const never = neverSyncedType({ ...type, namespaced: upstream[0]?.namespaced ?? true });
  if (!named && (never !== undefined || isSyncedOnlyWhenNamed(type) || !upstream.some(isWatchable))) return undefined;
  if (never !== undefined) return { state: 'Incompatible', message: `${typeName(type)} is never synced: ${never}.` };
  if (upstream.length === 0) return absence(sides.upstream, type, 'workspace');
  const downstream = versionsOf(sides.downstream, type);
  if (downstream.length === 0) return absence(sides.downstream, type, 'cluster');
  return commonVersion({ upstream, downstream });
}

function selectedBy(patterns: readonly TypePattern[]): (type: NamedType) => boolean {
  return (type) => patterns.some((pattern) => matchesType(pattern, type));
}

function distinct(types: readonly NamedType[]): NamedType[] {
  return [...new Map(types.map((type) => [typeName(type), type])).values()];
}
