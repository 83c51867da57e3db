import type { SyncTarget, SyncTargetStatus } from '@kcp-syncer/crds/generated/synctarget.js';
import { backoffMs } from '../base/backoff.js';
import type { Cancel, Clock } from '../base/clock.js';
import { ApiError } from '../kube/api-error.js';
import type { KubeClient } from '../kube/client.js';
import { deadline } from '../kube/deadline.js';
import type { Logger } from '../observe/logger.js';
import type { Recorder } from '../observe/recorder.js';
import type { HeartbeatState, SyncerSnapshot } from '../observe/snapshot.js';
import { convertKubernetesError } from '../tmc/convert.js';
import { Bell } from '../base/bell.js';
import type { ConditionsInput } from './conditions.js';
import { newsDueMs, toldBy, type Told } from './news.js';
import type { Registration } from './registration.js';
import { statusOf } from './status.js';
import { StatusWriter, SyncTargetGone } from './status-writer.js';
import { SyncTargetApi } from './synctarget-api.js';

const MAX_REQUEST_MS = 10_000;
const LAST_REPORT_MS = 2_000;
/** How long changes of conditions are gathered before they are reported out of turn. */
const GATHER_MS = 500;

export interface ReporterOptions {
  /** At the logical cluster by name. */
  readonly client: KubeClient;
  readonly registration: Registration;
  readonly snapshot: () => SyncerSnapshot;
  readonly recorder: Recorder;
  readonly logger: Logger;
  readonly clock: Clock;
  readonly periodMs: number;
  readonly callbacks: ReporterCallbacks;
}

export interface ReporterCallbacks {
  /** The SyncTarget as the server has it, after each report: spec, generation and annotations may be new. */
  readonly onSyncTarget: (syncTarget: SyncTarget) => void;
  /** A report was sent, or could not be. */
  readonly onReported: () => void;
  /** A heartbeat failed after one that did not. */
  readonly onHeartbeatFailed: (message: string) => void;
  /** The SyncTarget is gone, another has its name (S31), or another syncer holds it (S20). Nothing is reported any more. The message is a sentence. */
  readonly onSyncTargetMissing: (message: string) => void;
  /** The server holds fewer heartbeats than it had received: it was set back to an earlier state (S26). */
  readonly onTimeTravel: (counts: { readonly stored: number; readonly known: number }) => void;
}

/** Reports on the SyncTarget: one write each period, and one soon after a condition changed. */
export interface Reporter {
  /** Reports until `signal` is aborted or the SyncTarget is gone, and then resolves. Failures are retried, never thrown. */
  run(signal: AbortSignal): Promise<void>;
  /** A condition may have changed. Cheap; may be called at any time and often. */
  poke(): void;
  /** Ends `run` and reports that the syncer stopped. Takes at most two seconds; never throws. */
  stopOrderly(): Promise<void>;
  state(): HeartbeatState;
}

export function createReporter(options: ReporterOptions): Reporter {
  return new HeartbeatReporter(options);
}

class HeartbeatReporter implements Reporter {
  private readonly writer: StatusWriter;
  private readonly bell: Bell;
  private readonly ending = new AbortController();
  private running: Promise<void> = Promise.resolve();
  private gathering: Cancel | undefined;
  /** As sent, not as stored: an older type may drop some, and that must not look like a change for ever. */
  private told: Told = { conditions: [], heldId: '', identities: '', counts: '', atMs: 0 };
  private lastHeartbeatMs: number | undefined;
  private failuresInRow = 0;
  private errors: number;
  private gone = false;

  constructor(private readonly options: ReporterOptions) {
    const { client, clock, registration, periodMs, callbacks } = options;
    const { syncTarget } = registration;
    const timeoutMs = Math.min(MAX_REQUEST_MS, periodMs);
    const api = new SyncTargetApi({ client, clock, name: syncTarget.metadata.name, timeoutMs });
    this.writer = new StatusWriter({ api, syncTarget, claimant: registration, onTimeTravel: callbacks.onTimeTravel });
    this.errors = syncTarget.status?.heartbeat?.errors ?? 0;
    this.bell = new Bell(clock);
  }

