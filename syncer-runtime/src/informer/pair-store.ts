import type { Side } from '../base/sides.js';
import type { Key } from '../object/key.js';
import { answer, hasAged, judge, noteEnd, type News } from './echo.js';
import { newPair, type DownFacts, type Echo, type Pair, type UpFacts } from './pair.js';

/** '' is the whole cluster, otherwise a namespace: a side is listed as one scope, or as one for each namespace. */
export type Scope = string;

/** The pair that an event or a list item is about, and what it told. */
export interface Observed {
  readonly pair: Pair;
  readonly news: News;
}

/**
 * The pairs of one type. Facts only, never objects. Nothing here waits or asks: reflectors write what they see, the
 * reconcile what its writes answered.
 *
 * A side's absence counts only when that side is complete: every scope of it was listed to the end once.
 */
export class PairStore {
  private readonly pairs = new Map<Key, Pair>();
  private readonly unlisted: Record<Side, Set<Scope>> = { upstream: new Set(), downstream: new Set() };
  private readonly scoped: Record<Side, boolean> = { upstream: false, downstream: false };
  private seq = 0;

  get size(): number {
    return this.pairs.size;
  }

  get(key: Key): Pair | undefined {
    return this.pairs.get(key);
  }

  values(): IterableIterator<Pair> {
    return this.pairs.values();
  }

  /** Says which scopes make up a side. New ones make it incomplete until they are listed. */
  setScopes(side: Side, scopes: readonly Scope[]): void {
    this.scoped[side] = true;
    for (const scope of scopes) this.unlisted[side].add(scope);
  }

  /** Everything of a side is to be listed anew before its absence counts again. */
  invalidate(side: Side): void {
    this.scoped[side] = false;
    this.unlisted[side].clear();
  }

  isComplete(side: Side): boolean {
    return this.scoped[side] && this.unlisted[side].size === 0;
  }

  /** Notes that a list begins; what was learnt after this moment is not contradicted by it. */
  listStarted(): number {
    return ++this.seq;
  }

  /** Ends a list: returns the pairs of the scope whose side it did not show, and completes the scope. */
  listed(side: Side, scope: Scope, startedAt: number): Pair[] {
    this.unlisted[side].delete(scope);
    const prefix = scope === '' ? '' : `${scope}/`;
    const missing: Pair[] = [];
    for (const pair of this.pairs.values()) {
      const present = side === 'upstream' ? pair.up : pair.down;
      const seq = side === 'upstream' ? pair.upSeq : pair.downSeq;
      if (present && seq < startedAt && pair.key.startsWith(prefix)) missing.push(pair);
    }
    return missing;
  }

  /** Stores what a reflector saw of the upstream object, in a watch or in a list. */
  observeUp(key: Key, facts: UpFacts, from: 'watch' | 'list'): Observed {
    const pair = this.ensure(key);
    const news = judge(pair.upEcho, facts.rv, from);
    if (news === 'stale') return { pair, news };
    // What was held because the object was absent is not held any more, also when the object is on its way out.
    const wasAbsent = pair.up === undefined;
    pair.up = facts;
    pair.upSeq = ++this.seq;
    if (!facts.deleting || wasAbsent) {
      pair.incident = undefined;
      pair.held = undefined;
    }
    pair.inferred = undefined;
    return { pair, news };
  }

  /** Stores what a reflector saw of the downstream object, as `observeUp`. */
  observeDown(key: Key, facts: DownFacts, from: 'watch' | 'list'): Observed {
    const pair = this.ensure(key);
    const news = judge(pair.downEcho, facts.rv, from);
    if (news === 'stale') return { pair, news };
    if (pair.down?.uid !== facts.uid) pair.goingSince = undefined;
    pair.lost = undefined;
    pair.down = facts;
    pair.downSeq = ++this.seq;
    if (!facts.deleting) pair.goingSince = undefined;
    return { pair, news };
  }

  /** A write to this side of the pair, or a look at it, is on its way: versions that come meanwhile are noted. */
  beginWrite(pair: Pair, side: Side): void {
    const known = side === 'upstream' ? pair.up?.rv : pair.down?.rv;
    echoOf(pair, side).write = { seen: known === undefined ? [] : [known], overtaken: false };
  }

  /** The write was answered with these facts. They count unless the watch is already further. */
  answeredUp(pair: Pair, facts: UpFacts): void {
    if (!answer(pair.upEcho, facts.rv)) return;
    pair.up = facts;
    pair.upSeq = ++this.seq;
  }

