import type { TypeController } from '../controller/type-controller.js';
import { inStep, isFrozen, type Pair, type UpFacts } from '../informer/pair.js';
import { splitKey } from '../object/key.js';
import type { BlockedObject, HeldDeletions } from '../observe/snapshot.js';
import { reasons } from '../object/reasons.js';
import type { TypeContext } from '../sync/context.js';
import type { KeptNamespace } from '../sync/namespace/cleaner.js';
import { isInferred, isLeftOut } from '../sync/decide/inferred.js';
import type { DeletionCensus } from '../sync/evidence/guard.js';

const MAX_BLOCKED = 10;
const MAX_EXAMPLES = 5;
const MAX_CAUSES = 3;

/** A refused list is not awaited for longer; kcp refuses falsely for some seconds after its start. */
const REFUSED_PATIENCE_MS = 30_000;

/** Copies that we own over all types, and those whose removal nobody asked for one by one and which is not done (S26). */
export function deletionCensus(controllers: Iterable<TypeController>): DeletionCensus {
  const sum = { owned: 0, pending: 0, isCounting: false };
  for (const controller of controllers) {
    sum.isCounting ||= isCounting(controller);
    for (const pair of controller.ctx.store.values()) {
      // What is on its way out was counted when it was sent there.
      if (!pair.down || pair.goingSince !== undefined) continue;
      sum.owned++;
      if (isPending(controller, pair)) sum.pending++;
    }
  }
  return sum;
}

function isPending({ ctx }: TypeController, pair: Pair): boolean {
  if (!ctx.store.isComplete('upstream') || !ctx.isServedDownstream()) return false;
  return pair.down?.deleting === false && isGuess(pair);
}

/** Whether nobody knows yet which copies have lost their upstream object. */
export function isCounting({ sides, isListed, ctx, startedAt }: TypeController): boolean {
  if (isListed || !sides.upstream.running || !sides.downstream.running) return false;
  const isRefused = sides.upstream.trouble !== undefined || sides.downstream.trouble !== undefined;
  return !isRefused || ctx.clock.monotonic() - startedAt < REFUSED_PATIENCE_MS;
}

/** Whether the copy's removal is nobody's wish for this very object. */
function isGuess(pair: Pair): boolean {
  return pair.incident === undefined && (isInferred(pair) || isLeftOut(pair));
}

/** Whether both sides were listed, and nothing of ours is left on either. */
export function isDrained({ ctx, isListed }: TypeController): boolean {
  if (!isListed) return false;
  for (const { up, down, lost } of ctx.store.values()) if (down || up?.held || lost !== undefined) return false;
  return true;
}

/** Whether a copy of an object of this upstream namespace is known, or may be there unseen. */
export function mayHaveCopies(controllers: Iterable<TypeController>, upstreamNamespace: string): boolean {
  for (const { ctx } of controllers) {
    if (ctx.isServedDownstream() && !ctx.store.isComplete('downstream')) return true;
    for (const pair of ctx.store.values())
      if (pair.down && splitKey(pair.key).namespace === upstreamNamespace) return true;
  }
  return false;
}

/** When the oldest change was seen that is not on the other side yet, monotonic ms; undefined when all is carried. */
export function oldestUnsyncedAt(controllers: Iterable<TypeController>): number | undefined {
  let oldest = Infinity;
  for (const { ctx } of controllers)
    for (const { upSeenAt = Infinity, downSeenAt = Infinity } of ctx.store.values())
      oldest = Math.min(oldest, upSeenAt, downSeenAt);
  return oldest === Infinity ? undefined : oldest;
}

export interface TypeCounts {
  readonly synced: number;
  readonly pending: number;
  readonly failed: number;
  readonly held: number;
}

/** How many objects of the type are in step, on their way, failed, or kept from deletion. */
export function countObjects(controller: TypeController): TypeCounts {
  const counts = { synced: 0, pending: 0, failed: 0, held: 0 };
  for (const pair of controller.ctx.store.values()) {
    const place = placeOf(controller, pair);
    if (place !== undefined) counts[place]++;
  }
  return counts;
}

