import { requeueAfter } from '../../base/outcome.js';
import type { Downstream } from '../../base/sides.js';
import { isWanted, type Pair } from '../../informer/pair.js';
import { isUidMismatch } from '../../kube/error-class.js';
import { splitKey } from '../../object/key.js';
import { ownsEveryLeaf } from '../../object/owned-fields.js';
import { reasons } from '../../object/reasons.js';
import type { KubeObject } from '../../object/types.js';
import type { TypeContext } from '../context.js';
import { writeDue } from '../decide/write-due.js';
import { noteRepair, repairDelayMs } from '../decide/repair-delay.js';
import { desiredFor, type DesiredCopy } from '../desired.js';
import { noteCarried } from '../latency.js';
import { downstreamName, downstreamPayload, getLiveDownstream, upstreamPayload, type UpPayload } from '../payload.js';
import { finished, waiting, type SyncResult } from '../result.js';
import { applySpec, noteApplied } from '../write/apply-spec.js';
import { holdUpstream } from '../write/finalizer.js';
import { leaveFields, takeBack } from '../write/leave-fields.js';
import { restoreMarks } from '../write/restore-marks.js';
import { wouldChange } from './adopt.js';
import { carryStatusUp } from './status.js';

/** Both exist and the copy may be behind: bring it in step, by a write only if one is due (S9). */
export async function applyStep(ctx: TypeContext, pair: Pair, known?: UpPayload): Promise<SyncResult> {
  ctx.assertKnownCluster();
  const payload = known ?? (await upstreamPayload(ctx, pair));
  const { down } = pair;
  if (!payload || !down || !isWanted(payload.facts)) return finished('none');
  if (ctx.rules.hasStatus && !payload.facts.held) await holdUpstream(ctx, pair, payload.facts.uid);
  return await withStatus(ctx, pair, bringInStep(ctx, pair, { payload, uid: down.uid }));
}

/** A spec that cannot go down now keeps no status from going up: the old copy goes on running. */
async function withStatus(ctx: TypeContext, pair: Pair, spec: Promise<SyncResult>): Promise<SyncResult> {
  try {
    const result = await spec;
    if (result.waiting) await carryStatusUp(ctx, pair);
    return result;
  } catch (error) {
    // If this fails too, it is tried again together with the spec.
    await carryStatusUp(ctx, pair).catch(() => undefined);
    throw error;
  }
}

async function bringInStep(
  ctx: TypeContext,
  pair: Pair,
  { payload, uid }: { payload: UpPayload; uid: string },
): Promise<SyncResult> {
  const { content } = payload.facts;
  const desired = desiredFor(ctx, pair, payload.object);
  const { whole, copy } = await wholeness(ctx, pair, desired);
  const due = writeDue(pair, { sent: desired.sent, isWhole: whole });
  if (due === 'nothing') {
    acknowledge(ctx, pair, content);
    return await carryStatusUp(ctx, pair, copy);
  }
  const later = due === 'drifted' ? postponed(ctx, pair) : undefined;
  if (later) return later;
  await leaveFields(ctx, pair, desired.ignored);
  const report = due === 'drifted' ? await reported(ctx, pair, desired.object) : undefined;
  return report ?? (await write(ctx, pair, { desired, content, uid, due }));
}

/**
 * Whether our fields of the copy are all still ours. What we applied in this run tells by its hash; after a start the
 * live entry is compared leaf by leaf.
 */
async function wholeness(
  ctx: TypeContext,
  pair: Pair,
  desired: DesiredCopy,
): Promise<{ whole: boolean; copy?: Downstream<KubeObject> }> {
  const { down, wrote } = pair;
  // Without a version, what we know of the copy is in doubt.
  if (wrote && wrote.downUid === down?.uid && down.rv !== '') return { whole: wrote.owns === down.owns };
  if (down?.sent !== desired.sent) return { whole: false };
  const copy = (await downstreamPayload(ctx, pair))?.object;
  return copy ? { whole: ownsEveryLeaf(desired.object, copy), copy } : { whole: false };
}

