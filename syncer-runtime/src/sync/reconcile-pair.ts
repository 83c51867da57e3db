import type { Key } from '../object/key.js';
import type { TypeContext } from './context.js';
import { nextStep, type Step } from './decide/next-step.js';
import { noteInStep } from './latency.js';
import { finished, waiting, type SyncResult } from './result.js';
import { applyStep } from './steps/apply.js';
import { awaitGoneStep } from './steps/await-gone.js';
import { awaitOthersStep } from './steps/await-others.js';
import { createStep } from './steps/create.js';
import { deleteStep } from './steps/delete.js';
import { lookForCopyStep } from './steps/look-for-copy.js';
import { releaseStep } from './steps/release.js';
import { carryStatusUp, statusStep } from './steps/status.js';
import { inStep, isLeaving, type Pair } from '../informer/pair.js';
import { slotOf } from '../informer/parked.js';
import { reasons } from '../object/reasons.js';
import { stepFactsOf } from './decide/step-facts.js';

/**
 * In: a key. One look at what is remembered of both sides, one decision, at most the writes that it takes. Both
 * directions meet here: the spec goes down and the status up in one pass, and never two passes of one key at once.
 * Out: the outcome; the next reader is sync/decide/next-step.
 * @throws what the servers answered; the worker classifies it.
 */
export async function reconcilePair(ctx: TypeContext, key: Key): Promise<SyncResult> {
  const pair = ctx.store.beginReconcile(key);
  if (!pair) return finished('none');
  try {
    // What leaves is let go also where the cluster does not serve its type any more (S29).
    if (!ctx.isServedDownstream() && !isLeaving(pair)) return finished('none');
    return await take(ctx, pair, nextStep(pair, stepFactsOf(ctx)));
  } finally {
    ctx.store.endReconcile(pair);
    if (inStep(pair, ctx.rules)) {
      dropParked(ctx, key);
      noteInStep(pair);
    }
  }
}

/** Only the status of a pair whose spec has to wait. What fails is not told: the spec's own failure counts more. */
export async function carryStatusAlone(ctx: TypeContext, key: Key): Promise<void> {
  const pair = ctx.store.beginReconcile(key);
  if (!pair) return;
  try {
    if (pair.up && pair.down) await carryStatusUp(ctx, pair);
  } catch (error) {
    ctx.logger.log(3, 'status', { type: ctx.typeName, object: key, why: error instanceof Error ? error.message : '' });
  } finally {
    ctx.store.endReconcile(pair);
  }
}

/** What came while the pair was brought in step is of no use any more, and would only fill the bound. */
function dropParked(ctx: TypeContext, key: Key): void {
  ctx.parked.drop(slotOf(ctx.typeName, 'upstream', key));
  ctx.parked.drop(slotOf(ctx.typeName, 'downstream', key));
}

const plainSteps: Readonly<
  Record<Exclude<Step['do'], 'nothing' | 'wait' | 'delete'>, (ctx: TypeContext, pair: Pair) => Promise<SyncResult>>
> = {
  create: createStep,
  apply: applyStep,
  status: statusStep,
  awaitGone: awaitGoneStep,
  release: releaseStep,
  awaitOthers: awaitOthersStep,
  lookForCopy: lookForCopyStep,
};

async function take(ctx: TypeContext, pair: Pair, step: Step): Promise<SyncResult> {
  switch (step.do) {
    case 'nothing':
      return finished('none');
    case 'wait':
      return waiting(reasons.Starting, `Waiting: ${step.why}.`, 5_000);
    case 'delete':
      return await deleteStep(ctx, pair, step.ground);
    default:
      return await plainSteps[step.do](ctx, pair);
  }
}
