import type { Downstream } from '../../base/sides.js';
import type { Pair } from '../../informer/pair.js';
import { isUidMismatch } from '../../kube/error-class.js';
import { splitKey } from '../../object/key.js';
import { ownsEveryLeaf } from '../../object/owned-fields.js';
import { reasons } from '../../object/reasons.js';
import type { KubeObject } from '../../object/types.js';
import type { TypeContext } from '../context.js';
import { writeDue } from '../decide/write-due.js';
import { noteRepair, repairDelayMs } from '../decide/repair-delay.js';
import { desiredFor, type DesiredCopy } from '../desired.js';
import { downstreamPayload, upstreamPayload, type UpPayload } from '../payload.js';
import { finished, waiting, type SyncResult } from '../result.js';
import { applySpec, noteApplied } from '../write/apply-spec.js';
import { holdUpstream } from '../write/finalizer.js';
import { carryStatusUp } from './status.js';

/** Both exist and the copy may be behind: bring it in step, by a write only if one is due (S9). */
export async function applyStep(ctx: TypeContext, pair: Pair, known?: UpPayload): Promise<SyncResult> {
  ctx.assertKnownCluster();
  const payload = known ?? (await upstreamPayload(ctx, pair));
  const { down } = pair;
  if (!payload || !down || payload.facts.deleting || !payload.facts.selected) return finished('none');
  if (ctx.rules.hasStatus && !payload.facts.held) await holdUpstream(ctx, pair, payload.facts.uid);
  return await bringInStep(ctx, pair, { payload, uid: down.uid });
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
  return (due === 'drifted' && postponed(ctx, pair)) || (await write(ctx, pair, { desired, content, uid, due }));
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
  if (wrote && wrote.downUid === down?.uid) return { whole: wrote.owns === down.owns };
  if (down?.sent !== desired.sent) return { whole: false };
  const copy = (await downstreamPayload(ctx, pair))?.object;
  return copy ? { whole: ownsEveryLeaf(desired.object, copy), copy } : { whole: false };
}

/** A copy that is changed again and again is repaired ever more slowly. undefined: now. */
function postponed(ctx: TypeContext, pair: Pair): SyncResult | undefined {
  const now = ctx.clock.monotonic();
  const delay = repairDelayMs(pair, now);
  if (delay > 0)
    return waiting(
      reasons.Drifted,
      'Something in the cluster keeps changing fields that kcp owns; they are put back less and less often.',
      delay,
    );
  noteRepair(pair, now);
  return undefined;
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
  try {
    const object = await applySpec(ctx, pair, { desired: desired.object, guard: { uid } });
    noteApplied(ctx, pair, { object, content });
    if (due === 'changed') ctx.recorder.synced(ctx.gvk, 'kcp-to-cluster');
    await carryStatusUp(ctx, pair, object);
    return finished(due === 'changed' ? 'update' : 'repair');
  } catch (error) {
    if (!isUidMismatch(error)) throw error;
    // Another object took the name, or none has it now: what we know of it is out of date.
    ctx.store.removeDown(pair);
    return { ...finished('none'), outcome: { kind: 'requeueAfter', ms: 0, why: 'the copy is not the one we knew' } };
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
