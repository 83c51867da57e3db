import { FakeClock } from '../base/clock.fixture.js';
import { configMaps, fakeType, FakeServer } from '../informer/fake-server.fixture.js';
import type { KubeObject } from '../object/types.js';
import { createMapping } from '../sync/namespace/mapping.js';
import type { DeletionPolicy } from './let-go.js';
import { letGoOfNamespaces } from './let-go-namespaces.js';

const namespaces = fakeType({ version: 'v1', resource: 'namespaces', kind: 'Namespace', namespaced: false });
const pods = fakeType({ version: 'v1', resource: 'pods', kind: 'Pod' });
const child = { apiVersion: 'apps/v1', kind: 'ReplicaSet', name: 'web-1', uid: 'rs', controller: true };

let server: FakeServer;
let clock: FakeClock;

beforeEach(() => {
  server = new FakeServer('downstream');
  clock = new FakeClock();
  for (const type of [namespaces, configMaps, pods]) server.serve(type);
});

function claimed(marks: Record<string, string> = {}): void {
  const annotations = { 'syncer.kcp.io/claimed-by': 'owner/my-cluster/default', ...marks };
  server.put(namespaces, { metadata: { name: 'default', annotations } });
}

function pod(metadata: Partial<KubeObject['metadata']>): void {
  server.put(pods, { metadata: { namespace: 'default', name: 'web', ...metadata } });
}

function found(): KubeObject | undefined {
  return server.get(namespaces, { name: 'default' });
}

/** How long it took, in milliseconds. */
async function letGo(policy: DeletionPolicy, meanwhile: (seconds: number) => void = () => undefined): Promise<number> {
  const since = clock.monotonic();
  const ending = { isOver: false };
  const work = letGoOfNamespaces({
    downstream: server.client(),
    owner: 'owner',
    syncTarget: 'my-cluster',
    mapping: createMapping({ strategy: 'Identity' }),
    policy,
    syncedTypes: new Set(),
    clock,
    onProgress: () => undefined,
    signal: new AbortController().signal,
  }).finally(() => {
    ending.isOver = true;
  });
  work.catch(() => undefined);
  for (let seconds = 0; seconds < 300 && !ending.isOver; seconds++) {
    meanwhile(seconds);
    await clock.advance(1_000);
  }
  await work;
  return clock.monotonic() - since;
}

const created = { 'syncer.kcp.io/created': 'true' };

test('with Delete one that the syncer made goes when it is empty', async () => {
  claimed(created);
  await letGo('Delete');
  expect(found()).toBeUndefined();
});

test('the last Pods of deleted workloads are waited for', async () => {
  claimed(created);
  pod({ ownerReferences: [child] });
  await letGo('Delete', (seconds) => {
    if (seconds === 20) server.remove(pods, { namespace: 'default', name: 'web' });
  });
  expect(found()).toBeUndefined();
});

test('Pods that do not go for two minutes keep it, and it says whose it was', async () => {
  claimed(created);
  pod({ ownerReferences: [child] });
  await letGo('Delete');
  expect(found()?.metadata.annotations).toEqual({
    ...created,
    'syncer.kcp.io/released-by': 'owner/my-cluster/default',
  });
});

test.each([
  { why: 'what somebody else has inside', marks: created, policy: 'Delete', pods: [{}] },
  { why: 'that it was there before', marks: {}, policy: 'Delete', pods: [] },
  { why: 'the policy Orphan', marks: created, policy: 'Orphan', pods: [] },
] as const)('$why keeps it at once', async ({ marks, policy, pods: inside }) => {
  claimed(marks);
  inside.forEach(pod);
  expect(await letGo(policy)).toBeLessThan(2_000);
  expect(found()?.metadata.annotations).toEqual({ ...marks, 'syncer.kcp.io/released-by': 'owner/my-cluster/default' });
});

test('with something that may not be looked at it stays', async () => {
  claimed(created);
  server.fault = ({ path }) => (path.includes('/pods') ? server.refusal(403, 'Forbidden') : undefined);
  await letGo('Delete');
  expect(found()?.metadata.annotations).toMatchObject({ 'syncer.kcp.io/released-by': 'owner/my-cluster/default' });
});
