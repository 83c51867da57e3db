import { SyncTargetApi } from '../synctarget/synctarget-api.js';
import type { Syncer, SyncerDeps } from './syncer.js';
import type { AskedDecision } from '../object/decisions.js';
import { TargetDecisions } from './target-decisions.js';
import { anyOf, sharedAbort } from '../base/abort.js';
import { Bell } from '../base/bell.js';
import { sleep } from '../base/clock.js';
import { leaseMark, processMark } from '../base/process-mark.js';
import { asUpstream, type Side } from '../base/sides.js';
import type { KubeClient } from '../kube/client.js';
import { reasons } from '../object/reasons.js';
import { RollingCount } from '../observe/rolling-count.js';
import type { SyncerSnapshot } from '../observe/snapshot.js';
import { createMapping } from '../sync/namespace/mapping.js';
import { register, type Registration } from '../synctarget/registration.js';
import { createReporter, type Reporter } from '../synctarget/reporter.js';
import { StartError } from '../synctarget/start-error.js';
import { createClients, type SyncerClients, type SyncerConnections } from './clients.js';
import { connectedCluster, identifyCluster, type ClusterIdentity } from './cluster-identity.js';
import type { SyncerOptions } from './options.js';
import { releaseGoingWorkspace } from './going-workspace.js';
import { untilWorkspaceGone } from './gone-workspace.js';
import { assertKnownMapping } from './known-mapping.js';
import { EventWriter } from '../sync/events/event-writer.js';
import { TargetEvents } from './target-events.js';
import { RunningSyncer } from './running-syncer.js';
import { snapshotOf } from './snapshot.js';
import { identityOf } from './syncer-identity.js';

/** Puts one syncer together: the only place where all rooms meet. */
export function createSyncer(options: SyncerOptions, deps: SyncerDeps): Syncer {
  return new ComposedSyncer(options, deps);
}

const DECISION_TIMEOUT_MS = 10_000;

class ComposedSyncer implements Syncer {
  readonly done: Promise<void>;
  private fail: (error: Error) => void = () => undefined;
  private readonly ending = sharedAbort();
  /** Ends the syncing before the syncer ends. */
  private readonly working = sharedAbort();
  private readonly counts: RollingCount;
  private clients: SyncerClients | undefined;
  private access: SyncerConnections['access'] | undefined;
  private running: RunningSyncer | undefined;
  private reporter: Reporter | undefined;
  private cluster: ClusterIdentity | undefined;
  private tasks: Promise<unknown>[] = [];

  constructor(
    private readonly options: SyncerOptions,
    private readonly deps: SyncerDeps,
  ) {
    this.counts = new RollingCount(deps.clock);
    this.done = new Promise((_, reject) => {
      this.fail = reject;
    });
    // Who waits for it is told; nobody has to.
    this.done.catch(() => undefined);
  }

  async start(): Promise<void> {
    const { options, deps } = this;
    const { signal } = this.ending;
    const { clients, access } = createClients(options, deps);
    this.clients = clients;
    this.access = access;
    const registration = await this.register(clients.upstream);
    const found = await identifyCluster(clients.downstream, signal);
    this.cluster = connectedCluster(found, registration.syncTarget);
    const mapping = createMapping(options.sync.namespaceMapping);
    const { owner } = identityOf(registration, options.syncTarget.name);
    await assertKnownMapping({ downstream: clients.downstream, owner, mapping, signal });
    const upstream = asUpstream<KubeClient>(clients.upstream.at(`/clusters/${registration.logicalCluster}`));
    const events = new EventWriter({ ...deps, client: upstream });
    const targetEvents = new TargetEvents(events, registration.syncTarget);
    this.running = new RunningSyncer({
      options,
      clients: { ...clients, upstream },
      registration,
      mapping,
      cluster: this.cluster,
      foundCluster: found.uid,
      expiresMs: (side) => access[side].expiresMs(),
      counts: this.counts,
      ...deps,
      events,
      onChange: () => this.reporter?.poke(),
      signal: anyOf(signal, this.working.signal),
    });
    this.reporter = this.createReporter(upstream, registration, targetEvents);
    targetEvents.started(options.workspaceCluster);
    this.tasks = [
      this.running.run(),
      this.reporter.run(signal),
      this.resync(signal),
      events.run(signal),
      this.endWithWorkspace(clients, registration.workspacePath),
    ];
    for (const task of this.tasks) task.catch(this.failUnlessOver);
  }

  async stop(deadlineMs: number): Promise<void> {
    await this.reporter?.stopOrderly();
    this.ending.abort();
    const drained = Promise.allSettled(this.tasks);
    await Promise.race([drained, sleep(this.deps.clock, deadlineMs)]);
    await Promise.all([this.clients?.upstream.close(), this.clients?.downstream.close()]);
  }

