import type { Counter, Gauge } from 'prom-client';
import type { HealthStatus } from './health.js';
import { metricSpecs, type MetricSpec } from './metric-names.js';
import type { ResourceSnapshot, SyncerSnapshot } from './snapshot.js';

/** What a scrape looks at. */
export interface ScrapeView {
  readonly snapshot: SyncerSnapshot;
  readonly health: HealthStatus;
  readonly uptimeSeconds: number;
}

type Labels = Readonly<Record<string, string>>;

export interface ScrapeGaugesOptions {
  readonly labels: Labels;
  readonly create: (spec: MetricSpec) => Gauge;
  /** Counters with a series for each type. */
  readonly ofTypes: readonly Counter[];
}

/** The metrics that tell a state: nothing is kept up to date between scrapes, all is read when somebody asks. */
export class ScrapeGauges {
  private readonly backlog: Gauge;
  private readonly objects: Gauge;
  private readonly queueDepth: Gauge;
  private readonly oldest: Gauge;
  private readonly held: Gauge;
  private readonly controllers: Gauge;
  private readonly uptime: Gauge;
  private shown: ReadonlySet<string> = new Set();

  constructor(private readonly options: ScrapeGaugesOptions) {
    const { create } = options;
    this.backlog = create(metricSpecs.backlogSize);
    this.objects = create(metricSpecs.objects);
    this.queueDepth = create(metricSpecs.queueDepth);
    this.oldest = create(metricSpecs.oldestUnsynced);
    this.held = create(metricSpecs.deletionsHeld);
    this.controllers = create(metricSpecs.resourceControllers);
    this.uptime = create(metricSpecs.uptime);
  }

  async show({ snapshot, uptimeSeconds }: ScrapeView): Promise<void> {
    const { labels } = this.options;
    const served = snapshot.resources.filter(isFollowed);
    this.oldest.set(labels, (snapshot.oldestUnsyncedMs ?? 0) / 1_000);
    this.held.set(labels, snapshot.held?.count ?? 0);
    this.controllers.set(labels, served.length);
    this.uptime.set(labels, uptimeSeconds);
    this.queueDepth.set({ ...labels, name: 'syncer' }, snapshot.backlog);
    this.showTypes(served);
    await this.forgetGone(new Set(served.map(({ gvk }) => gvk)));
  }

  private showTypes(served: readonly Followed[]): void {
    const { labels } = this.options;
    this.backlog.reset();
    this.objects.reset();
    for (const { gvk, backlog, synced, pending, failed } of served) {
      this.backlog.set({ ...labels, gvk }, backlog);
      for (const [state, count] of Object.entries({ synced, pending, failed }))
        this.objects.set({ ...labels, gvk, state }, count);
    }
  }

  /** A type that is not followed any more says nothing any more. */
  private async forgetGone(served: ReadonlySet<string>): Promise<void> {
    const gone = [...this.shown].filter((gvk) => !served.has(gvk));
    this.shown = served;
    if (gone.length === 0) return;
    for (const counter of this.options.ofTypes) {
      const { values } = await counter.get();
      for (const { labels } of values) if (gone.includes(String(labels['gvk']))) counter.remove(labels);
    }
  }
}

type Followed = ResourceSnapshot & Required<Pick<ResourceSnapshot, 'gvk' | 'backlog'>>;

function isFollowed(resource: ResourceSnapshot): resource is Followed {
  return resource.gvk !== undefined && resource.backlog !== undefined && resource.state !== 'NotServed';
}