/** A copy that is changed again and again is repaired ever more slowly. undefined: now. */
function postponed(ctx: TypeContext, pair: Pair): SyncResult | undefined {
  const delay = repairDelayMs(pair, ctx.clock.monotonic());
  if (delay === 0) return undefined;
  return waiting(
    reasons.Drifted,
    'Something in the cluster keeps changing fields that kcp owns; they are put back less and less often.',
    delay,
  );
}

/** How long until a copy that may differ is looked at again, besides when it changes. */
const REPORTED_LOOK_MS = 5 * 60_000;

/**
 * Says what somebody changed in the cluster, where the configuration leaves it so: only our marks are put back (S22).
 * undefined: it is to be corrected, or nothing is different but whose field it is.
 */
async function reported(
  ctx: TypeContext,
  pair: Pair,
  desired: Downstream<KubeObject>,
): Promise<SyncResult | undefined> {
  if (ctx.policy.drift === 'Correct') return undefined;
  const live = await getLiveDownstream(ctx, pair.key);
  const difference = live && (await wouldChange(ctx, pair, { existing: live, desired }));
  if (!live || difference === undefined) return undefined;
  await restoreMarks(ctx, pair, { live, desired });
  const { namespace, name } = downstreamName(ctx, pair.key);
  return waiting(
    reasons.Drifted,
    `${ctx.type.kind} ${namespace}/${name} was changed in the cluster: ${difference} is not what kcp says. ` +
      `It is left so (drift: Report); the next change in kcp puts it back.`,
    REPORTED_LOOK_MS,
  );
}

interface DueWrite {
  readonly desired: DesiredCopy;
  readonly content: string;
  readonly uid: string;
  readonly due: 'changed' | 'drifted';
}

async function write(ctx: TypeContext, pair: Pair, { desired, content, uid, due }: DueWrite): Promise<SyncResult> {
  const notReady = await ctx.namespaces.ensure(splitKey(pair.key).namespace);
  if (notReady) return notReady;
  ctx.assertKnownCluster();
  // Deleted meanwhile: the copy is not to change any more.
  if (pair.up?.deleting) return finished('none');
  const live = await applyBound(ctx, pair, { desired: desired.object, guard: { uid } });
  if (!live) return { ...finished('none'), outcome: requeueAfter(0, 'the copy is not the one we knew') };
  const object = await takeBack(ctx, pair, { live, ignored: desired.ignored });
  const isFirst = pair.wrote === undefined;
  noteApplied(ctx, pair, { object, content });
  if (due === 'changed') noteCarried(ctx, pair, 'upstream');
  else noteRepaired(ctx, pair);
  await carryStatusUp(ctx, pair, object);
  const result = finished(due === 'changed' ? 'update' : 'repair');
  return isFirst ? { ...result, transformedBy: desired.transformedBy } : result;
}

function noteRepaired(ctx: TypeContext, pair: Pair): void {
  noteRepair(pair, ctx.clock.monotonic());
  ctx.recorder.driftCorrected();
}

/** undefined: another object took the name, or none has it now; what we know of it is out of date. */
async function applyBound(
  ctx: TypeContext,
  pair: Pair,
  bound: Parameters<typeof applySpec>[2],
): Promise<Downstream<KubeObject> | undefined> {
  try {
    return await applySpec(ctx, pair, bound);
  } catch (error) {
    if (!isUidMismatch(error)) throw error;
    ctx.store.removeDown(pair);
    return undefined;
  }
}

/** The copy is whole and up to date as it stands: remember that, without a write. */
function acknowledge(ctx: TypeContext, pair: Pair, content: string): void {
  if (!pair.down) return;
  pair.wrote = {
    statusIn: '',
    statusOut: '',
    ...pair.wrote,
    downUid: pair.down.uid,
    content,
    epoch: ctx.rules.epoch,
    owns: pair.down.owns,
  };
}
