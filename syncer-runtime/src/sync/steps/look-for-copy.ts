import { requeueAfter } from '../../base/outcome.js';
import type { Pair } from '../../informer/pair.js';
import type { TypeContext } from '../context.js';
import { lookDownstream, noteCopy } from '../payload.js';
import { finished, type SyncResult } from '../result.js';

/**
 * The copy left the watch, and its upstream object is gone too. An event of the label watch is a reason to look, and no
 * evidence (S23): a copy that lost our label is still there, and still ours to remove.
 */
export async function lookForCopyStep(ctx: TypeContext, pair: Pair): Promise<SyncResult> {
  ctx.assertKnownCluster();
  const live = await lookDownstream(ctx, pair);
  const isCopy = live !== undefined && live.metadata.uid === pair.lost;
  pair.lost = undefined;
  if (!isCopy) return finished('none');
  noteCopy(ctx, pair, live);
  return { ...finished('none'), outcome: requeueAfter(0, 'the copy lost our label') };
}
