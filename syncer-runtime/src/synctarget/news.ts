import { typeName } from '../object/types.js';
import type { SyncerSnapshot } from '../observe/snapshot.js';
import { conditionsOf, differ, type Condition, type ConditionsInput } from './conditions.js';

/** Counts that changed are told out of turn at most this often. */
const COUNTS_PAUSE_MS = 5_000;

/** What a report said that may not wait for the next heartbeat when it changes. */
export interface Told {
  readonly conditions: readonly Condition[];
  /** By which held deletions can be decided on; ''. */
  readonly heldId: string;
  /** What serves each type: told at once, for it is what a restart knows a type by (S25). */
  readonly identities: string;
  /** How many objects are in which state, once all is worked. */
  readonly counts: string;
  /** Wall clock. */
  readonly atMs: number;
}

/** What a report of this snapshot tells. */
export function toldBy(snapshot: SyncerSnapshot, conditions: readonly Condition[], atMs: number): Told {
  return {
    conditions,
    heldId: snapshot.held?.id ?? '',
    identities: identitiesOf(snapshot),
    counts: countsOf(snapshot),
    atMs,
  };
}

/** In how many milliseconds a report out of turn is due; undefined when nothing is new that cannot wait. */
export function newsDueMs(input: Omit<ConditionsInput, 'previous'>, told: Told): number | undefined {
  const { snapshot, nowMs } = input;
  const conditions = conditionsOf({ ...input, previous: [] });
  const isNews = identitiesOf(snapshot) !== told.identities || (snapshot.held?.id ?? '') !== told.heldId;
  if (isNews || differ(told.conditions, conditions)) return 0;
  // While objects are on their way the counts change with each of them.
  if (snapshot.backlog > 0 || countsOf(snapshot) === told.counts) return undefined;
  return Math.max(0, told.atMs + COUNTS_PAUSE_MS - nowMs);
}

function identitiesOf({ resources }: SyncerSnapshot): string {
  return resources.map((resource) => `${typeName(resource)} ${resource.identity}`).join('\n');
}

function countsOf({ resources }: SyncerSnapshot): string {
  return resources.map(({ synced, pending, failed }) => [synced, pending, failed].join(' ')).join('\n');
}
