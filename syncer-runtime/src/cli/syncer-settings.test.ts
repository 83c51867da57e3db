import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Given } from './resolve-flags.js';
import { syncerSettings, type SyncerSettings } from './syncer-settings.js';

let folder: string;
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'settings-'))));
afterEach(() => {
  rmSync(folder, { recursive: true });
});

function kubeconfig(name: string): string {
  const path = join(folder, name);
  writeFileSync(
    path,
    JSON.stringify({
      'current-context': 'c',
      contexts: [{ name: 'c', context: { cluster: name, user: '' } }],
      clusters: [{ name, cluster: { server: `https://${name}` } }],
    }),
  );
  return path;
}

async function settings(given: Given = {}): Promise<SyncerSettings> {
  const required = {
    syncTargetName: ['my-cluster'],
    syncTargetUid: ['8f3c'],
    workspaceCluster: ['root:team-a'],
    kcpKubeconfig: [kubeconfig('kcp')],
    clusterKubeconfig: [kubeconfig('cluster')],
  };
  return await syncerSettings({ ...required, ...given }, { SYNCER_RESYNC_PERIOD: '1m30s' });
}

test('flags and environment become the options of a syncer', async () => {
  const made = await settings({
    resources: ['deployments.apps', 'services'],
    excludeNamespaces: ['kube-*'],
    qps: ['12.5'],
    v: ['3'],
    metricsPort: ['0'],
  });
  expect(made).toMatchObject({
    bindAddress: '127.0.0.1',
    metricsPort: 0,
    healthPort: 8081,
    options: {
      syncTarget: { name: 'my-cluster', uid: '8f3c' },
      workspaceCluster: 'root:team-a',
      workers: 2,
      resyncPeriodMs: 90_000,
      heartbeatPeriodMs: 30_000,
      qps: 12.5,
      burst: 13,
      sync: {
        resources: { include: ['deployments.apps', 'services'], exclude: [] },
        namespaces: { include: ['*'], exclude: ['kube-*'] },
        namespaceMapping: { strategy: 'Identity', useExisting: ['*'], template: { labels: {}, annotations: {} } },
        transformations: [],
      },
      verbosity: 3,
      logFormat: 'text',
    },
  });
  expect(made.options.upstreamKubeconfig).toContain('https://kcp');
  expect(made.options.downstreamKubeconfig).toContain('https://cluster');
});

test('options are plain data that can cross to another thread', async () => {
  const { options } = await settings();
  expect(structuredClone(options)).toEqual(options);
});

test.each<[Given, string]>([
  [{ burst: ['5'] }, '--burst limits nothing without --qps: give both'],
  [
    { metricsPort: ['9000'], healthPort: ['9000'] },
    '--metrics-port and --health-port are both 9000: give them different ports',
  ],
])('%j is refused in one line', async (given, message) => {
  await expect(settings(given)).rejects.toThrow(new Error(message));
});

test('both ports may be off', async () => {
  expect(await settings({ metricsPort: ['0'], healthPort: ['0'] })).toMatchObject({ metricsPort: 0, healthPort: 0 });
});
