import { requeueAfter } from '../../base/outcome.js';
import type { Pair } from '../../informer/pair.js';
import { isObjectNotFound, isUidMismatch } from '../../kube/error-class.js';
import { reasons } from '../../object/reasons.js';
import type { TypeContext } from '../context.js';
import { isInferred } from '../decide/inferred.js';
import type { DeletionGround } from '../decide/next-step.js';
import type { DeletionVerdict } from '../evidence/verdict.js';
import { downstreamName, lookDownstream, upstreamPayload } from '../payload.js';
import { finished, waiting, type SyncResult } from '../result.js';
import { deleteDownstream } from '../write/delete-object.js';
import { unmarking } from '../write/unmark.js';
import { releaseNow } from './release.js';

const LOOK_AGAIN_MS = 5_000;
const HELD_LOOK_MS = 30_000;
/** While the syncer finds out what there is. */
const LISTING_LOOK_MS = 1_000;

/**
 * The copy shall go, if there is positive evidence that its upstream object does (S24) or shall not be here (S32), and no
 * reason to hold it; or because a human said so (S26).
 */
export async function deleteStep(ctx: TypeContext, pair: Pair, ground: DeletionGround): Promise<SyncResult> {
  switch (ctx.decisions.of(pair.down?.uid)) {
    case 'keep':
      return await keepObject(ctx, pair);
    case 'delete':
      return await remove(ctx, pair, false);
    case undefined:
      return await deleteOnEvidence(ctx, pair, ground);
  }
}

async function deleteOnEvidence(ctx: TypeContext, pair: Pair, ground: DeletionGround): Promise<SyncResult> {
  const isGuess = isUnasked(pair, ground);
  const guarded = isGuess ? guard(ctx, pair) : undefined;
  if (guarded) return guarded;
  const verdict = ctx.evidence.verdict(pair, ground === 'absent' ? 'absent' : 'marked');
  // Who asked is woken when the look is done.
  if (!verdict) return finished('wait');
  if (verdict.kind !== 'proven') return await unproven(ctx, pair, verdict);
  // A guess was counted already.
  const limit = verdict.identified || isGuess ? undefined : ctx.guard.holdsOneMore();
  if (limit !== undefined) return hold(pair, reasons.DeletionsHeld, { why: limit, ms: HELD_LOOK_MS });
  return await remove(ctx, pair, isGuess || !verdict.identified);
}

/** A human decided that the object stays in the cluster, as nobody's copy (S26). */
async function keepObject(ctx: TypeContext, pair: Pair): Promise<SyncResult> {
  ctx.assertKnownCluster();
  const live = await lookDownstream(ctx, pair);
  // It leaves the watch because we sent it away.
  pair.goingSince ??= ctx.clock.monotonic();
  try {
    if (live !== undefined && live.metadata.uid === pair.down?.uid)
      await ctx.downstream.request({ ...unmarking(ctx.type, live.metadata), signal: ctx.signal });
  } catch (error) {
    pair.goingSince = undefined;
    throw error;
  }
  ctx.store.removeDown(pair);
  pair.wrote = undefined;
  pair.held = undefined;
  return { ...finished('release'), outcome: requeueAfter(0, 'the object is let go') };
}

/** Whether nobody asked for the removal of this very object. */
function isUnasked(pair: Pair, ground: DeletionGround): boolean {
  return ground === 'leftOut' || (ground === 'absent' && isInferred(pair));
}

/** What keeps a removal that nobody asked for; undefined: nothing. */
function guard(ctx: TypeContext, pair: Pair): SyncResult | undefined {
  if (ctx.guard.isCounting())
    return waiting(reasons.Starting, 'Waiting: the lists of other types are not complete.', LISTING_LOOK_MS);
  const why = ctx.guard.holds();
  return why === undefined ? undefined : hold(pair, reasons.DeletionsHeld, { why, ms: HELD_LOOK_MS });
}

async function remove(ctx: TypeContext, pair: Pair, isCounted: boolean): Promise<SyncResult> {
  ctx.assertKnownCluster();
  const isGone = await removeCopy(ctx, pair);
  pair.held = undefined;
  if (isCounted) ctx.guard.noteRemoval();
  return isGone ? { ...finished('delete'), outcome: requeueAfter(0, 'there is no copy any more') } : finished('delete');
}

async function unproven(
  ctx: TypeContext,
  pair: Pair,
  verdict: Exclude<DeletionVerdict, { kind: 'proven' }>,
): Promise<SyncResult> {
  switch (verdict.kind) {
    case 'present':
      // The list or the watch told less than the server knows: what the server says now counts.
      pair.held = undefined;
      await upstreamPayload(ctx, pair);
      return { ...finished('none'), outcome: requeueAfter(0, 'the object exists in the workspace') };
    case 'incident':
      // A finalizer of ours may never keep a workspace or a type from going (S27).
      pair.incident = verdict.cause;
      pair.gone = undefined;
      return pair.up?.deleting && pair.up.held ? await releaseNow(ctx, pair) : finished('none');
    case 'unknown':
      return hold(pair, reasons.EvidenceMissing, { why: verdict.why, ms: LOOK_AGAIN_MS });
  }
}

function hold(pair: Pair, reason: string, { why, ms }: { why: string; ms: number }): SyncResult {
  pair.held = { reason, why };
  return waiting(reason, `The object in the cluster is kept: ${why}.`, ms);
}

/** Whether the copy is known to be gone already; otherwise its end is an event. */
async function removeCopy(ctx: TypeContext, pair: Pair): Promise<boolean> {
  if (!pair.down) return true;
  // With its type the copy went too, and nobody told (S29).
  if (ctx.isGoneDownstream()) {
    ctx.store.removeDown(pair);
    return true;
  }
  const { name } = downstreamName(ctx, pair.key);
  try {
    await deleteDownstream(ctx, pair, {
      uid: pair.down.uid,
      propagationPolicy: pair.up?.orphan ? 'Orphan' : 'Background',
    });
    pair.goingSince ??= ctx.clock.monotonic();
    return false;
  } catch (error) {
    if (!isObjectNotFound(error, { ...ctx.type, name }) && !isUidMismatch(error)) throw error;
    // Gone already, or the name belongs to another by now.
    ctx.store.removeDown(pair);
    return true;
  }
}
