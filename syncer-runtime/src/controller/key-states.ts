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
  readonly failures: number;
  readonly failed: boolean;
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
    this.states.set(key, { ...why, ...this.times(key, why.reason, ms), failures: 0, failed: false });
  }

  /** The key's reconcile failed. Returns when to try again, in ms. */
  fail(key: Key, failure: Failure): number {
    const failures = (this.states.get(key)?.failures ?? 0) + 1;
    const ms = Math.max(failure.retryAfterMs ?? 0, this.pause(failure, failures));
    this.states.set(key, {
      reason: failure.reason,
      message: failure.message,
      ...this.times(key, failure.reason, ms),
      failures,
      failed: failure.kind === 'final' || failures >= FAILED_AFTER,
    });
    return ms;
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

  private times(key: Key, reason: string, ms: number): { sinceMs: number; nextRetryMs: number } {
    const before = this.states.get(key);
    const now = this.clock.now();
    return { sinceMs: before?.reason === reason ? before.sinceMs : now, nextRetryMs: now + ms };
  }
}
