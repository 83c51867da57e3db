import { componentMetricNames } from '../tmc/component-metrics.js';
import { metricSpecs } from './metric-names.js';
import { SyncerMetrics } from './metrics.js';
import { showProcess } from './process-metrics.js';
import type { ScrapeView } from './scrape-gauges.js';
import type { ResourceSnapshot, SyncerSnapshot } from './snapshot.js';

const owner = { syncTarget: 'my-cluster', workspace: 'root:team-a' };
const labels = 'sync_target="my-cluster",workspace="root:team-a"';

const deployments: ResourceSnapshot = {
  group: 'apps',
  resource: 'deployments',
  version: 'v1',
  identity: '',
  state: 'Synced',
  synced: 3,
  pending: 2,
  failed: 1,
  message: '',
  required: true,
  gvk: 'apps/v1/Deployment',
  backlog: 4,
};

function view(change: Partial<SyncerSnapshot> = {}, health: ScrapeView['health'] = 'Healthy'): ScrapeView {
  const connected = { connected: true, sinceMs: 0, message: '' };
  const snapshot: SyncerSnapshot = {
    engineStarted: true,
    connectivity: { upstream: connected, downstream: connected },
    resources: [deployments],
    blocked: [],
    problems: [],
    syncCount: 0,
    errorCount: 0,
    recent: { passes: 0, errors: 0 },
    backlog: 4,
    selection: '',
    ...change,
  };
  return { snapshot, health, uptimeSeconds: 12 };
}

async function lines(metrics: SyncerMetrics, at: ScrapeView = view()): Promise<string[]> {
  return (await metrics.render(at)).split('\n');
}

test('before anything happened, heartbeats, connections and what alerts look at are zero rather than missing', async () => {
  const text = await lines(new SyncerMetrics(owner), view({ resources: [] }));
  expect(text).toEqual(
    expect.arrayContaining([
      `syncer_heartbeat_total{${labels}} 0`,
      `syncer_heartbeat_errors_total{${labels}} 0`,
      `syncer_conflicts_total{${labels}} 0`,
      `syncer_drift_corrected_total{${labels}} 0`,
      `syncer_deletions_held{${labels}} 0`,
      `syncer_oldest_unsynced_seconds{${labels}} 0`,
      `syncer_connection_status{${labels},target="kcp"} 0`,
      `syncer_connection_status{${labels},target="cluster"} 0`,
    ]),
  );
});

test('what happens is counted under its labels', async () => {
  const metrics = new SyncerMetrics(owner);
  metrics.synced('apps/v1/Deployment', 'kcp-to-cluster');
  metrics.synced('apps/v1/Deployment', 'kcp-to-cluster');
  metrics.synced('apps/v1/Deployment', 'cluster-to-kcp');
  metrics.reconciled('create', 0.02, 'success');
  metrics.reconcileFailed(0.2);
  metrics.failed({ type: 'ResourceConflict', severity: 'Low' });
  metrics.latency('cluster-to-kcp', 0.3);
  metrics.wrote({ side: 'downstream', verb: 'apply', gvk: 'apps/v1/Deployment', result: 'refused' });
  metrics.conflict();
  metrics.driftCorrected();
  metrics.watchRestarted('upstream', 'apps/v1/Deployment', 'ClusterUnreachable');
  metrics.heartbeat(true);
  metrics.heartbeat(false);
  metrics.connection('upstream', true);
  metrics.connection('downstream', true);
  metrics.connection('downstream', false);
  metrics.queued(false);
  metrics.queued(true);
  metrics.waited(0.002);
  metrics.request({ code: '200', method: 'GET', host: 'kcp:6443' });
  expect(await lines(metrics)).toEqual(
    expect.arrayContaining([
      `syncer_resources_synced_total{${labels},gvk="apps/v1/Deployment",direction="kcp-to-cluster"} 2`,
      `syncer_resources_synced_total{${labels},gvk="apps/v1/Deployment",direction="cluster-to-kcp"} 1`,
      `syncer_sync_duration_seconds_bucket{le="0.01",${labels},operation="create"} 0`,
      `syncer_sync_duration_seconds_bucket{le="0.025",${labels},operation="create"} 1`,
      `syncer_sync_latency_seconds_bucket{le="0.25",${labels},direction="cluster-to-kcp"} 0`,
      `syncer_sync_latency_seconds_bucket{le="0.5",${labels},direction="cluster-to-kcp"} 1`,
      `syncer_sync_errors_total{${labels},error_type="ResourceConflict"} 1`,
      `syncer_writes_total{${labels},side="cluster",verb="apply",gvk="apps/v1/Deployment",result="refused"} 1`,
      `syncer_conflicts_total{${labels}} 1`,
      `syncer_drift_corrected_total{${labels}} 1`,
      `syncer_watch_restarts_total{${labels},side="kcp",gvk="apps/v1/Deployment",reason="ClusterUnreachable"} 1`,
      `syncer_heartbeat_total{${labels}} 1`,
      `syncer_heartbeat_errors_total{${labels}} 1`,
      `syncer_connection_status{${labels},target="kcp"} 1`,
      `syncer_connection_status{${labels},target="cluster"} 0`,
      `controller_runtime_reconcile_total{${labels},controller="syncer",result="success"} 1`,
      `controller_runtime_reconcile_total{${labels},controller="syncer",result="error"} 1`,
      `controller_runtime_reconcile_errors_total{${labels},controller="syncer"} 1`,
      `controller_runtime_reconcile_time_seconds_count{${labels},controller="syncer"} 2`,
      `workqueue_adds_total{${labels},name="syncer"} 2`,
      `workqueue_retries_total{${labels},name="syncer"} 1`,
      `workqueue_queue_duration_seconds_count{${labels},name="syncer"} 1`,
      `rest_client_requests_total{${labels},code="200",method="GET",host="kcp:6443"} 1`,
    ]),
  );
});

