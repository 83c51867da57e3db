import { isDeepStrictEqual } from 'node:util';
import { readSyncerDeployment } from '@kcp-syncer/crds/syncer-deployment.js';
import { anyOf } from '@kcp-syncer/syncer-runtime/base/abort.js';
import { backoffMs } from '@kcp-syncer/syncer-runtime/base/backoff.js';
import { Bell } from '@kcp-syncer/syncer-runtime/base/bell.js';
import type { Syncer, SyncerDeps } from '@kcp-syncer/syncer-runtime/engine/syncer.js';
import type { DeletionPolicy } from '@kcp-syncer/syncer-runtime/engine/let-go.js';
import { reasons } from '@kcp-syncer/syncer-runtime/object/reasons.js';
import type { Logger, Verbosity } from '@kcp-syncer/syncer-runtime/observe/logger.js';
import { SyncerMetrics } from '@kcp-syncer/syncer-runtime/observe/metrics.js';
import { TokenRotation } from '../credentials/token-rotation.js';
import { Kubeconfigs } from './kubeconfigs.js';
import { heartbeatPeriodMs, ofSyncer, optionsOf, verbosityOf } from './options.js';
import { prepare, type Prepared } from './prepare.js';
import { attend } from './attend.js';
import { endConnection } from './end-connection.js';
import type { RunnerDeps } from './runner-deps.js';
import { failedBy, type RunnerState } from './runner-state.js';
import { SilentTarget } from './silent-target.js';
import { StartFailure } from './start-failure.js';
import { statusOfDeployment } from './status.js';
import { StatusLoop } from './status-loop.js';
import { untilAborted } from './until-aborted.js';
import { nameOf, renewCommandOf, type Spec, type Status, type SyncerDeployment } from './syncer-deployment.js';

interface Leaving {
  readonly policy: DeletionPolicy;
  isOver: boolean;
}

/** A syncer gets so long to finish what it is at; who waits for our Lease waits as long. */
const STOP_MS = 2_000;
/** One that ran so long has started well: its next failure is a first one. */
const SETTLED_MS = 60_000;

/** Runs the syncer of one SyncerDeployment: starts it, starts it again when it failed or its spec changed, and reports. */
export class SyncerRunner {
  private readonly bell: Bell;
  private readonly statusLoop: StatusLoop;
  private readonly kubeconfigs: Kubeconfigs;
  private readonly rotation: TokenRotation;
  private readonly silentTarget: SilentTarget;
  private state: RunnerState = { phase: 'Starting', message: 'The operator has just taken up this SyncerDeployment' };
  private ends: Prepared | undefined;
  private round = new AbortController();
  private readSpec: ReturnType<typeof readSyncerDeployment>;
  private leaving: Leaving | undefined;
  private metricsOfSyncer: SyncerMetrics | undefined;
  private madeLogger: { readonly verbosity: Verbosity; readonly logger: Logger } | undefined;
  /** As the syncer was given them last. */
  private protectedNamespaces: readonly string[] | undefined;

  constructor(
    private object: SyncerDeployment,
    private readonly deps: RunnerDeps,
  ) {
    this.bell = new Bell(deps.clock);
    this.readSpec = readSyncerDeployment(object);
    this.kubeconfigs = new Kubeconfigs({ ...deps, namespace: object.metadata.namespace });
    this.rotation = new TokenRotation(deps);
    this.silentTarget = new SilentTarget(deps);
    this.statusLoop = new StatusLoop({
      ...deps,
      logger: this.logger,
      object: () => this.object,
      status: (previous) => this.status(previous),
    });
  }

  /** The syncer while it runs, and what counts for it. */
  get running(): { readonly syncer: Syncer; readonly metrics: SyncerMetrics; readonly spec: Spec } | undefined {
    const { state, metricsOfSyncer: metrics } = this;
    const { spec } = this.readSpec;
    return state.phase === 'Running' && metrics && spec ? { syncer: state.syncer, metrics, spec } : undefined;
  }

  /** Takes the newest state of the SyncerDeployment. What it says of the syncer applies at once, and nothing else does. */
  update(object: SyncerDeployment): void {
    this.object = object;
    const before = this.readSpec;
    this.readSpec = readSyncerDeployment(object);
    if (!isDeepStrictEqual(ofSyncer(before), ofSyncer(this.readSpec))) this.restart('its spec has changed');
    this.statusLoop.poke();
  }

  /** A Secret of its namespace has changed. */
  secretChanged(name: string): void {
    const { spec } = this.readSpec;
    if (spec && this.kubeconfigs.areFrom(spec, name)) this.bell.ring();
  }

  /** Which namespaces are never written may have changed. */
  namespacesChanged(): void {
    const { protectedNamespaces: used } = this;
    if (used && used.join() !== this.deps.protectedNamespaces().join())
      this.restart('the namespaces that are never written have changed');
  }

  private restart(why: string): void {
    this.logger.log(1, 'the syncer starts anew', { why });
    this.round.abort(new Error(why));
    this.bell.ring();
  }

  /** The SyncerDeployment is being deleted: the syncer stops, and lets go of everything. May be called again. */
  leave(policy: DeletionPolicy): void {
    if (this.leaving?.policy === policy) return;
    this.leaving = { policy, isOver: false };
    this.restart('the SyncerDeployment is being deleted');
  }

  /** Whether nothing is left that needs the SyncerDeployment. */
  get hasLeft(): boolean {
    return this.leaving?.isOver === true;
  }