/** undefined: the pair is none of ours to count. */
function placeOf({ ctx, states }: TypeController, pair: Pair): keyof TypeCounts | undefined {
  if (causeOfHolding(pair) !== undefined) return 'held';
  if (pair.up && isUntouched(pair.up, pair)) return undefined;
  if (isSynced(pair, ctx)) return 'synced';
  return states.get(pair.key)?.failed === true ? 'failed' : 'pending';
}

/** Whether the object is not selected, and nothing of ours is left of it. */
function isUntouched(up: UpFacts, { down }: Pair): boolean {
  return !up.selected && !down && !up.held;
}

/** Whether all is as it was asked for. An object that its user froze only is when it also would be if it were not. */
function isSynced(pair: Pair, { rules }: TypeContext): boolean {
  const { up } = pair;
  if (!up || !isFrozen(up)) return inStep(pair, rules);
  return inStep({ ...pair, up: { ...up, paused: false } }, rules);
}

/** Why the pair's copy is kept although its upstream object goes, is gone or not selected; undefined when it is not. */
function causeOfHolding({ up, down, incident, held, goingSince }: Pair): Pair['held'] {
  const isKept = up !== undefined && !up.deleting && (up.selected || isFrozen(up));
  // What is on its way out is not held.
  if (down === undefined || isKept || down.deleting || goingSince !== undefined) return undefined;
  return incident === undefined ? held : { reason: reasons.DeletionsHeld, why: incident };
}

/** uids of the copies that are held until somebody decides. */
export function heldUids(controllers: Iterable<TypeController>): string[] {
  const uids: string[] = [];
  for (const { ctx } of controllers)
    for (const pair of ctx.store.values())
      if (pair.down && causeOfHolding(pair)?.reason === reasons.DeletionsHeld) uids.push(pair.down.uid);
  return uids;
}

/** The deletions that are held, and why; undefined when none is. */
export function heldDeletions(controllers: Iterable<TypeController>): HeldDeletions | undefined {
  const causes = new Map<string, number>();
  const examples: string[] = [];
  let reason: string = reasons.EvidenceMissing;
  for (const { ctx } of controllers) {
    for (const pair of ctx.store.values()) {
      const cause = causeOfHolding(pair);
      if (cause === undefined) continue;
      causes.set(cause.why, (causes.get(cause.why) ?? 0) + 1);
      if (cause.reason === reasons.DeletionsHeld) reason = cause.reason;
      if (examples.length < MAX_EXAMPLES) examples.push(`${ctx.typeName} ${pair.key}`);
    }
  }
  if (causes.size === 0) return undefined;
  const ranked = [...causes].sort(([, a], [, b]) => b - a).slice(0, MAX_CAUSES);
  const count = [...causes.values()].reduce((sum, n) => sum + n, 0);
  return { reason, count, cause: ranked.map(([cause]) => cause).join('; '), examples };
}

/** The objects that have been out of step longest, oldest first. */
export function blockedObjects(controllers: Iterable<TypeController>, kept: readonly KeptNamespace[]): BlockedObject[] {
  const blocked = kept.map(keptNamespace);
  for (const { ctx, states } of controllers) {
    for (const [key, state] of states.entries()) {
      blocked.push({
        group: ctx.type.group,
        resource: ctx.type.resource,
        ...splitKey(key),
        reason: state.reason,
        message: state.message,
        sinceMs: state.sinceMs,
        nextRetryMs: state.nextRetryMs,
      });
    }
  }
  return blocked.sort((a, b) => a.sinceMs - b.sinceMs).slice(0, MAX_BLOCKED);
}

function keptNamespace({ name, message, sinceMs }: KeptNamespace): BlockedObject {
  return { group: '', resource: 'namespaces', namespace: '', name, reason: reasons.NamespaceKept, message, sinceMs };
}
