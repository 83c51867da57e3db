import { isFrozen, type Pair } from '../../informer/pair.js';

/**
 * Whether the upstream object's absence was found in a list, rather than seen to come about in a watch: it went while
 * nobody looked, or it never was seen in this run.
 */
export function isInferred(pair: Pair): boolean {
  return !pair.up && (pair.inferred === true || pair.gone === undefined);
}

/**
 * Whether the copy is to go for what the configuration selects, which nobody asked for object by object: such removals
 * are counted with the inferred ones (S26, S32).
 */
export function isLeftOut({ up }: Pair): boolean {
  return up !== undefined && !up.deleting && !isFrozen(up) && !up.selected && !up.optedOut;
}
