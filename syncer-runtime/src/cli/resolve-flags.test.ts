import { syncerFlags } from './flags.js';
import { resolveFlags, type Environment, type Given, type Settings } from './resolve-flags.js';

const required: Given = {
  syncTargetName: ['my-cluster'],
  syncTargetUid: ['8f3c'],
  workspaceCluster: ['root:team-a'],
  kcpKubeconfig: ['/kcp'],
  clusterKubeconfig: ['/cluster'],
};

function resolve(given: Given = {}, env: Environment = {}): Settings<typeof syncerFlags> {
  return resolveFlags(syncerFlags, { given: { ...required, ...given }, env });
}

test('the defaults are the promised ones', () => {
  expect(resolve()).toEqual({
    syncTargetName: 'my-cluster',
    syncTargetUid: '8f3c',
    workspaceCluster: 'root:team-a',
    kcpKubeconfig: '/kcp',
    clusterKubeconfig: '/cluster',
    resources: ['*'],
    excludeResources: undefined,
    syncNamespaces: ['*'],
    excludeNamespaces: undefined,
    workers: 2,
    resyncPeriod: 30_000,
    heartbeatPeriod: 30_000,
    qps: 0,
    burst: 0,
    v: 2,
    logFormat: 'text',
    metricsPort: 8080,
    healthPort: 8081,
    bindAddress: '127.0.0.1',
  });
});

test('a flag beats the environment, which beats the default', () => {
  expect(resolve({}, { SYNCER_WORKERS: '8' }).workers).toBe(8);
  expect(resolve({ workers: ['4'] }, { SYNCER_WORKERS: '8' }).workers).toBe(4);
  expect(resolve({}, { SYNCER_WORKERS: '' }).workers).toBe(2);
});

test('of a flag that was given twice the last counts, lists add up', () => {
  expect(resolve({ workers: ['4', '5'] }).workers).toBe(5);
  expect(resolve({ resources: ['a,b', 'c'] }).resources).toEqual(['a', 'b', 'c']);
});

test('all missing flags are named in one line', () => {
  expect(() => resolveFlags(syncerFlags, { given: {}, env: {} })).toThrow(
    new Error(
      'missing required flags --sync-target-name, --sync-target-uid, --workspace-cluster, --kcp-kubeconfig, ' +
        '--cluster-kubeconfig; see workload-syncer --help',
    ),
  );
  expect(() => resolve({ syncTargetUid: undefined })).toThrow(/^missing required flag --sync-target-uid; /);
});

test('a required flag that a failed command left empty says so', () => {
  expect(() => resolve({ syncTargetUid: [''] })).toThrow(
    '--sync-target-uid is empty: the command that was to fill it in may have failed',
  );
});

test.each<[Given, Environment, string]>([
  [{ workers: ['0'] }, {}, '--workers must be a whole number from 1 to 64, not "0"'],
  [{}, { SYNCER_WORKERS: '65' }, 'SYNCER_WORKERS must be a whole number from 1 to 64, not "65"'],
  [{ v: ['5'] }, {}, '--v must be a whole number from 1 to 4, not "5"'],
  [{}, { SYNCER_LOG_LEVEL: 'debug' }, 'SYNCER_LOG_LEVEL must be a whole number from 1 to 4, not "debug"'],
  [{ resyncPeriod: ['30'] }, {}, '--resync-period must be a duration such as 30s, 1m30s or 500ms, not "30"'],
  [{ heartbeatPeriod: ['10m'] }, {}, '--heartbeat-period must be from 1s to 5m, not "10m"'],
  [{ metricsPort: ['70000'] }, {}, '--metrics-port must be a whole number from 0 to 65535, not "70000"'],
  [{ logFormat: ['xml'] }, {}, '--log-format must be one of text, json, not "xml"'],
  [{ qps: ['-1'] }, {}, '--qps must be a number from 0 to 100000, not "-1"'],
  [
    { syncTargetName: ['My_Cluster'] },
    {},
    '--sync-target-name must be the name of a SyncTarget, such as my-cluster, not "My_Cluster"',
  ],
  [
    { workspaceCluster: ['root/../system:admin'] },
    {},
    '--workspace-cluster must be a logical cluster path or name, such as root:my-workspace, not "root/../system:admin"',
  ],
])('%j %j is one line that says what to change', (given, env, message) => {
  expect(() => resolve(given, env)).toThrow(new Error(message));
});

test.each(['root', 'root:team-a', 'root:org:team-a', '2sg7gh4p5a9kwj3r', 'system:admin'])(
  '%s is a logical cluster',
  (workspaceCluster) => {
    expect(resolve({ workspaceCluster: [workspaceCluster] }).workspaceCluster).toBe(workspaceCluster);
  },
);

test.each([':root', 'root:', 'root::a', '*', 'Root', 'a b', '../x', 'root:a/b', 'root:a?x'])('%s is none', (text) => {
  expect(() => resolve({ workspaceCluster: [text] })).toThrow('--workspace-cluster must be');
});

test.each([
  '*',
  'services',
  'deployments.apps',
  '*.example.com',
  'apps/v1/deployments',
  'v1/services',
  'a.b.c/v1beta1/ds',
])('%s is a type', (text) => {
  expect(resolve({ resources: [text] }).resources).toEqual([text]);
});

test.each(['Deployments', 'a/b', '.apps', 'apps.', 'apps/deployments/v1/x', '*apps', 'deployments.apps.', 'a b'])(
  '%s is no type',
  (text) => {
    expect(() => resolve({ resources: [text] })).toThrow('--resources must list types such as deployments.apps');
  },
);

test.each(['team-*', '*', 'default'])('%s is a namespace or a pattern of namespaces', (text) => {
  expect(resolve({ syncNamespaces: [text] }).syncNamespaces).toEqual([text]);
});
