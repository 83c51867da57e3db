import { recordIn } from '../credentials/managed-secret.js';
import { secretManifest } from './manifests.js';

const record = { logicalCluster: 'abc', syncTarget: 'my-cluster', identityCluster: 'def' };

test('what a connection was made of is read back from its Secret', () => {
  const { desired } = secretManifest({ namespace: 'n', name: 'a' }, { kubeconfig: 'text', record });
  expect(recordIn(desired as unknown as Parameters<typeof recordIn>[0])).toEqual(record);
});

test('a Secret that is not marked as ours says nothing, whatever its annotations', () => {
  const { desired } = secretManifest({ namespace: 'n', name: 'a' }, { kubeconfig: 'text', record });
  const metadata = { ...desired.metadata, name: 'a', labels: {} };
  expect(recordIn({ metadata })).toBeUndefined();
  expect(recordIn({ metadata: { name: 'a', labels: { 'syncer.kcp.io/managed': 'true' } } })).toBeUndefined();
});
