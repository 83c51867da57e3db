import { requeueAfter } from '../../base/outcome.js';
import type { Pair } from '../../informer/pair.js';
import { reasons } from '../../object/reasons.js';
import type { TypeContext } from '../context.js';
import { downstreamName, getLiveDownstream } from '../payload.js';
import { finished, waiting, type SyncResult } from '../result.js';

/** How long a copy may take to go before it is said what keeps it (S29). */
const PATIENCE_MS = 30_000;

/** The copy is going. Its end is an event; meanwhile nothing is applied to it (S12), and what blocks it is named (S29). */
export async function awaitGoneStep(ctx: TypeContext, pair: Pair): Promise<SyncResult> {
  if (ctx.isGoneDownstream()) {
    // The cluster does not serve the type any more: with it went the copy, and nobody told.
    ctx.assertKnownCluster();
    return copyIsGone(ctx, pair);
  }
  const now = ctx.clock.monotonic();
  pair.goingSince ??= now;
  const left = pair.goingSince + PATIENCE_MS - now;
  const { namespace, name } = downstreamName(ctx, pair.key);
  const what = `${ctx.type.kind} ${namespace}/${name} is being deleted in the cluster`;
  if (left > 0) return waiting(reasons.Terminating, `${what}; waiting for its end.`, left);
  const live = await getLiveDownstream(ctx, pair.key);
  if (!live || live.metadata.uid !== pair.down?.uid) return copyIsGone(ctx, pair);
  const finalizers = (live.metadata.finalizers ?? []).join(', ');
  const blocker = finalizers === '' ? 'it has no finalizer, so its server is slow' : `its finalizers are ${finalizers}`;
  return waiting(
    reasons.DeletionBlocked,
    `${what}, and does not go: ${blocker}. Who set them has to take them off.`,
    PATIENCE_MS,
  );
}

function copyIsGone(ctx: TypeContext, pair: Pair): SyncResult {
  ctx.store.removeDown(pair);
  return { ...finished('none'), outcome: requeueAfter(0, 'the copy is gone') };
}
