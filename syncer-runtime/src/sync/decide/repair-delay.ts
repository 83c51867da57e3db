import type { Pair } from '../../informer/pair.js';

/** A copy that was left alone for so long starts anew. */
const QUIET_MS = 60_000;
const AT_ONCE = 5;
const MAX_DELAY_MS = 30_000;

/**
 * How many milliseconds from `now` the next repair of the copy is due; 0 when now. The first ones are made at once; who
 * keeps changing or deleting the copy is answered ever more slowly, so that no two programs wear out the server.
 */
export function repairDelayMs(pair: Pair, now: number): number {
  const repairs = repairsLately(pair, now);
  if (repairs < AT_ONCE) return 0;
  const pause = Math.min(MAX_DELAY_MS, 1_000 * 2 ** (repairs - AT_ONCE));
  return Math.max(0, (pair.repairedAt ?? now) + pause - now);
}

/** Counts a repair that is made now. */
export function noteRepair(pair: Pair, now: number): void {
  pair.repairs = repairsLately(pair, now) + 1;
  pair.repairedAt = now;
}

function repairsLately(pair: Pair, now: number): number {
  return pair.repairedAt === undefined || now - pair.repairedAt > QUIET_MS ? 0 : (pair.repairs ?? 0);
}