  snapshot(): SyncerSnapshot {
    return snapshotOf({
      options: this.options,
      running: this.running,
      cluster: this.cluster,
      counts: this.counts,
      heartbeat: this.reporter?.state(),
      nowMs: this.deps.clock.now(),
      monotonicMs: this.deps.clock.monotonic(),
    });
  }

  /** Work that was told to end says so too; that is no failure. */
  private readonly failUnlessOver = (error: Error): void => {
    if (!this.working.signal.aborted) this.fail(error);
  };

  async useKubeconfig(side: Side, kubeconfig: string): Promise<void> {
    await this.access?.[side].replace(kubeconfig);
    this.running?.connectivity.look(side);
  }

  decide(asked: readonly AskedDecision[]): readonly AskedDecision[] {
    return this.running?.decisions.judge(asked) ?? [];
  }

  private async register(client: KubeClient): Promise<Registration> {
    const { options, deps, ending } = this;
    const { lease } = options;
    try {
      return await register(client, {
        syncTarget: options.syncTarget,
        workspace: options.workspaceCluster,
        syncerInstance: lease === undefined ? processMark() : leaseMark(lease),
        ...(lease !== undefined && { lease }),
        heartbeatPeriodMs: options.heartbeatPeriodMs,
        clock: deps.clock,
        signal: ending.signal,
        onWaiting: (message) => {
          deps.logger.log(1, message);
        },
      });
    } catch (error) {
      throw await this.lastError(error, client);
    }
  }

  /** Without its SyncTarget the syncer ends; a workspace that is being deleted is let go first (S27, S31). */
  private async lastError(error: unknown, upstream: KubeClient): Promise<Error> {
    if (!(error instanceof StartError)) throw error;
    const { signal } = this.ending;
    const syncTarget = this.options.syncTarget.name;
    if (!(await releaseGoingWorkspace({ upstream, syncTarget, ...this.deps, signal }))) return error;
    return new StartError(
      `workspace ${this.options.workspaceCluster} is being deleted; objects in the cluster stay as they are (${error.message})`,
      { reason: reasons.WorkspaceGone, cause: error },
    );
  }

  /** A workspace that is gone does not come back: one of its name is another. */
  private async endWithWorkspace({ upstream }: SyncerClients, path: string): Promise<void> {
    const isAway = (): boolean => this.running?.connectivity.state('upstream').connected === false;
    await untilWorkspaceGone({ upstream, path, isAway, clock: this.deps.clock, signal: this.ending.signal });
    throw new StartError(`${reasons.WorkspaceGone}: workspace ${path} was deleted; its objects in the cluster stay`, {
      reason: reasons.WorkspaceGone,
    });
  }

  private createReporter(client: KubeClient, registration: Registration, events: TargetEvents): Reporter {
    const { clock, logger } = this.deps;
    const { name } = this.options.syncTarget;
    const api = new SyncTargetApi({ client, clock, name, timeoutMs: DECISION_TIMEOUT_MS });
    const decide = this.decide.bind(this);
    const decisions = new TargetDecisions({ api, decide, logger, signal: this.ending.signal });
    return createReporter({
      ...this.deps,
      client,
      registration,
      snapshot: () => this.snapshot(),
      periodMs: this.options.heartbeatPeriodMs,
      callbacks: {
        onSyncTarget: (syncTarget) => {
          if (this.running) this.running.syncTarget = syncTarget;
          events.observe(syncTarget.status?.conditions ?? []);
          void decisions.observe(syncTarget);
        },
        onReported: () => {
          this.deps.onReport?.();
        },
        onHeartbeatFailed: (message) => {
          events.heartbeatFailed(message);
        },
        onSyncTargetMissing: (message) => {
          // Types that go on would put back the finalizers that are taken off now.
          this.working.abort();
          void this.lastError(new StartError(message, { reason: reasons.SyncTargetMissing }), client).then(
            this.fail,
            this.fail,
          );
        },
        onTimeTravel: ({ stored, known }) => {
          this.running?.incident(
            `kcp is older than it was: the SyncTarget has ${String(stored)} heartbeats where ${String(known)} were written; it seems to be restored from a backup`,
          );
        },
      },
    });
  }

  private async resync(signal: AbortSignal): Promise<void> {
    const bell = new Bell(this.deps.clock);
    for (;;) {
      await bell.wait(this.options.resyncPeriodMs, signal);
      if (signal.aborted) return;
      this.running?.resync();
    }
  }
}
