import { annotations } from './marks.js';
import type { ObjectMeta } from './types.js';

/** What its user says on an upstream object about how it is synced. It narrows what the configuration selects. */
export interface Wishes {
  /** Neither direction goes on, and nothing is removed. Also for a word that nobody knows: who wrote it wanted some change. */
  readonly paused: boolean;
  /** It is not to be in this cluster. */
  readonly optedOut: boolean;
  /** Whether this SyncTarget writes the status; undefined when the object names none. */
  readonly writesStatus: boolean | undefined;
}

/** Reads the user's annotations for one SyncTarget (S20, S33). */
export function wishesOf({ annotations: said }: ObjectMeta, syncTarget: string): Wishes {
  const sync = said?.[annotations.sync];
  const targets = listOf(said?.[annotations.targetClusters]);
  return {
    paused: sync !== undefined && sync !== 'enabled' && sync !== 'disabled',
    optedOut: sync === 'disabled' || (targets.length > 0 && !targets.includes(syncTarget)),
    writesStatus: targets.length === 0 ? undefined : targets[0] === syncTarget,
  };
}

/** The parts of a list with commas, without the empty ones. */
export function listOf(text: string | undefined): string[] {
  return (text ?? '')
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '');
}
