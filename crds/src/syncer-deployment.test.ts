import { syncTargetCrd } from './generated/synctarget-crd.js';
import { syncerDeploymentCrd } from './generated/syncerdeployment-crd.js';
import { readSyncerDeployment } from './syncer-deployment.js';

const smallest = {
  workspace: 'root:team-a',
  syncTarget: { name: 'my-cluster' },
  kcp: { kubeconfigSecretRef: { name: 'team-a-kcp' } },
};

function specOf(change: object): object {
  return { spec: { ...smallest, ...change } };
}

describe('readSyncerDeployment', () => {
  test('the smallest one is complete, and what is missing gets its default', () => {
    expect(readSyncerDeployment({ spec: smallest }).spec).toMatchObject({
      kcp: { kubeconfigSecretRef: { name: 'team-a-kcp', key: 'kubeconfig' } },
      cluster: {},
      syncTarget: { name: 'my-cluster', createPolicy: 'IfMissing', labels: {} },
      workspaceAPIs: { mode: 'Publish' },
      namespaceMapping: { strategy: 'Identity', useExisting: [] },
      workers: 2,
      resyncPeriod: '30s',
      heartbeatPeriod: '30s',
      logVerbosity: 2,
    });
  });

  test('the object that is judged is not changed', () => {
    const spec = structuredClone(smallest);
    readSyncerDeployment({ spec });
    expect(spec).toEqual(smallest);
  });

  test('no other cluster may be written as null', () => {
    expect(readSyncerDeployment(specOf({ cluster: { kubeconfigSecretRef: null } })).mistakes).toBeUndefined();
  });

  test.each<[string, object, string]>([
    ['no workspace', { workspace: undefined }, 'spec.workspace is missing'],
    ['a URL as workspace', { workspace: 'https://kcp/' }, 'spec.workspace does not have the right form'],
    ['a SyncTarget without a name', { syncTarget: {} }, 'spec.syncTarget.name is missing'],
    ['no Secret', { kcp: { kubeconfigSecretRef: {} } }, 'spec.kcp.kubeconfigSecretRef.name is missing'],
    [
      'an unknown policy',
      { syncTarget: { name: 'a', createPolicy: 'Always' } },
      'spec.syncTarget.createPolicy must be one of IfMissing, Never',
    ],
    ['no worker', { workers: 0 }, 'spec.workers must be >= 1'],
    ['a number for a duration', { heartbeatPeriod: '30' }, 'spec.heartbeatPeriod does not have the right form'],
    ['too rare heartbeats', { heartbeatPeriod: '6m' }, 'spec.heartbeatPeriod is from 1s to 5m'],
    ['too many resyncs', { resyncPeriod: '999ms' }, 'spec.resyncPeriod is from 1s to 24h'],
    [
      'a foreign key of a label',
      { syncTarget: { name: 'a', labels: { 'a b': '' } } },
      'spec.syncTarget.labels: every key has the form of a label',
    ],
    [
      'a mapping without its map',
      { namespaceMapping: { strategy: 'Map' } },
      'spec.namespaceMapping.map is needed for strategy Map',
    ],
  ])('%s is a mistake', (_, change, words) => {
    expect(readSyncerDeployment(specOf(change)).mistakes).toEqual([expect.stringContaining(words)]);
  });

  test('an object without a spec is a mistake', () => {
    expect(readSyncerDeployment({}).mistakes).toEqual(['spec is missing']);
  });
});

test('what both kinds report has one schema', () => {
  const targets = syncTargetCrd.spec.versions[0].schema.openAPIV3Schema.properties;
  const deployments = syncerDeploymentCrd.spec.versions[0].schema.openAPIV3Schema.properties;
  const { lastHeartbeatTime, heartbeat, resourceSyncStatus, resources, blocked, conditions } =
    targets.status.properties;
  expect(deployments.status.properties).toMatchObject({
    lastHeartbeatTime,
    heartbeat,
    resourceSyncStatus,
    resources,
    blocked,
  });
  expect(deployments.status.properties.conditions.items).toEqual(conditions.items);
  const { workloadCluster, supportedAPIExports, capabilities } = targets.spec.properties;
  expect(deployments.spec.properties.syncTarget.properties).toMatchObject({
    workloadCluster,
    supportedAPIExports,
    capabilities,
  });
});
