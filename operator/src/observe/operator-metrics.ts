import type { Clock } from '@kcp-syncer/syncer-runtime/base/clock.js';
import { healthOf, type HealthReport } from '@kcp-syncer/syncer-runtime/observe/health.js';
import { showProcess } from '@kcp-syncer/syncer-runtime/observe/process-metrics.js';
import { Gauge, Registry } from 'prom-client';
import { heartbeatPeriodMs } from '../syncerdeployment/options.js';
import type { SyncerRunner } from '../syncerdeployment/runner.js';
import { mergedMetrics } from './merged-metrics.js';

export interface OperatorMetricsOptions {
  readonly clock: Clock;
  readonly leaseName: string;
  readonly isLeading: () => boolean;
  /** The syncers at this moment. */
  readonly syncers: () => Iterable<SyncerRunner>;
}

/** The metrics of the process and of all its syncers. */
export class OperatorMetrics {
  private readonly registry = new Registry();
  private readonly leading: Gauge;
  private readonly startedMs: number;

  constructor(private readonly options: OperatorMetricsOptions) {
    this.startedMs = options.clock.now();
    showProcess(this.registry);
    this.leading = new Gauge({
      name: 'leader_election_master_status',
      help: 'Whether this replica holds the Lease.',
      labelNames: ['name'],
      registers: [this.registry],
    });
  }

  get contentType(): string {
    return this.registry.contentType;
  }

  /** Everything as text; whoever waits for the process gets its turn between two syncers. */
  async render(): Promise<string> {
    const { leaseName, isLeading } = this.options;
    this.leading.set({ name: leaseName }, isLeading() ? 1 : 0);
    const scrapes = new Map<string, string>();
    for (const { running } of this.options.syncers()) {
      if (!running) continue;
      const key = JSON.stringify([running.spec.workspace, running.spec.syncTarget.name]);
      if (!scrapes.has(key)) scrapes.set(key, await this.renderSyncer(running));
    }
    return mergedMetrics([await this.registry.metrics(), ...scrapes.values()]);
  }

  /** How each syncer that runs is. */
  health(): HealthReport[] {
    return [...this.options.syncers()].flatMap(({ running }) => (running ? [this.healthOf(running)] : []));
  }

  private async renderSyncer(running: Running): Promise<string> {
    const snapshot = running.syncer.snapshot();
    const uptimeSeconds = (this.options.clock.now() - this.startedMs) / 1_000;
    return await running.metrics.render({ snapshot, health: this.healthOf(running).status, uptimeSeconds });
  }

  private healthOf({ syncer, spec }: Running): HealthReport {
    return healthOf({
      name: spec.syncTarget.name,
      snapshot: syncer.snapshot(),
      heartbeatPeriodMs: heartbeatPeriodMs(spec),
      startedMs: this.startedMs,
      nowMs: this.options.clock.now(),
    });
  }
}

type Running = NonNullable<SyncerRunner['running']>;
