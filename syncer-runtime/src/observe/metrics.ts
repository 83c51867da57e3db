import { Counter, Gauge, Histogram, Registry } from 'prom-client';
import type { Side } from '../base/sides.js';
import type { Direction, Recorder } from './recorder.js';

/** Whose series they are. */
export interface MetricsOwner {
  readonly syncTarget: string;
  readonly workspace: string;
}

/** Names of all metrics; dashboards and alerts match on them. */
export const metricNames = {
  resourcesSynced: 'syncer_resources_synced_total',
  syncDuration: 'syncer_sync_duration_seconds',
  syncErrors: 'syncer_sync_errors_total',
  heartbeats: 'syncer_heartbeat_total',
  connectionStatus: 'syncer_connection_status',
} as const;

/** From a no-op in memory to a server that is about to time out. */
const durationBuckets = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];

/** What the `target` label says: people know the sides by these names. */
const targets: Readonly<Record<Side, string>> = { upstream: 'kcp', downstream: 'cluster' };

/** The metrics of one syncer in a registry of their own, so that they go when the syncer goes. */
export class SyncerMetrics implements Recorder {
  readonly registry = new Registry();
  private readonly owner: { readonly sync_target: string; readonly workspace: string };
  private readonly resourcesSynced;
  private readonly syncDuration;
  private readonly syncErrors;
  private readonly heartbeats;
  private readonly connectionStatus;

  constructor(owner: MetricsOwner) {
    this.owner = { sync_target: owner.syncTarget, workspace: owner.workspace };
    const registers = [this.registry];
    this.resourcesSynced = new Counter({
      name: metricNames.resourcesSynced,
      help: 'Writes that carried an object from one side to the other.',
      labelNames: ['sync_target', 'workspace', 'gvk', 'direction'] as const,
      registers,
    });
    this.syncDuration = new Histogram({
      name: metricNames.syncDuration,
      help: 'Seconds from taking up an object to having it in step, or giving up for now.',
      labelNames: ['sync_target', 'workspace', 'operation'] as const,
      buckets: durationBuckets,
      registers,
    });
    this.syncErrors = new Counter({
      name: metricNames.syncErrors,
      help: 'Failures, by TMC error type.',
      labelNames: ['sync_target', 'workspace', 'error_type'] as const,
      registers,
    });
    this.heartbeats = new Counter({
      name: metricNames.heartbeats,
      help: 'Heartbeats that were written to the SyncTarget.',
      labelNames: ['sync_target', 'workspace'] as const,
      registers,
    });
    this.connectionStatus = new Gauge({
      name: metricNames.connectionStatus,
      help: '1 while the side answers, otherwise 0.',
      labelNames: ['sync_target', 'workspace', 'target'] as const,
      registers,
    });
    this.showZeroes();
  }

  synced(gvk: string, direction: Direction): void {
    this.resourcesSynced.inc({ ...this.owner, gvk, direction });
  }

  reconciled(operation: string, seconds: number): void {
    this.syncDuration.observe({ ...this.owner, operation }, seconds);
  }

  failed(errorType: string): void {
    this.syncErrors.inc({ ...this.owner, error_type: errorType });
  }

  heartbeat(ok: boolean): void {
    if (ok) this.heartbeats.inc(this.owner);
  }

  connection(side: Side, connected: boolean): void {
    this.connectionStatus.set({ ...this.owner, target: targets[side] }, connected ? 1 : 0);
  }

  /** An alert on a series that is missing never fires: what can be said before the first event is said. */
  private showZeroes(): void {
    this.heartbeats.inc(this.owner, 0);
    this.connection('upstream', false);
    this.connection('downstream', false);
  }
}