test('what is a state is read when somebody asks', async () => {
  const metrics = new SyncerMetrics(owner);
  const held = { reason: 'DeletionsHeld', count: 7, cause: '', examples: [] };
  expect(await lines(metrics, view({ held, oldestUnsyncedMs: 1_500 }, 'Degraded'))).toEqual(
    expect.arrayContaining([
      `syncer_objects{${labels},gvk="apps/v1/Deployment",state="synced"} 3`,
      `syncer_objects{${labels},gvk="apps/v1/Deployment",state="pending"} 2`,
      `syncer_objects{${labels},gvk="apps/v1/Deployment",state="failed"} 1`,
      `syncer_sync_backlog_size{${labels},gvk="apps/v1/Deployment"} 4`,
      `syncer_oldest_unsynced_seconds{${labels}} 1.5`,
      `syncer_deletions_held{${labels}} 7`,
      `syncer_resource_controllers{${labels}} 1`,
      `syncer_uptime_seconds{${labels}} 12`,
      `workqueue_depth{${labels},name="syncer"} 4`,
    ]),
  );
  expect(await lines(metrics, view({}, 'Unhealthy'))).toContain(
    'tmc_component_health{component="syncer-my-cluster"} 0',
  );
});

test('the series of a type that is gone disappear, those of others stay', async () => {
  const metrics = new SyncerMetrics(owner);
  const services = { ...deployments, group: '', resource: 'services', gvk: 'v1/Service' };
  for (const gvk of ['apps/v1/Deployment', 'v1/Service']) {
    metrics.synced(gvk, 'kcp-to-cluster');
    metrics.wrote({ side: 'downstream', verb: 'apply', gvk, result: 'ok' });
    metrics.watchRestarted('upstream', gvk, 'ClusterUnreachable');
  }
  const typed = async (at: ScrapeView, gvk: string): Promise<number> =>
    (await lines(metrics, at)).filter((line) => line.includes(`gvk="${gvk}"`)).length;
  const both = view({ resources: [deployments, services] });
  expect([await typed(both, 'v1/Service'), await typed(both, 'apps/v1/Deployment')]).toEqual([7, 7]);
  const one = view({ resources: [deployments, { ...services, state: 'NotServed' }] });
  expect([await typed(one, 'v1/Service'), await typed(one, 'apps/v1/Deployment')]).toEqual([0, 7]);
});

test('every metric that is named is there with a help text, and no other', async () => {
  const metrics = new SyncerMetrics(owner);
  const registered = await metrics.registry.getMetricsAsJSON();
  const named = [...Object.values(metricSpecs).map(({ name }) => name), ...Object.values(componentMetricNames)];
  expect(registered.map((m) => m.name).sort()).toEqual(named.sort());
  for (const metric of registered) expect(metric.help).toMatch(/\.$/);
});

test('no histogram has a series for each type, and no metric one for each object', () => {
  const labelled = Object.values(metricSpecs).flatMap(({ name, labels: all }) => all.map((label) => ({ name, label })));
  const histograms = /_(?:duration|latency|time)_seconds$/;
  expect(labelled.filter(({ name, label }) => histograms.test(name) && label === 'gvk')).toEqual([]);
  expect(labelled.filter(({ label }) => ['object', 'namespace', 'key', 'uid'].includes(label))).toEqual([]);
});

test('the process tells of itself, with no gauge that is named like a counter', async () => {
  const { registry } = new SyncerMetrics(owner);
  showProcess(registry);
  const all = await registry.getMetricsAsJSON();
  const names = all.map(({ name }) => name);
  expect(names).toEqual(expect.arrayContaining(['process_cpu_seconds_total', 'nodejs_eventloop_lag_seconds']));
  expect(all.filter(({ name, type }) => name.endsWith('_total') && String(type) !== 'counter')).toEqual([]);
});

test('two syncers of one process do not see each other', async () => {
  const a = new SyncerMetrics(owner);
  const b = new SyncerMetrics({ syncTarget: 'other', workspace: 'root:team-b' });
  a.failed({ type: 'SyncFailure', severity: 'High' });
  const text = await b.render(view());
  expect(text).not.toContain('my-cluster');
  expect(text).not.toContain('SyncFailure');
});

test('a hostile label value stays inside its quotes', async () => {
  const metrics = new SyncerMetrics(owner);
  metrics.synced('x/v1/A"} 1\nforged 1', 'kcp-to-cluster');
  expect(await lines(metrics)).not.toContain('forged 1');
});
