import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse } from 'yaml';
import { readConfigFile } from './config-file.js';
import { settingsSections, syncFlags } from './config-sections.js';
import { syncerFlags } from './flags.js';
import { syncerSettings, type SyncerSettings } from './syncer-settings.js';
import { UsageError } from './usage-error.js';

let folder: string;
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'config-'))));
afterEach(() => {
  rmSync(folder, { recursive: true });
});

function file(text: string, name = 'config.yaml'): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
}

async function failure(text: string): Promise<string> {
  const path = file(text);
  const error: unknown = await readConfigFile(path).catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(UsageError);
  return (error as Error).message.replaceAll(path, 'FILE');
}

const ends = `
syncTarget: {syncTargetName: my-cluster, syncTargetUid: 8f3c, workspaceCluster: 'root:team-a'}
kubeconfig: {kcpKubeconfig: kcp, clusterKubeconfig: ./cluster}
`;

/** A file that begins with both ends, and kubeconfigs beside it. */
async function settings(text: string, given = {}, env = {}): Promise<SyncerSettings> {
  for (const name of ['kcp', 'cluster']) {
    const contexts = [{ name: 'c', context: { cluster: 'c', user: '' } }];
    const clusters = [{ name: 'c', cluster: { server: `https://${name}` } }];
    file(JSON.stringify({ 'current-context': 'c', contexts, clusters }), name);
  }
  return await syncerSettings({ config: [file(`${ends}${text}`)], ...given }, env);
}

test('every flag has its place in a file, and only one', () => {
  const placed = [...[...settingsSections.values()].flat(), ...Object.keys(syncFlags), 'config'];
  expect(placed.sort()).toEqual(Object.keys(syncerFlags).sort());
});

test('the example of the documentation names every place, and all of it is right', async () => {
  const path = join(__dirname, '..', '..', '..', 'docs', 'config.yaml');
  const { values, sync } = await readConfigFile(path);
  expect([...values.keys()].sort()).toEqual([...settingsSections.values()].flat().sort());
  expect(sync).toEqual((parse(readFileSync(path, 'utf8')) as { sync: object }).sync);
  expect(values.get('kcpKubeconfig')?.texts).toEqual([join(homedir(), '.kcp/admin.kubeconfig')]);
});

test('a file gives all that flags give', async () => {
  const made = await settings(`
performance: {workers: 7, resyncPeriod: 1m, heartbeatPeriod: 5s, qps: 2.5, burst: 9}
logging: {v: 4, logFormat: json}
metrics: {metricsPort: 0}
health: {healthPort: 9090, bindAddress: 0.0.0.0}
sync:
  resources: {include: [services], exclude: []}
  namespaces: {exclude: [private]}
  namespaceMapping: {strategy: Map, map: {default: team-a}}
  transformations: [{name: pool, mergePatch: {spec: {a: null}}}]
  objectSelector: {matchLabels: {tier: web}}
  whenExists: AdoptIfEqual
  drift: Report
  deletionGuard: {maxObjects: 3}
  paused: true
`);
  expect(made).toMatchObject({
    metricsPort: 0,
    healthPort: 9090,
    bindAddress: '0.0.0.0',
    options: {
      syncTarget: { name: 'my-cluster', uid: '8f3c' },
      workspaceCluster: 'root:team-a',
      workers: 7,
      resyncPeriodMs: 60_000,
      heartbeatPeriodMs: 5_000,
      qps: 2.5,
      burst: 9,
      verbosity: 4,
      logFormat: 'json',
    },
  });
  expect(made.options.upstreamKubeconfig).toContain('https://kcp');
  expect(made.options.sync).toEqual({
    resources: { include: ['services'], exclude: [] },
    namespaces: { include: ['*'], exclude: ['private'] },
    namespaceMapping: {
      strategy: 'Map',
      map: { default: 'team-a' },
      useExisting: ['*'],
      template: { labels: {}, annotations: {} },
    },
    transformations: [{ name: 'pool', mergePatch: { spec: { a: null } } }],
    objectSelector: { matchLabels: { tier: 'web' } },
    whenExists: 'AdoptIfEqual',
    drift: 'Report',
    deletionGuard: { maxObjects: 3, maxPercent: 30 },
    paused: true,
  });
});

test('a flag beats the environment, which beats the file, which beats the default', async () => {
  const text =
    'performance: {workers: 3, resyncPeriod: 3s, heartbeatPeriod: 3s}\nsync: {resources: {include: [secrets], exclude: [services]}}';
  const env = { SYNCER_WORKERS: '4', SYNCER_RESYNC_PERIOD: '4s' };
  const { options } = await settings(text, { workers: ['5'], resources: ['configmaps'] }, env);
  expect(options).toMatchObject({ workers: 5, resyncPeriodMs: 4_000, heartbeatPeriodMs: 3_000, qps: 0 });
  expect(options.sync.resources).toEqual({ include: ['configmaps'], exclude: ['services'] });
});

test('a file may say that nothing existing is used, and name no types at all', async () => {
  const { options } = await settings('sync: {namespaceMapping: {useExisting: []}, resources: {include: []}}');
  expect(options.sync.namespaceMapping.useExisting).toEqual([]);
  expect(options.sync.resources.include).toEqual([]);
});

test('empty files and empty sections say nothing', async () => {
  expect((await readConfigFile(file(''))).values.size).toBe(0);
  expect((await readConfigFile(file('performance:\nsync:\n'))).values.size).toBe(0);
});

test('a wrong value is told with file and path', async () => {
  const path = join(folder, 'config.yaml');
  await expect(settings('performance: {workers: many}')).rejects.toThrow(
    new UsageError(`${path}: performance.workers must be a whole number from 1 to 64, not "many"`),
  );
});

test.each([
  [
    'performance: {worker: 2}',
    'FILE: performance.worker is not known; known are workers, resyncPeriod, heartbeatPeriod, qps, burst',
  ],
  [
    'perfomance: {}',
    'FILE: perfomance is not known; known are syncTarget, kubeconfig, performance, logging, metrics, health, sync',
  ],
  ['performance: 2', 'FILE: performance must be a section with workers, resyncPeriod, heartbeatPeriod, qps, burst'],
  ['performance: {workers: [2]}', 'FILE: performance.workers must be a single text or number'],
  ['- a', '--config FILE: holds no sections; write syncTarget:, sync: and so on'],
  ['a: 1\na: 2', '--config FILE: is not valid YAML in line 2'],
  ['sync: {namespaces: {inclde: []}}', 'FILE: sync.namespaces.inclde is not known; known are include, exclude'],
  ['sync: {namespaceMapping: []}', 'FILE: sync.namespaceMapping must be object'],
  [
    'sync: {namespaceMapping: {strategy: Prefix}}',
    'FILE: sync.namespaceMapping.prefix is needed for strategy Prefix, and for no other',
  ],
])('%j is refused in one line', async (text, message) => {
  expect(await failure(text)).toBe(message);
});

test('a file that is not there is told', async () => {
  await expect(readConfigFile('/nowhere')).rejects.toThrow(new UsageError('--config /nowhere: no such file'));
});
