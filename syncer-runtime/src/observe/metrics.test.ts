import { SyncerMetrics, metricNames } from './metrics.js';

const owner = { syncTarget: 'my-cluster', workspace: 'root:team-a' };
const labels = 'sync_target="my-cluster",workspace="root:team-a"';

async function lines(metrics: SyncerMetrics): Promise<string[]> {
  return (await metrics.registry.metrics()).split('\n');
}

test('before anything happened, heartbeats and connections are zero rather than missing', async () => {
  const text = await lines(new SyncerMetrics(owner));
  expect(text).toContain(`syncer_heartbeat_total{${labels}} 0`);
  expect(text).toContain(`syncer_connection_status{${labels},target="kcp"} 0`);
  expect(text).toContain(`syncer_connection_status{${labels},target="cluster"} 0`);
});

test('what happens is counted under its labels', async () => {
  const metrics = new SyncerMetrics(owner);
  metrics.synced('apps/v1/Deployment', 'kcp-to-cluster');
  metrics.synced('apps/v1/Deployment', 'kcp-to-cluster');
  metrics.synced('apps/v1/Deployment', 'cluster-to-kcp');
  metrics.reconciled('create', 0.02);
  metrics.failed('ResourceConflict');
  metrics.heartbeat(true);
  metrics.heartbeat(false);
  metrics.connection('upstream', true);
  metrics.connection('downstream', true);
  metrics.connection('downstream', false);
  expect(await lines(metrics)).toEqual(
    expect.arrayContaining([
      `syncer_resources_synced_total{${labels},gvk="apps/v1/Deployment",direction="kcp-to-cluster"} 2`,
      `syncer_resources_synced_total{${labels},gvk="apps/v1/Deployment",direction="cluster-to-kcp"} 1`,
      `syncer_sync_duration_seconds_bucket{le="0.01",${labels},operation="create"} 0`,
      `syncer_sync_duration_seconds_bucket{le="0.025",${labels},operation="create"} 1`,
      `syncer_sync_duration_seconds_count{${labels},operation="create"} 1`,
      `syncer_sync_errors_total{${labels},error_type="ResourceConflict"} 1`,
      `syncer_heartbeat_total{${labels}} 1`,
      `syncer_connection_status{${labels},target="kcp"} 1`,
      `syncer_connection_status{${labels},target="cluster"} 0`,
    ]),
  );
});

test('exactly the named metrics are registered, each with a help text', async () => {
  const registered = await new SyncerMetrics(owner).registry.getMetricsAsJSON();
  expect(registered.map((m) => m.name).sort()).toEqual(Object.values(metricNames).sort());
  for (const metric of registered) expect(metric.help).toMatch(/\.$/);
});

test('two syncers of one process do not see each other', async () => {
  const a = new SyncerMetrics(owner);
  const b = new SyncerMetrics({ syncTarget: 'other', workspace: 'root:team-b' });
  a.failed('SyncFailure');
  expect((await lines(b)).join('\n')).not.toContain('my-cluster');
  expect((await lines(b)).join('\n')).not.toContain('SyncFailure');
});

test('a hostile label value stays inside its quotes', async () => {
  const metrics = new SyncerMetrics(owner);
  metrics.synced('x/v1/A"} 1\nforged 1', 'kcp-to-cluster');
  expect(await lines(metrics)).not.toContain('forged 1');
});
