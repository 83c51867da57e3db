import { Counter, Gauge, Histogram, Registry } from 'prom-client';
import type { Side } from '../base/sides.js';
import { version } from '../base/version.js';
import { ComponentMetrics } from '../tmc/component-metrics.js';
import type { ComponentHealth, ComponentStatus } from '../tmc/health.js';
import type { TmcError } from '../tmc/tmc-error.js';
import { metricSpecs, type MetricSpec } from './metric-names.js';
import type { Direction, Recorder, RequestSeen, WriteSeen } from './recorder.js';
import { ScrapeGauges, type ScrapeView } from './scrape-gauges.js';

/** Whose series they are. */
export interface MetricsOwner {
  readonly syncTarget: string;
  readonly workspace: string;
}

/** From a no-op in memory to a server that is about to time out. */
const durationBuckets = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];
/** A change may wait for as long as a server is away. */
const latencyBuckets = [...durationBuckets, 60, 300, 1_800];

/** What the `target` and `side` labels say: people know the sides by these names. */
const targets: Readonly<Record<Side, string>> = { upstream: 'kcp', downstream: 'cluster' };

/** One name for the queues and reconciles of all types: histograms have no series for each type. */
const controller = 'syncer';

/** The metrics of one syncer in a registry of their own, so that they go when the syncer goes. */
export class SyncerMetrics implements Recorder {
  readonly registry = new Registry();
  private readonly owner: Readonly<Record<string, string>>;
  private readonly component: string;
  private readonly components: ComponentMetrics;
  private health: ComponentStatus | undefined;
  private readonly resourcesSynced = this.counter(metricSpecs.resourcesSynced);
  private readonly syncDuration = this.histogram(metricSpecs.syncDuration, durationBuckets);
  private readonly syncLatency = this.histogram(metricSpecs.syncLatency, latencyBuckets);
  private readonly syncErrors = this.counter(metricSpecs.syncErrors);
  private readonly writes = this.counter(metricSpecs.writes);
  private readonly conflicts = this.counter(metricSpecs.conflicts);
  private readonly corrections = this.counter(metricSpecs.driftCorrected);
  private readonly watchRestarts = this.counter(metricSpecs.watchRestarts);
  private readonly heartbeats = this.counter(metricSpecs.heartbeats);
  private readonly heartbeatErrors = this.counter(metricSpecs.heartbeatErrors);
  private readonly connectionStatus = this.gauge(metricSpecs.connectionStatus);
  private readonly reconciles = this.counter(metricSpecs.reconciles);
  private readonly reconcileErrors = this.counter(metricSpecs.reconcileErrors);
  private readonly reconcileTime = this.histogram(metricSpecs.reconcileTime, durationBuckets);
  private readonly queueAdds = this.counter(metricSpecs.queueAdds);
  private readonly queueRetries = this.counter(metricSpecs.queueRetries);
  private readonly queueWait = this.histogram(metricSpecs.queueWait, latencyBuckets);
  private readonly requests = this.counter(metricSpecs.requests);
  private readonly gauges: ScrapeGauges;

  constructor(owner: MetricsOwner) {
    this.owner = { sync_target: owner.syncTarget, workspace: owner.workspace };
    this.component = `syncer-${owner.syncTarget}`;
    this.components = new ComponentMetrics(this.registry, async () => await Promise.resolve(this.healthReports()));
    this.gauges = new ScrapeGauges({
      labels: this.owner,
      create: (spec) => this.gauge(spec),
      ofTypes: [this.resourcesSynced, this.writes, this.watchRestarts],
    });
    this.showZeroes();
  }

  /** Everything as text. What is a state and no event is read from `view`, and types that went lose their series. */
  async render(view: ScrapeView): Promise<string> {
    this.health = view.health;
    await this.gauges.show(view);
    return await this.registry.metrics();
  }

  synced(gvk: string, direction: Direction): void {
    this.resourcesSynced.inc({ ...this.owner, gvk, direction });
  }

  reconciled(operation: string, seconds: number, result: 'success' | 'requeue_after'): void {
    this.syncDuration.observe({ ...this.owner, operation }, seconds);
    this.components.operation({ component: this.component, operation, gvk: '', ok: true, durationSeconds: seconds });
    this.passed(seconds, result);
  }

  reconcileFailed(seconds: number): void {
    this.passed(seconds, 'error');
    this.reconcileErrors.inc({ ...this.owner, controller });
  }

  failed({ type, severity }: Pick<TmcError, 'type' | 'severity'>): void {
    this.syncErrors.inc({ ...this.owner, error_type: type });
    this.components.error({ component: this.component, type, severity });
  }

  latency(direction: Direction, seconds: number): void {
    this.syncLatency.observe({ ...this.owner, direction }, seconds);
  }

  wrote({ side, verb, gvk, result }: WriteSeen): void {
    this.writes.inc({ ...this.owner, side: targets[side], verb, gvk, result });
  }

  conflict(): void {
    this.conflicts.inc(this.owner);
  }

  driftCorrected(): void {
    this.corrections.inc(this.owner);
  }

  watchRestarted(side: Side, gvk: string, reason: string): void {
    this.watchRestarts.inc({ ...this.owner, side: targets[side], gvk, reason });
  }

  heartbeat(ok: boolean): void {
    (ok ? this.heartbeats : this.heartbeatErrors).inc(this.owner);
  }

  connection(side: Side, connected: boolean): void {
    this.connectionStatus.set({ ...this.owner, target: targets[side] }, connected ? 1 : 0);
  }

  queued(isRetry: boolean): void {
    this.queueAdds.inc({ ...this.owner, name: controller });
    if (isRetry) this.queueRetries.inc({ ...this.owner, name: controller });
  }

  waited(seconds: number): void {
    this.queueWait.observe({ ...this.owner, name: controller }, seconds);
  }

  request({ code, method, host }: RequestSeen): void {
    this.requests.inc({ ...this.owner, code, method, host });
  }

  private healthReports(): Pick<ComponentHealth, 'componentID' | 'status'>[] {
    return this.health === undefined ? [] : [{ componentID: this.component, status: this.health }];
  }

  private passed(seconds: number, result: string): void {
    this.reconciles.inc({ ...this.owner, controller, result });
    this.reconcileTime.observe({ ...this.owner, controller }, seconds);
  }

  /** An alert on a series that is missing never fires: what can be said before the first event is said. */
  private showZeroes(): void {
    for (const counter of [this.heartbeats, this.heartbeatErrors, this.conflicts, this.corrections])
      counter.inc(this.owner, 0);
    this.connection('upstream', false);
    this.connection('downstream', false);
    this.gauge(metricSpecs.buildInfo).set({ ...this.owner, version }, 1);
  }

  private counter(spec: MetricSpec): Counter {
    return new Counter(this.config(spec));
  }

  private gauge(spec: MetricSpec): Gauge {
    return new Gauge(this.config(spec));
  }

  private histogram(spec: MetricSpec, buckets: number[]): Histogram {
    return new Histogram({ ...this.config(spec), buckets });
  }

  private config({ name, help, labels }: MetricSpec): {
    name: string;
    help: string;
    labelNames: string[];
    registers: Registry[];
  } {
    return { name, help, labelNames: ['sync_target', 'workspace', ...labels], registers: [this.registry] };
  }
}
