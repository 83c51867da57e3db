import { requeueAfter } from '../../base/outcome.js';
import type { Pair } from '../../informer/pair.js';
import { splitKey } from '../../object/key.js';
import { isSyncerKey } from '../../object/marks.js';
import { reasons } from '../../object/reasons.js';
import type { TypeContext } from '../context.js';
import { getLiveUpstream } from '../payload.js';
import { finished, waiting, type SyncResult } from '../result.js';

/** How long others may take before it is said who keeps the object. */
const PATIENCE_MS = 30_000;

/** We are done with an upstream object that is being deleted, and it stays: who keeps it is named (S20, S29). */
export async function awaitOthersStep(ctx: TypeContext, pair: Pair): Promise<SyncResult> {
  const now = ctx.clock.monotonic();
  pair.othersSince ??= now;
  const left = pair.othersSince + PATIENCE_MS - now;
  if (left > 0) return { ...finished('none'), outcome: requeueAfter(left, 'the object in kcp is going') };
  const finalizers = (await getLiveUpstream(ctx, pair.key))?.metadata.finalizers ?? [];
  if (finalizers.length === 0) return finished('none');
  const { namespace, name } = splitKey(pair.key);
  const who = finalizers.some(isSyncerKey)
    ? 'Those of syncer.kcp.io belong to other SyncTargets of this workspace: their syncers have to run to let it go.'
    : 'Who set them has to take them off.';
  return waiting(
    reasons.DeletionBlocked,
    `${ctx.type.kind} ${namespace}/${name} is gone from the cluster and stays in kcp for its finalizers ${finalizers.join(', ')}. ${who}`,
    PATIENCE_MS,
  );
}
