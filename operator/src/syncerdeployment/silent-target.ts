import type { SyncTarget } from '@kcp-syncer/crds/generated/synctarget.js';
import { toTimestamp, type Clock } from '@kcp-syncer/syncer-runtime/base/clock.js';
import { version } from '@kcp-syncer/syncer-runtime/base/version.js';
import { serverAccess } from '@kcp-syncer/syncer-runtime/kube/access.js';
import type { Gates } from '@kcp-syncer/syncer-runtime/kube/gates.js';
import { createKubeClient } from '@kcp-syncer/syncer-runtime/kube/http-client.js';
import { kcpServer } from '@kcp-syncer/syncer-runtime/kube/server-url.js';
import { reasons } from '@kcp-syncer/syncer-runtime/object/reasons.js';
import type { Logger } from '@kcp-syncer/syncer-runtime/observe/logger.js';
import { conditionOf, type Condition, type Verdict } from '@kcp-syncer/syncer-runtime/synctarget/conditions.js';
import { unchangedSince } from '@kcp-syncer/syncer-runtime/synctarget/holder.js';
import { SyncTargetApi } from '@kcp-syncer/syncer-runtime/synctarget/synctarget-api.js';
import { heartbeatPeriodMs } from './options.js';
import { SILENT_PERIODS } from './status.js';
import type { Spec, Status } from './syncer-deployment.js';

export interface SilentTargetDeps {
  readonly clock: Clock;
  readonly gates: Gates;
  readonly mayWrite: () => boolean;
}

export interface SilentTargetInput {
  readonly spec: Spec;
  /** What was learnt at first contact: without it nothing is written. */
  readonly pins: Pick<Status, 'workspaceCluster' | 'syncTargetUID'>;
  /** Of the workspace. */
  readonly kubeconfig: string;
  /** Why the syncer does not run, as a sentence. */
  readonly why: string;
  readonly logger: Logger;
}

const REQUEST_TIMEOUT_MS = 5_000;

/**
 * Says on the SyncTarget that the heartbeats of a syncer which does not run are missing, for it cannot say so itself.
 * Judged by the own clock: by how long the count of heartbeats was seen to stand still (S38).
 */
export class SilentTarget {
  private seen: { readonly count: number; readonly atMs: number } | undefined;
  private toldCount: number | undefined;

  constructor(private readonly deps: SilentTargetDeps) {}

  /** Looks once, and tells it if it is time, once for each silence. Never rejects: a workspace that does not answer is told nothing. */
  async look(input: SilentTargetInput, signal: AbortSignal): Promise<void> {
    try {
      await this.lookAt(input, signal);
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      if (!signal.aborted)
        input.logger.log(3, 'the SyncTarget could not be told that its syncer does not run', { why });
    }
  }

  private async lookAt(input: SilentTargetInput, signal: AbortSignal): Promise<void> {
    const { spec, pins, kubeconfig } = input;
    if (pins.workspaceCluster === undefined || pins.syncTargetUID === undefined) return;
    const { clock } = this.deps;
    const access = serverAccess(kubeconfig, { clock });
    const server = kcpServer(access.server, spec.workspace);
    const client = createKubeClient({ ...this.deps, side: 'upstream', access, server, version });
    const workspace = client.at(`/clusters/${pins.workspaceCluster}`);
    const api = new SyncTargetApi({
      client: workspace,
      clock,
      name: spec.syncTarget.name,
      timeoutMs: REQUEST_TIMEOUT_MS,
    });
    try {
      const found = await api.read(signal);
      if (found.metadata.uid !== pins.syncTargetUID || !this.isSilent(found, heartbeatPeriodMs(spec))) return;
      const value = this.conditionsOf(found, input.why);
      await api.patchStatus([...unchangedSince(found), { op: 'add', path: '/status/conditions', value }], signal);
      this.toldCount = countOf(found);
    } finally {
      await client.close();
    }
  }

  private isSilent(found: SyncTarget, periodMs: number): boolean {
    const count = countOf(found);
    if (found.status?.heartbeat === undefined || count === this.toldCount) return false;
    const atMs = this.deps.clock.monotonic();
    if (this.seen?.count !== count) this.seen = { count, atMs };
    return atMs - this.seen.atMs >= SILENT_PERIODS * periodMs;
  }

  private conditionsOf({ metadata, status }: SyncTarget, why: string): Condition[] {
    const previous = status?.conditions ?? [];
    const nowMs = this.deps.clock.now();
    const since = status?.lastHeartbeatTime ?? toTimestamp(nowMs);
    const message = `No heartbeat since ${since}, the syncer does not run: ${why}`;
    const changed = ['Ready', 'SyncerReady', 'HeartbeatReady'].map((type): Condition => {
      const verdict: Verdict = { type, status: 'False', reason: reasons.HeartbeatMissing, message };
      return conditionOf(verdict, { previous, generation: metadata.generation ?? 0, nowMs });
    });
    return [...changed, ...previous.filter(({ type }) => changed.every((one) => one.type !== type))];
  }
}

function countOf({ status }: SyncTarget): number {
  return status?.heartbeat?.count ?? 0;
}
