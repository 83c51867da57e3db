import type { Pair } from '../../informer/pair.js';

/**
 * Whether the upstream object's absence was found in a list, rather than seen to come about in a watch: it went while
 * nobody looked, or it never was seen in this run.
 */
export function isInferred(pair: Pair): boolean {
  return !pair.up && (pair.inferred === true || pair.gone === undefined);
}
