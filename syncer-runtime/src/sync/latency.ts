import type { Side } from '../base/sides.js';
import type { Pair } from '../informer/pair.js';
import type { Direction } from '../observe/recorder.js';
import type { TypeContext } from './context.js';

const directions: Readonly<Record<Side, Direction>> = { upstream: 'kcp-to-cluster', downstream: 'cluster-to-kcp' };

/** Notes that news of a side was seen that the other side does not have. The oldest counts until it is carried over. */
export function noteSeen(pair: Pair, side: Side, nowMs: number): void {
  if (side === 'upstream') pair.upSeenAt ??= nowMs;
  else pair.downSeenAt ??= nowMs;
}

/** Counts what was carried from `side` to the other, and how long ago it was seen (S38: by our own clock). */
export function noteCarried(ctx: TypeContext, pair: Pair, side: Side): void {
  const seenAt = side === 'upstream' ? pair.upSeenAt : pair.downSeenAt;
  ctx.recorder.synced(ctx.gvk, directions[side]);
  if (seenAt !== undefined) ctx.recorder.latency(directions[side], (ctx.clock.monotonic() - seenAt) / 1_000);
  if (side === 'upstream') pair.upSeenAt = undefined;
  else pair.downSeenAt = undefined;
}

/** The pair is in step: whatever was seen needs no carrying. */
export function noteInStep(pair: Pair): void {
  pair.upSeenAt = undefined;
  pair.downSeenAt = undefined;
}
