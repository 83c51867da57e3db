import type { Cancel, Clock } from '../base/clock.js';
import type { Key } from '../object/key.js';
import type { Recorder } from '../observe/recorder.js';
import { FairLane } from './fair-lane.js';

export interface WorkQueueOptions {
  readonly clock: Clock;
  readonly workers: number;
  readonly recorder?: Pick<Recorder, 'queued' | 'waited'>;
}

/** Every so many takings, a retry comes before what is fresh. */
const RETRY_TURN = 4;

export type Lane = 'fresh' | 'retry';

/**
 * The keyed work queue of one type. In: keys that may be out of step. Out: one key at a time to each worker.
 *
 * - A key waits once however often it is added, and is never with two workers: one added while in work waits until the
 *   worker is done with it.
 * - What fails waits in a lane of its own. Retries never take the last free worker, so failing objects cannot hold up
 *   the others (S39).
 */
export class WorkQueue {
  private readonly lanes: Record<Lane, FairLane> = { fresh: new FairLane(), retry: new FairLane() };
  private readonly inWork = new Set<Key>();
  private readonly dirty = new Map<Key, Lane>();
  private readonly timers = new Map<Key, Cancel>();
  private readonly idle: ((key: Key) => void)[] = [];
  /** Since when each key waits, monotonic ms. */
  private readonly since = new Map<Key, number>();
  private readonly retrying = new Set<Key>();
  private turn = 1;

  private readonly clock: Clock;
  private readonly workers: number;

  constructor(private readonly options: WorkQueueOptions) {
    this.clock = options.clock;
    this.workers = options.workers;
  }

  /** Keys that wait for a worker. Those that wait for a time are not counted. */
  get length(): number {
    return this.lanes.fresh.size + this.lanes.retry.size + this.dirty.size;
  }

  /** Whether the key waits, is in work or has a time set. */
  has(key: Key): boolean {
    return this.inWork.has(key) || this.timers.has(key) || this.lanes.fresh.has(key) || this.lanes.retry.has(key);
  }

  /** Asks for a look at the key now; a time that was set for it is void. */
  add(key: Key, lane: Lane = 'fresh'): void {
    this.cancelTimer(key);
    if (this.inWork.has(key)) {
      if (this.dirty.get(key) !== 'fresh') this.dirty.set(key, lane);
      return;
    }
    if (lane === 'fresh') this.lanes.retry.delete(key);
    else if (this.lanes.fresh.has(key)) return;
    if (!this.since.has(key)) this.since.set(key, this.clock.monotonic());
    this.options.recorder?.queued(lane === 'retry');
    this.lanes[lane].add(key);
    this.dispatch();
  }

  /** Asks for a look at the key in `ms` milliseconds, unless something adds it earlier. */
  addAfter(key: Key, ms: number, lane: Lane = 'retry'): void {
    this.cancelTimer(key);
    const cancel = this.clock.after(ms, () => {
      this.timers.delete(key);
      this.add(key, lane);
    });
    this.timers.set(key, cancel);
  }

  /**
   * Waits for the next key. The caller owns the key until it calls `done`.
   * @throws the signal's reason when aborted.
   */
  async next(signal: AbortSignal): Promise<Key> {
    signal.throwIfAborted();
    return await new Promise<Key>((resolve, reject) => {
      const onAbort = (): void => {
        this.idle.splice(this.idle.indexOf(take), 1);
        reject(signal.reason as Error);
      };
      const take = (key: Key): void => {
        signal.removeEventListener('abort', onAbort);
        resolve(key);
      };
      signal.addEventListener('abort', onAbort, { once: true });
      this.idle.push(take);
      this.dispatch();
    });
  }

  /** The worker is through with the key. If it was added meanwhile, it waits again. */
  done(key: Key): void {
    if (!this.inWork.delete(key)) return;
    this.retrying.delete(key);
    const lane = this.dirty.get(key);
    this.dirty.delete(key);
    if (lane) this.add(key, lane);
    else this.dispatch();
  }

  /** Forgets every key that waits or has a time set. */
  clear(): void {
    for (const cancel of this.timers.values()) cancel();
    this.timers.clear();
    this.dirty.clear();
    this.lanes.fresh.clear();
    this.lanes.retry.clear();
    this.since.clear();
  }

  private dispatch(): void {
    while (this.idle.length > 0) {
      const lane = this.nextLane();
      if (!lane) return;
      const key = this.lanes[lane].take();
      const take = this.idle.shift();
      if (key === undefined || take === undefined) return;
      this.inWork.add(key);
      this.noteTaken(key);
      if (lane === 'retry') this.retrying.add(key);
      take(key);
    }
  }

  private noteTaken(key: Key): void {
    const now = this.clock.monotonic();
    this.options.recorder?.waited((now - (this.since.get(key) ?? now)) / 1_000);
    this.since.delete(key);
  }

  private nextLane(): Lane | undefined {
    const mayRetry = this.workers === 1 || this.retrying.size < this.workers - 1;
    const hasRetry = this.lanes.retry.size > 0 && mayRetry;
    // However much is fresh, what waits for another try gets its share.
    const isRetryTurn = hasRetry && this.turn++ % RETRY_TURN === 0;
    if (this.lanes.fresh.size > 0 && !isRetryTurn) return 'fresh';
    return hasRetry ? 'retry' : undefined;
  }

  private cancelTimer(key: Key): void {
    this.timers.get(key)?.();
    this.timers.delete(key);
  }
}
