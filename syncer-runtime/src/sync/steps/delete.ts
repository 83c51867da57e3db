import type { Pair } from '../../informer/pair.js';
import { isNotFound, isUidMismatch } from '../../kube/error-class.js';
import { reasons } from '../../object/reasons.js';
import type { TypeContext } from '../context.js';
import { isInferred } from '../decide/inferred.js';
import type { DeletionGround } from '../decide/next-step.js';
import type { DeletionVerdict } from '../evidence/verdict.js';
import { upstreamPayload } from '../payload.js';
import { finished, waiting, type SyncResult } from '../result.js';
import { deleteDownstream } from '../write/delete-object.js';
import { releaseNow } from './release.js';

const LOOK_AGAIN_MS = 5_000;
const HELD_LOOK_MS = 30_000;

/** The copy shall go, if there is positive evidence that its upstream object does (S24), and no reason to hold it (S26). */
export async function deleteStep(ctx: TypeContext, pair: Pair, ground: DeletionGround): Promise<SyncResult> {
  const guarded = ground === 'absent' && isInferred(pair);
  const heldBack = guarded ? ctx.guard.holds() : undefined;
  if (heldBack !== undefined) return hold(pair, reasons.DeletionsHeld, { why: heldBack, ms: HELD_LOOK_MS });
  const verdict = ctx.evidence.verdict(pair.key, ground === 'absent' ? 'absent' : 'marked');
  // Who asked is woken when the look is done.
  if (!verdict) return finished('wait');
  if (verdict.kind !== 'proven') return await unproven(ctx, pair, verdict);
  ctx.assertKnownCluster();
  await removeCopy(ctx, pair);
  delete pair.held;
  if (guarded) ctx.guard.noteRemoval();
  return finished('delete');
}

async function unproven(
  ctx: TypeContext,
  pair: Pair,
  verdict: Exclude<DeletionVerdict, { kind: 'proven' }>,
): Promise<SyncResult> {
  switch (verdict.kind) {
    case 'present':
      // The list or the watch told less than the server knows: what the server says now counts.
      delete pair.held;
      await upstreamPayload(ctx, pair);
      return {
        ...finished('none'),
        outcome: { kind: 'requeueAfter', ms: 0, why: 'the object exists in the workspace' },
      };
    case 'incident':
      // A finalizer of ours may never keep a workspace or a type from going (S27).
      pair.incident = verdict.cause;
      delete pair.gone;
      return pair.up?.deleting && pair.up.held ? await releaseNow(ctx, pair) : finished('none');
    case 'unknown':
      return hold(pair, reasons.EvidenceMissing, { why: verdict.why, ms: LOOK_AGAIN_MS });
  }
}

function hold(pair: Pair, reason: string, { why, ms }: { why: string; ms: number }): SyncResult {
  pair.held = { reason, why };
  return waiting(reason, `The object in the cluster is kept: ${why}.`, ms);
}

async function removeCopy(ctx: TypeContext, pair: Pair): Promise<void> {
  if (!pair.down) return;
  try {
    await deleteDownstream(ctx, pair, {
      uid: pair.down.uid,
      propagationPolicy: pair.up?.orphan ? 'Orphan' : 'Background',
    });
  } catch (error) {
    if (!isNotFound(error) && !isUidMismatch(error)) throw error;
    // Gone already, or the name belongs to another by now: the next look says which.
    ctx.store.removeDown(pair);
  }
}
