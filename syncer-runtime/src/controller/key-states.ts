import { backoffMs, defaultBackoff } from '../base/backoff.js';
import type { Clock } from '../base/clock.js';
import type { Key } from '../object/key.js';
import type { Failure } from '../sync/decide/failure.js';

/** After so many failures in a row an object counts as failed. */
const FAILED_AFTER = 5;
/** What only a change of the object can mend is tried again all the same, this seldom. */
const FINAL_RETRY_MS = 5 * 60_000;
const SLOW = { firstMs: 5_000, factor: 2, maxMs: 30_000 };
/** A lost race is looked at again at once, or nearly so. */
const RACE = { firstMs: 20, factor: 3, maxMs: 5_000 };

/** Why a key is not in step, and when it is tried again. */
export interface KeyState {
  readonly reason: string;
  readonly message: string;
  /** Wall clock, ms. */
  readonly sinceMs: number;
  readonly nextRetryMs: number;
  /** The same on the monotonic clock. */
  readonly dueAt: number;
  readonly failures: number;
  /** What the pair was like when it failed: a try before its time makes sense only when it is not like that any more. */
  readonly signature: string;
  readonly failed: boolean;
  /** The reason that an Event told last. */
  readonly told?: string;
}

/** The keys of one type that are not in step, with the reason for each. Those in step are not in here. */
export class KeyStates {
  private readonly states = new Map<Key, KeyState>();

  constructor(
    private readonly clock: Clock,
    private readonly random: () => number = Math.random,
  ) {}

  get(key: Key): KeyState | undefined {
    return this.states.get(key);
  }

  entries(): IterableIterator<[Key, KeyState]> {
    return this.states.entries();
  }

  /** The key is in step, or gone. */
  clear(key: Key): void {
    this.states.delete(key);
  }

  /** The key waits for something that is nobody's failure. */
  wait(key: Key, why: { reason: string; message: string }, ms: number): void {
    this.states.set(key, { ...why, ...this.times(key, why.reason, ms), failures: 0, signature: '', failed: false });
  }

  /** The key's reconcile failed. Returns when to try again, in ms. */
  fail(key: Key, failure: Failure, signature: string): number {
    const failures = (this.states.get(key)?.failures ?? 0) + 1;
    const ms = Math.max(failure.retryAfterMs ?? 0, this.pause(failure, failures));
    this.states.set(key, {
      reason: failure.reason,
      message: failure.message,
      ...this.times(key, failure.reason, ms),
      failures,
      signature,
      failed: failure.kind === 'final' || failures >= FAILED_AFTER,
    });
    return ms;
  }

  /** Milliseconds that a pair of this signature has to wait before it is tried again; 0 when it may be now. */
  remainingMs(key: Key, signature: string): number {
    const state = this.states.get(key);
    if (!state || state.failures === 0 || state.signature !== signature) return 0;
    return Math.max(0, state.dueAt - this.clock.monotonic());
  }

  /** An Event tells the key's reason. */
  markTold(key: Key): void {
    const state = this.states.get(key);
    if (state) this.states.set(key, { ...state, told: state.reason });
  }

  /** The keys that failed for this reason may be tried now: what they waited for has come. */
  *expire(reason: string): Generator<Key> {
    for (const [key, state] of this.states) {
      if (state.reason !== reason) continue;
      this.states.set(key, { ...state, dueAt: 0 });
      yield key;
    }
  }

  private pause(failure: Failure, failures: number): number {
    switch (failure.kind) {
      case 'final':
        return failure.retryAfterMs === undefined
          ? FINAL_RETRY_MS
          : Math.min(FINAL_RETRY_MS, failure.retryAfterMs * 2 ** Math.min(failures - 1, 10));
      case 'slow':
        return backoffMs(failures, SLOW, this.random);
      case 'race':
        return backoffMs(failures, RACE, this.random);
      case 'retry':
        return backoffMs(failures, defaultBackoff, this.random);
    }
  }

  private times(key: Key, reason: string, ms: number): Pick<KeyState, 'sinceMs' | 'nextRetryMs' | 'dueAt' | 'told'> {
    const before = this.states.get(key);
    const now = this.clock.now();
    return {
      sinceMs: before?.reason === reason ? before.sinceMs : now,
      nextRetryMs: now + ms,
      dueAt: this.clock.monotonic() + ms,
      ...(before?.told !== undefined && { told: before.told }),
    };
  }
}
