import { requeueAfter, TerminalError } from '../../base/outcome.js';
import type { Downstream } from '../../base/sides.js';
import { isWanted, type Pair } from '../../informer/pair.js';
import { isConflict } from '../../kube/error-class.js';
import type { KubeObject } from '../../object/types.js';
import { splitKey } from '../../object/key.js';
import { ownerLabel } from '../../object/marks.js';
import { reasons } from '../../object/reasons.js';
import type { TypeContext } from '../context.js';
import { noteRepair, repairDelayMs } from '../decide/repair-delay.js';
import { desiredFor, type DesiredCopy } from '../desired.js';
import { noteCarried } from '../latency.js';
import { downstreamName, isOurCopy, lookDownstream, noteCopy, upstreamPayload, type UpPayload } from '../payload.js';
import { finished, waiting, type SyncResult } from '../result.js';
import { applySpec, noteApplied } from '../write/apply-spec.js';
import { holdUpstream } from '../write/finalizer.js';
import { adopt, isOrphanOf, readopt } from './adopt.js';
import { applyStep } from './apply.js';
import { carryStatusUp } from './status.js';

/** Looked at again after a refusal: every 30 s at first, slowing to 5 min (S3). */
const REFUSED_RETRY_MS = 30_000;

/** A SyncTarget that takes no new objects is looked at again this often. */
const UNSCHEDULABLE_LOOK_MS = 10_000;

/** Only the upstream object exists: namespace, finalizer, then a first apply that creates or fails. */
export async function createStep(ctx: TypeContext, pair: Pair): Promise<SyncResult> {
  ctx.assertKnownCluster();
  if (!ctx.takesNewObjects() && !pair.wrote && !pair.up?.held)
    return waiting(
      reasons.Unschedulable,
      `SyncTarget ${ctx.identity.syncTarget} takes no new objects (spec.unschedulable).`,
      UNSCHEDULABLE_LOOK_MS,
    );
  const delay = pair.wrote ? repairDelayMs(pair, ctx.clock.monotonic()) : 0;
  if (delay > 0)
    return waiting(
      reasons.Drifted,
      'Something in the cluster keeps deleting the copy; it is made again less and less often.',
      delay,
    );
  const payload = await upstreamPayload(ctx, pair);
  if (!payload || !isWanted(payload.facts)) return finished('none');
  return await create(ctx, pair, payload);
}

async function create(ctx: TypeContext, pair: Pair, payload: UpPayload): Promise<SyncResult> {
  const { object: upstream, facts: up } = payload;
  const desired = desiredFor(ctx, pair, upstream);
  const notReady = await ctx.namespaces.ensure(splitKey(pair.key).namespace);
  if (notReady) return notReady;
  if (ctx.rules.hasStatus && !up.held) await holdUpstream(ctx, pair, up.uid);
  ctx.assertKnownCluster();
  // Deleted while the finalizer was put on.
  if (pair.up?.deleting) return finished('none');
  const object = await applyNew(ctx, pair, desired.whole);
  if (!object) return await meetExisting(ctx, pair, { payload, desired });
  return await created(ctx, pair, { object, content: up.content, transformedBy: desired.transformedBy });
}

/** The copy is there: noted, and its status carried up. */
async function created(
  ctx: TypeContext,
  pair: Pair,
  copy: { object: Downstream<KubeObject>; content: string; transformedBy: readonly string[] },
): Promise<SyncResult> {
  const isFirst = pair.wrote === undefined;
  if (!isFirst) {
    noteRepair(pair, ctx.clock.monotonic());
    ctx.recorder.driftCorrected();
  }
  noteApplied(ctx, pair, copy);
  noteCarried(ctx, pair, 'upstream');
  await carryStatusUp(ctx, pair, copy.object);
  return { ...finished('create'), ...(isFirst && { transformedBy: copy.transformedBy }) };
}

/** undefined: the name is taken. */
async function applyNew(
  ctx: TypeContext,
  pair: Pair,
  desired: Downstream<KubeObject>,
): Promise<Downstream<KubeObject> | undefined> {
  try {
    return await applySpec(ctx, pair, { desired, guard: { mustNotExist: true } });
  } catch (error) {
    if (isConflict(error)) return undefined;
    throw error;
  }
}

/** The copy was there already, and may be on its way out, or gone by now. */
async function meetCopy(
  ctx: TypeContext,
  pair: Pair,
  { copy, payload }: { copy: Downstream<KubeObject>; payload: UpPayload },
): Promise<SyncResult> {
  noteCopy(ctx, pair, copy);
  if (!pair.down) return { ...finished('none'), outcome: requeueAfter(0, 'the copy is gone') };
  return pair.down.deleting ? finished('wait') : await applyStep(ctx, pair, payload);
}

/** The name is taken: ours is brought in step, another syncer's is left alone, anybody else's as the configuration says (S3, S4). */
async function meetExisting(
  ctx: TypeContext,
  pair: Pair,
  { payload, desired }: { payload: UpPayload; desired: DesiredCopy },
): Promise<SyncResult> {
  const existing = await lookDownstream(ctx, pair);
  if (!existing) throw new Error('the object in the cluster went while it was being created; looking again');
  if (isOurCopy(ctx, pair, existing)) return await meetCopy(ctx, pair, { copy: existing, payload });
  const { namespace, name } = downstreamName(ctx, pair.key);
  const owner = existing.metadata.labels?.[ownerLabel];
  if (owner !== undefined && owner !== ctx.identity.owner)
    throw new TerminalError(
      reasons.ConflictOtherSyncer,
      `${ctx.type.kind} ${namespace}/${name} in the cluster belongs to another SyncTarget; it is left alone. Rename one of the two.`,
      { retryAfterMs: REFUSED_RETRY_MS },
    );
  const adoption = isOrphanOf(existing, payload.facts.uid)
    ? await readopt(ctx, pair, { existing, desired: desired.object })
    : await adopt(ctx, pair, { existing, desired: desired.object });
  if ('adopted' in adoption) {
    const { transformedBy } = desired;
    return await created(ctx, pair, { object: adoption.adopted, content: payload.facts.content, transformedBy });
  }
  throw new TerminalError(
    reasons.ConflictUnowned,
    `${ctx.type.kind} ${namespace}/${name} exists in the cluster and was not made by this syncer; it is left alone${adoption.refused}. ` +
      `Delete or rename it there, or rename the one in kcp.`,
    { retryAfterMs: REFUSED_RETRY_MS },
  );
}
