import { requeueAfter } from '../../base/outcome.js';
import type { Downstream } from '../../base/sides.js';
import type { Pair } from '../../informer/pair.js';
import { isNotFound } from '../../kube/error-class.js';
import { reasons } from '../../object/reasons.js';
import type { KubeObject } from '../../object/types.js';
import type { TypeContext } from '../context.js';
import { isOurCopy, lookDownstream, noteCopy, upstreamPayload } from '../payload.js';
import { finished, waiting, type SyncResult } from '../result.js';
import { releaseUpstream } from '../write/finalizer.js';

/**
 * The upstream object is going, or is not selected any more, and no copy is known: our finalizer goes when a live look at the cluster that we know
 * says that there is none (S23), or when workspace or type go with it (S27).
 */
export async function releaseStep(ctx: TypeContext, pair: Pair): Promise<SyncResult> {
  if (pair.incident !== undefined) return await releaseNow(ctx, pair);
  let copy: Downstream<KubeObject> | undefined;
  try {
    copy = await liveCopy(ctx, pair);
  } catch (error) {
    return await withoutCluster(ctx, pair, error);
  }
  if (!copy) {
    pair.lost = undefined;
    return await releaseNow(ctx, pair);
  }
  noteCopy(ctx, pair, copy);
  return { ...finished('none'), outcome: requeueAfter(0, 'the copy still exists') };
}

/** The copy as the cluster that we know has it; undefined: there is none. */
async function liveCopy(ctx: TypeContext, pair: Pair): Promise<Downstream<KubeObject> | undefined> {
  ctx.assertKnownCluster();
  if (ctx.isGoneDownstream()) return undefined;
  const live = await lookDownstream(ctx, pair);
  return live && isOurCopy(ctx, pair, live) ? live : undefined;
}

/** The cluster does not say. Only an incident upstream lets the object go without it. */
async function withoutCluster(ctx: TypeContext, pair: Pair, error: unknown): Promise<SyncResult> {
  const verdict = ctx.evidence.verdict(pair, 'marked');
  if (!verdict) return finished('wait');
  if (verdict.kind === 'incident') return await releaseNow(ctx, pair);
  const why = error instanceof Error ? error.message : String(error);
  return waiting(
    reasons.WaitingForCluster,
    `${pair.up?.deleting ? 'Deleted in kcp' : 'Not synced any more'}; waiting until the cluster says that the copy is gone: ${why}`,
    10_000,
  );
}

/** Takes our finalizer off the upstream object as it is now. */
export async function releaseNow(ctx: TypeContext, pair: Pair): Promise<SyncResult> {
  try {
    const payload = await upstreamPayload(ctx, pair);
    if (payload) await releaseUpstream(ctx, pair, payload.object);
  } catch (error) {
    if (!isNotFound(error)) throw error;
  }
  return finished('release');
}