  /** Runs until `signal` is aborted; then the syncer has stopped. Never rejects. */
  async run(signal: AbortSignal): Promise<void> {
    const reporting = this.statusLoop.run(signal);
    const { clock } = this.deps;
    for (let failures = 0; !signal.aborted && !this.hasLeft;) {
      this.round = new AbortController();
      const begun = clock.monotonic();
      const { round } = this;
      const both = anyOf(signal, round.signal);
      await (this.leaving ? this.letGo(this.leaving, both) : this.oneRound(both)).catch(async (error: unknown) => {
        if (both.aborted) return;
        failures = clock.monotonic() - begun > SETTLED_MS ? 1 : failures + 1;
        this.failed(error, failures);
        await this.tellSilence(both);
      });
      const isRestarted = round.signal.aborted;
      // Nothing of a round stays behind on the signal that outlives it.
      round.abort(new Error('the round is over'));
      if (isRestarted || (await this.rest(failures, signal))) failures = 0;
    }
    if (!signal.aborted) this.deps.onLeft();
    await reporting;
  }

  /** Until it is time to try again; true when something has changed before. */
  private async rest(failures: number, signal: AbortSignal): Promise<boolean> {
    return !this.hasLeft && (await this.bell.wait(backoffMs(Math.max(failures, 1)), signal));
  }

  private get logger(): Logger {
    const { spec } = this.readSpec;
    const verbosity = spec ? verbosityOf(spec) : 2;
    if (this.madeLogger?.verbosity !== verbosity)
      this.madeLogger = { verbosity, logger: this.deps.loggerOf(verbosity, nameOf(this.object)) };
    return this.madeLogger.logger;
  }

  private failed(error: unknown, failures: number): void {
    this.become(failedBy(error));
    this.logger.error('the syncer does not run', error, { failures });
  }

  private async tellSilence(signal: AbortSignal): Promise<void> {
    const { logger, state } = this;
    const { spec } = this.readSpec;
    const kubeconfig = this.kubeconfigs.knownOfWorkspace;
    if (!spec || kubeconfig === undefined || this.leaving || state.phase !== 'Failed') return;
    const pins = this.object.status ?? {};
    await this.silentTarget.look({ spec, pins, kubeconfig, why: state.message, logger }, signal);
  }

  private become(state: RunnerState): void {
    this.state = state;
    this.statusLoop.poke();
  }

  /** Connects, runs the syncer, and stops it when the signal is aborted. @throws what ended it otherwise. */
  private async oneRound(signal: AbortSignal): Promise<void> {
    const spec = this.judged();
    const texts = await this.kubeconfigs.read(spec, signal);
    const logger = this.logger;
    const onStep = (message: string): void => {
      this.become({ phase: 'Starting', message: `The syncer is starting: ${message}` });
    };
    const input = { spec, pins: this.object.status ?? {}, ...texts };
    this.ends = await prepare(input, { ...this.deps, logger, onStep }, signal);
    // Who does not know what it was connected with could not let go of it: the pins come before the first object.
    await this.statusLoop.confirm(signal);
    this.metricsOfSyncer ??= new SyncerMetrics({ syncTarget: spec.syncTarget.name, workspace: spec.workspace });
    this.protectedNamespaces = this.deps.protectedNamespaces();
    const options = optionsOf(spec, {
      ...texts,
      syncTargetUid: this.ends.syncTargetUid,
      protectedNamespaces: this.protectedNamespaces,
      lease: `sd-${this.object.metadata.uid ?? ''}`,
      logFormat: this.deps.logFormat,
    });
    const { clock, gates, mayWrite } = this.deps;
    const onReport = this.statusLoop.poke.bind(this.statusLoop);
    const deps: SyncerDeps = { clock, gates, mayWrite, logger, recorder: this.metricsOfSyncer, onReport };
    const syncer = this.deps.createSyncer(options, deps);
    try {
      await untilAborted(syncer.start(), signal);
      this.become({ phase: 'Running', syncer });
      logger.log(1, 'the syncer has started');
      const { bell, kubeconfigs, rotation } = this;
      const object = (): SyncerDeployment => this.object;
      await attend({ ...this.deps, syncer, spec, bell, kubeconfigs, rotation, logger, object }, signal);
    } finally {
      await syncer.stop(STOP_MS);
    }
  }

  private async letGo(leaving: Leaving, signal: AbortSignal): Promise<void> {
    const pins = {
      workspaceCluster: this.ends?.workspaceCluster,
      clusterUID: this.ends?.clusterUid,
      ...this.object.status,
    };
    const onProgress = (message: string): void => {
      this.become({ phase: 'Leaving', message: `The connection is being ended: ${message}` });
    };
    const { policy } = leaving;
    const { kubeconfigs, deps } = this;
    await endConnection({ pins, policy, kubeconfigs, spec: () => this.judged() }, { ...deps, onProgress }, signal);
    this.logger.log(1, 'the connection has ended', { policy });
    leaving.isOver = true;
  }

  private judged(): Spec {
    const { spec, mistakes } = this.readSpec;
    if (spec) return spec;
    throw new StartFailure(reasons.InvalidSpec, mistakes.join('; '), true);
  }

  private status(previous: Status): Status {
    const { spec } = this.readSpec;
    return statusOfDeployment({
      state: this.state,
      generation: this.object.metadata.generation ?? 0,
      previous,
      ends: this.ends,
      syncTargetName: spec?.syncTarget.name ?? '',
      renewCommand: renewCommandOf(this.object, spec),
      holder: this.deps.holder,
      heartbeatPeriodMs: spec ? heartbeatPeriodMs(spec) : 30_000,
      nowMs: this.deps.clock.now(),
    });
  }
}
