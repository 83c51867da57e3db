import type { Pair } from '../informer/pair.js';
import type { Key } from '../object/key.js';
import { splitKey } from '../object/key.js';
import { reasons } from '../object/reasons.js';
import type { WorkQueue } from '../queue/work-queue.js';
import type { TypeContext } from '../sync/context.js';
import { mappedNamespace } from '../sync/namespace/mapping.js';
import { classifyFailure, type Failure } from '../sync/decide/failure.js';
import { carryStatusAlone, reconcilePair } from '../sync/reconcile-pair.js';
import type { SyncResult } from '../sync/result.js';
import { convertKubernetesError } from '../tmc/convert.js';
import type { KeyStates } from './key-states.js';
import { tellResult, tellTrouble } from './object-events.js';

/** What the workers of one type share. */
export interface WorkerOptions {
  readonly ctx: TypeContext;
  readonly queue: WorkQueue;
  readonly states: KeyStates;
  /** A reconcile ended. */
  readonly onPass: (ok: boolean) => void;
}

/** Takes one key after the other until the signal is aborted; the key in work is finished first. */
export async function runWorker(options: WorkerOptions, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    const key = await nextKey(options.queue, signal);
    if (key === undefined) return;
    try {
      await work(options, key);
    } finally {
      options.queue.done(key);
    }
  }
}

async function nextKey(queue: WorkQueue, signal: AbortSignal): Promise<Key | undefined> {
  try {
    return await queue.next(signal);
  } catch (error) {
    if (signal.aborted) return undefined;
    throw error;
  }
}

/** One reconcile, and its one outcome (base/outcome): done, looked at again later, retried, or final. */
async function work({ ctx, queue, states, onPass }: WorkerOptions, key: Key): Promise<void> {
  const startedAt = ctx.clock.monotonic();
  const before = signatureOf(ctx.store.get(key));
  try {
    if (await isPutOff({ ctx, queue, states, onPass }, key, before)) return;
    const result = await reconcilePair(ctx, key);
    tellAfter({ ctx, queue, states, onPass }, key, result);
    report(ctx, key, { result, ms: ctx.clock.monotonic() - startedAt });
    onPass(true);
  } catch (error) {
    if (ctx.signal.aborted) return;
    const failure = classifyFailure(error);
    if (failure.reason === reasons.NamespaceTerminating)
      ctx.namespaces.forget(mappedNamespace(ctx.mapping, splitKey(key).namespace));
    const retryMs = states.fail(key, failure, before);
    queue.addAfter(key, retryMs);
    tellTrouble({ ctx, states }, key);
    reportFailure(ctx, key, { error, failure, retryMs, ms: ctx.clock.monotonic() - startedAt });
    onPass(failure.kind === 'race');
  }
}

/**
 * A pair that failed waits for its time, whatever its objects tell meanwhile, unless it changed in a way that gives hope.
 * Its status goes up all the same.
 */
async function isPutOff({ ctx, queue, states }: WorkerOptions, key: Key, signature: string): Promise<boolean> {
  const ms = states.remainingMs(key, signature);
  if (ms === 0) return false;
  await carryStatusAlone(ctx, key);
  queue.addAfter(key, ms);
  return true;
}

/** What a reconcile of the pair depends on, besides status. */
function signatureOf(pair: Pair | undefined): string {
  const { up, down } = pair ?? {};
  return JSON.stringify([up?.uid, up?.content, up?.deleting, down?.uid, down?.owns, down?.deleting, pair?.incident]);
}

/** Events speak of the state before it is settled: whether there was trouble, and of what is waited for after. */
function tellAfter({ ctx, queue, states }: WorkerOptions, key: Key, result: SyncResult): void {
  if (!result.waiting) tellResult({ ctx, states }, key, result);
  settle({ queue, states }, key, result);
  if (result.waiting) tellTrouble({ ctx, states }, key);
}

function settle({ queue, states }: Pick<WorkerOptions, 'queue' | 'states'>, key: Key, result: SyncResult): void {
  const { outcome } = result;
  if (outcome.kind === 'requeueAfter') queue.addAfter(key, outcome.ms, outcome.ms === 0 ? 'fresh' : 'retry');
  if (result.waiting) states.wait(key, result.waiting, outcome.kind === 'requeueAfter' ? outcome.ms : 0);
  else if (outcome.kind === 'done' && result.operation !== 'wait') states.clear(key);
}

function report(ctx: TypeContext, key: Key, { result, ms }: { result: SyncResult; ms: number }): void {
  ctx.recorder.reconciled(result.operation, ms / 1000, result.outcome.kind === 'done' ? 'success' : 'requeue_after');
  const quiet = result.operation === 'none' || result.operation === 'wait';
  if (!ctx.logger.enabled(quiet ? 4 : 2)) return;
  const why = result.outcome.kind === 'requeueAfter' ? { why: result.outcome.why } : {};
  ctx.logger.log(quiet ? 4 : 2, result.operation === 'status' ? 'status' : 'sync', {
    ...fieldsOf(ctx, key),
    operation: result.operation,
    ms: Math.round(ms * 10) / 10,
    ...why,
  });
}

function reportFailure(
  ctx: TypeContext,
  key: Key,
  failed: { error: unknown; failure: Failure; retryMs: number; ms: number },
): void {
  const { error, failure, retryMs, ms } = failed;
  ctx.recorder.reconcileFailed(ms / 1000);
  const fields = { ...fieldsOf(ctx, key), reason: failure.reason, retryMs };
  if (failure.kind === 'race') {
    ctx.recorder.conflict();
    ctx.logger.log(3, 'sync', { ...fields, why: failure.message });
    return;
  }
  ctx.recorder.failed(convertKubernetesError(error, 'syncer', 'sync'));
  ctx.logger.error(`sync failed: ${failure.message}`, error, fields);
}

function fieldsOf(ctx: TypeContext, key: Key): Record<string, string> {
  const { namespace, name } = splitKey(key);
  return {
    type: ctx.typeName,
    object: `${namespace}/${name}`,
    downstreamNamespace: ctx.mapping.toDownstream(namespace) ?? '',
  };
}