  async run(signal: AbortSignal): Promise<void> {
    const end = (): void => {
      this.ending.abort(signal.reason);
    };
    if (signal.aborted) end();
    signal.addEventListener('abort', end, { once: true });
    this.running = this.loop(this.ending.signal);
    await this.running;
    signal.removeEventListener('abort', end);
    this.gathering?.();
  }

  poke(): void {
    // While the server cannot be told, the next try tells it all.
    if (this.gathering || this.failuresInRow > 0 || this.ending.signal.aborted) return;
    this.listenIn(GATHER_MS);
  }

  private listenIn(ms: number): void {
    this.gathering = this.options.clock.after(ms, () => {
      this.gathering = undefined;
      const dueMs = newsDueMs(this.input({ stopped: false }), this.told);
      if (dueMs === 0) this.bell.ring();
      else if (dueMs !== undefined) this.listenIn(dueMs);
    });
  }

  async stopOrderly(): Promise<void> {
    const { clock, logger } = this.options;
    const late = (): Error => new Error('there was no time left');
    const time = deadline(clock, { ms: LAST_REPORT_MS, signal: undefined, late });
    this.ending.abort(new Error('the syncer stops'));
    try {
      await this.running;
      if (!this.gone) await this.writer.write(() => this.status({ stopped: true }), time.signal);
    } catch (error) {
      logger.error('the last report could not be sent', error);
    } finally {
      time.clear();
    }
  }

  state(): HeartbeatState {
    return { lastHeartbeatMs: this.lastHeartbeatMs, count: this.writer.count, errors: this.errors };
  }

  private async loop(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      const waitMs = await this.beat(signal);
      this.options.callbacks.onReported();
      if (waitMs === undefined) return;
      await this.bell.wait(waitMs, signal);
    }
  }

  /** One report. Returns after how many milliseconds the next is due, undefined when there is none to come. */
  private async beat(signal: AbortSignal): Promise<number | undefined> {
    try {
      await this.writer.write(() => this.status({ stopped: false }), signal);
    } catch (error) {
      return signal.aborted ? undefined : this.failed(error);
    }
    return this.succeeded();
  }

  private succeeded(): number {
    const { clock, recorder, logger, callbacks, periodMs } = this.options;
    if (this.failuresInRow > 0) logger.log(1, 'heartbeats are received again', { failures: this.failuresInRow });
    this.failuresInRow = 0;
    this.lastHeartbeatMs = clock.now();
    recorder.heartbeat(true);
    logger.log(3, 'heartbeat sent', { count: this.writer.count });
    callbacks.onSyncTarget(this.writer.syncTarget);
    this.poke();
    // Many syncers that were started together shall not report together.
    return periodMs * (0.95 + 0.05 * Math.random());
  }

  private failed(error: unknown): number | undefined {
    const { recorder, logger, callbacks, periodMs } = this.options;
    if (error instanceof SyncTargetGone) {
      this.gone = true;
      callbacks.onSyncTargetMissing(error.message);
      return undefined;
    }
    this.failuresInRow++;
    this.errors++;
    recorder.heartbeat(false);
    if (this.failuresInRow === 1)
      callbacks.onHeartbeatFailed(convertKubernetesError(error, 'syncer', 'heartbeat').message);
    logger.error('the heartbeat could not be sent', error, { failures: this.failuresInRow });
    const asked = error instanceof ApiError ? (error.retryAfterMs ?? 0) : 0;
    return Math.min(periodMs, Math.max(asked, backoffMs(this.failuresInRow)));
  }

  private status(how: { readonly stopped: boolean }): SyncTargetStatus {
    const input = this.input(how);
    const status = statusOf({
      ...input,
      claimant: this.options.registration,
      heartbeat: { count: this.writer.count + 1, errors: this.errors },
      previous: this.writer.syncTarget.status ?? {},
    });
    this.told = toldBy(input.snapshot, status.conditions ?? [], input.nowMs);
    return status;
  }

  private input({ stopped }: { readonly stopped: boolean }): Omit<ConditionsInput, 'previous'> {
    const { snapshot, clock, periodMs } = this.options;
    return {
      snapshot: snapshot(),
      stopped,
      heartbeatPeriodMs: periodMs,
      generation: this.writer.syncTarget.metadata.generation ?? 0,
      nowMs: clock.now(),
    };
  }
}