  /** As `answeredUp`, of the downstream object. */
  answeredDown(pair: Pair, facts: DownFacts): void {
    if (!answer(pair.downEcho, facts.rv)) return;
    pair.down = facts;
    pair.downSeq = ++this.seq;
  }

  /**
   * A look at the server was answered with these facts. They count unless the watch is already further; of an object
   * that no watch is known to follow, nothing is waited for.
   */
  foundUp(pair: Pair, facts: UpFacts): void {
    if (pair.up && pair.up.rv !== '') this.answeredUp(pair, facts);
    else if (answer(pair.upEcho, facts.rv)) this.observeUp(pair.key, facts, 'list');
  }

  /** As `foundUp`, of the downstream object: one that lost our label is not followed. */
  foundDown(pair: Pair, facts: DownFacts, isLabelled: boolean): void {
    if (isLabelled && pair.down && pair.down.rv !== '') this.answeredDown(pair, facts);
    else if (answer(pair.downEcho, facts.rv)) this.observeDown(pair.key, facts, 'list');
  }

  /** The key's pair, which stays in the store until its reconcile ends, whatever is seen meanwhile. */
  beginReconcile(key: Key): Pair | undefined {
    const pair = this.pairs.get(key);
    if (pair) pair.busy = true;
    return pair;
  }

  /** A reconcile of the pair is over: no write of ours is on its way any more. */
  endReconcile(pair: Pair): void {
    pair.busy = undefined;
    pair.upEcho.write = undefined;
    pair.downEcho.write = undefined;
    this.forgetEmpty(pair);
  }

  /**
   * Gives up waiting for versions that have not come since the last call: an object that left the watch's selection
   * brings no more. What came meanwhile was not believed, so the pair has to be looked at anew.
   */
  ageEchoes(): void {
    for (const pair of this.pairs.values()) {
      if (hasAged(pair.upEcho) && pair.up) pair.up = { ...pair.up, rv: '' };
      else if (hasAged(pair.downEcho) && pair.down) pair.down = { ...pair.down, rv: '' };
      else continue;
      if (pair.wrote) pair.wrote = { ...pair.wrote, content: '', statusIn: '' };
    }
  }

  /** The upstream object is gone; `seen` when it went before our eyes, in a watch. */
  removeUp(pair: Pair, seen: boolean): void {
    // What an incident takes away was not deleted by anybody: its successor takes the copy over (S16).
    if (seen && pair.up && pair.incident === undefined) pair.gone = pair.up.uid;
    if (!seen) pair.inferred = true;
    pair.up = undefined;
    noteEnd(pair.upEcho);
    pair.upSeq = ++this.seq;
    this.forgetEmpty(pair);
  }

  removeDown(pair: Pair): void {
    pair.down = undefined;
    pair.goingSince = undefined;
    noteEnd(pair.downEcho);
    pair.downSeq = ++this.seq;
    this.forgetEmpty(pair);
  }

  /** Holds all copies for an incident, which takes upstream objects away without anybody asking. Returns those going. */
  blame(cause: string): Pair[] {
    for (const pair of this.pairs.values()) {
      if (pair.down) pair.incident = cause;
      pair.gone = undefined;
    }
    return [...this.pairs.values()].filter((pair) => pair.up?.deleting);
  }

  /** Holds the copies whose upstream object this run never saw. */
  blameUnseen(cause: string): void {
    for (const pair of this.pairs.values()) if (!pair.up && pair.upSeq === 0) pair.incident = cause;
  }

  /** No copy can exist any more: what left the watch has not only lost our label. */
  forgetLost(): void {
    for (const pair of this.pairs.values()) {
      pair.lost = undefined;
      this.forgetEmpty(pair);
    }
  }

  /** Why copies are held for an incident; '' when none is. */
  heldFor(): string {
    for (const pair of this.pairs.values()) if (pair.incident !== undefined) return pair.incident;
    return '';
  }

  /** Drops a pair of which neither side exists. */
  private forgetEmpty(pair: Pair): void {
    if (!pair.up && !pair.down && pair.busy !== true && pair.lost === undefined) this.pairs.delete(pair.key);
  }

  private ensure(key: Key): Pair {
    let pair = this.pairs.get(key);
    if (!pair) this.pairs.set(key, (pair = newPair(key)));
    return pair;
  }
}

function echoOf(pair: Pair, side: Side): Echo {
  return side === 'upstream' ? pair.upEcho : pair.downEcho;
}
