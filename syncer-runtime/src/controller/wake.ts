import { asDownstream, asUpstream, type Side } from '../base/sides.js';
import { downFactsOf, isCopyOf, upFactsOf } from '../informer/facts.js';
import type { Scope } from '../informer/pair-store.js';
import { inStep, isFromTheFuture, type Pair } from '../informer/pair.js';
import { slotOf } from '../informer/parked.js';
import type { ReflectorSink } from '../informer/reflector-sink.js';
import { omit } from '../object/json.js';
import { flat, keyOf, splitKey, type Key } from '../object/key.js';
import type { KubeObject, ObjectMeta } from '../object/types.js';
import type { TypeContext } from '../sync/context.js';
import { noteInStep, noteSeen } from '../sync/latency.js';
import { convertKubernetesError } from '../tmc/convert.js';

/** What the sinks of one type tell their controller. */
export interface WakeTarget {
  readonly ctx: TypeContext;
  /** The pair may be out of step. */
  wake(key: Key): void;
  /** A side of the type was listed to the end. */
  completed(side: Side): void;
  /** A list begins that is not the first. */
  relisted(side: Side): void;
  failed(side: Side, error: unknown): void;
  recovered(side: Side): void;
  timeTravel(side: Side): void;
  /** A copy shows that kcp is older than it was when no syncer ran. */
  copyFromTheFuture(key: Key): void;
}

/** How many bytes stand for one of `items` when the page they came in had `bytes`. */
function share(items: readonly KubeObject[], bytes: number): number {
  return Math.ceil(bytes / Math.max(1, items.length));
}

/**
 * In: lists and watch events of the workspace. Each is fingerprinted, parked and turned into a key, in one synchronous
 * step; the next reader is queue/work-queue.
 */
export function upstreamSink(target: WakeTarget, scope: Scope): ReflectorSink {
  const { ctx } = target;
  const take = (object: KubeObject, bytes: number, from: 'watch' | 'list'): void => {
    const facts = upFactsOf(asUpstream(object), ctx.facts);
    const { pair, news } = ctx.store.observeUp(keyOf(object), facts, from);
    if (isFromTheFuture(pair)) target.copyFromTheFuture(pair.key);
    if (news === 'stale' || isSettled(target, 'upstream', pair)) return;
    // Payloads of the workspace are only read for their content; managedFields are a third of them.
    const metadata = omit(object.metadata, ['managedFields']) as ObjectMeta;
    noteSeen(pair, 'upstream', ctx.clock.monotonic());
    park(target, 'upstream', { pair, object: { ...object, metadata }, bytes });
    target.wake(pair.key);
  };
  return {
    ...common(target, 'upstream', scope),
    page: async (items, bytes) => {
      for (const item of items) take(item, share(items, bytes), 'list');
      // While the cluster's list is not there nothing can be worked, and what is parked would only push out itself.
      if (ctx.store.isComplete('downstream')) await ctx.parked.room(ctx.clock);
    },
    event: ({ type, object, bytes }) => {
      if (type !== 'DELETED') {
        take(object, bytes, 'watch');
        return;
      }
      const pair = ctx.store.get(keyOf(object));
      if (!pair?.up || pair.up.uid !== object.metadata.uid) return;
      noteSeen(pair, 'upstream', ctx.clock.monotonic());
      ctx.store.removeUp(pair, true);
      ctx.parked.drop(slotOf(ctx.typeName, 'upstream', pair.key));
      target.wake(pair.key);
    },
  };
}

/** In: lists and watch events of the cluster, of objects that carry our label. Only our copies count (S2). */
export function downstreamSink(target: WakeTarget, scope: Scope): ReflectorSink {
  const { ctx } = target;
  const take = (object: KubeObject, bytes: number, from: 'watch' | 'list'): void => {
    const key = copyKey(ctx, object);
    if (key === undefined) return;
    const { pair, news } = ctx.store.observeDown(key, downFactsOf(asDownstream(object)), from);
    if (isFromTheFuture(pair)) target.copyFromTheFuture(key);
    if (news === 'stale' || isSettled(target, 'downstream', pair)) return;
    noteSeen(pair, 'downstream', ctx.clock.monotonic());
    // A lone copy is only ever deleted, and for that nobody reads it.
    if (pair.up || !ctx.store.isComplete('upstream')) park(target, 'downstream', { pair, object, bytes });
    target.wake(key);
  };
  return {
    ...common(target, 'downstream', scope),
    page: (items, bytes) => {
      for (const item of items) take(item, share(items, bytes), 'list');
    },
    event: ({ type, object, bytes }) => {
      if (type !== 'DELETED') {
        take(object, bytes, 'watch');
        return;
      }
      const key = copyKey(ctx, object);
      const pair = key === undefined ? undefined : ctx.store.get(key);
      if (!pair?.down || pair.down.uid !== object.metadata.uid) return;
      // What we sent away is gone; anything else may only have lost our label (S23).
      if (pair.goingSince === undefined) pair.lost = pair.down.uid;
      ctx.store.removeDown(pair);
      ctx.parked.drop(slotOf(ctx.typeName, 'downstream', pair.key));
      target.wake(pair.key);
    },
  };
}

function common(target: WakeTarget, side: Side, scope: Scope): Omit<ReflectorSink, 'page' | 'event'> {
  const { ctx } = target;
  let startedAt = 0;
  return {
    listStarted: () => {
      if (startedAt > 0) target.relisted(side);
      startedAt = ctx.store.listStarted();
    },
    listed: () => {
      for (const pair of ctx.store.listed(side, scope, startedAt)) {
        if (side === 'upstream') ctx.store.removeUp(pair, false);
        else ctx.store.removeDown(pair);
        target.wake(pair.key);
      }
      if (ctx.store.isComplete(side)) target.completed(side);
    },
    failed: (error) => {
      ctx.recorder.watchRestarted(side, ctx.gvk, convertKubernetesError(error, 'syncer', 'watch').type);
      target.failed(side, error);
    },
    recovered: () => {
      target.recovered(side);
    },
    timeTravel: () => {
      target.timeTravel(side);
    },
  };
}

/** The upstream key of a downstream object, if the object is ours: by its marks, or because we know its uid. */
function copyKey(ctx: TypeContext, object: KubeObject): Key | undefined {
  const { namespace, name } = splitKey(keyOf(object));
  const upstreamNamespace = ctx.mapping.toUpstream(namespace);
  if (upstreamNamespace === undefined) return undefined;
  const key = flat(`${upstreamNamespace}/${name}`);
  if (isCopyOf(object, key, ctx.facts)) return key;
  const pair = ctx.store.get(key);
  const { uid } = object.metadata;
  return uid !== undefined && (pair?.down?.uid === uid || pair?.wrote?.downUid === uid) ? key : undefined;
}

/** Whether nothing is left to do; what is parked for the pair is then of no use. */
function isSettled({ ctx }: WakeTarget, side: Side, pair: Pair): boolean {
  if (!inStep(pair, ctx.rules)) return false;
  ctx.parked.drop(slotOf(ctx.typeName, side, pair.key));
  noteInStep(pair);
  return true;
}

function park(target: WakeTarget, side: Side, payload: { pair: Pair; object: KubeObject; bytes: number }): void {
  const { ctx } = target;
  const rv = (side === 'upstream' ? payload.pair.up?.rv : payload.pair.down?.rv) ?? '';
  const { pair, object, bytes } = payload;
  ctx.parked.park(slotOf(ctx.typeName, side, pair.key), { side, rv, bytes, object });
}
