import type { ApiRequest } from '@kcp-syncer/syncer-runtime/kube/client.js';
import { fakeClient, refuse, reply, type Refusal } from '../fake-client.fixture.js';
import { ensureSyncTarget } from './ensure-sync-target.js';
import type { Spec } from './syncer-deployment.js';

const signal = new AbortController().signal;
const missing: Refusal = {
  status: 404,
  reason: 'NotFound',
  details: { name: 'my-cluster', group: 'workload.kcp.io', kind: 'synctargets' },
};

function spec(syncTarget: Partial<Spec['syncTarget']> = {}): Spec {
  return {
    workspace: 'root:team-a',
    syncTarget: { name: 'my-cluster', createPolicy: 'IfMissing', labels: {}, ...syncTarget },
    kcp: { kubeconfigSecretRef: { name: 'a' } },
  };
}

/** A workspace that has the SyncTarget, or answers a GET or POST otherwise. */
function workspace(faults: { GET?: Refusal; POST?: Refusal } = {}): {
  requests: ApiRequest[];
  uid: (of?: Spec) => Promise<string>;
} {
  const requests: ApiRequest[] = [];
  const client = fakeClient((request) => {
    requests.push(request);
    const fault = faults[request.method as 'GET' | 'POST'];
    return fault ? refuse(request, fault) : reply({ metadata: { name: 'my-cluster', uid: 'u1' } });
  });
  return { requests, uid: async (of = spec()) => await ensureSyncTarget(client, of, signal) };
}

test('one that is there is taken, and not changed', async () => {
  const { requests, uid } = workspace();
  expect(await uid(spec({ labels: { a: 'b' } }))).toBe('u1');
  expect(requests.map(({ method }) => method)).toEqual(['GET']);
});

test('one that is missing is made with all that the spec says of it', async () => {
  const { requests, uid } = workspace({ GET: missing });
  const capabilities = [{ type: 'Compute', resource: 'cpu', capacity: '64' }];
  expect(await uid(spec({ labels: { a: 'b' }, workloadCluster: { name: 'west' }, capabilities }))).toBe('u1');
  expect(JSON.parse(requests[1]?.body ?? '')).toEqual({
    apiVersion: 'workload.kcp.io/v1alpha1',
    kind: 'SyncTarget',
    metadata: { name: 'my-cluster', labels: { a: 'b' } },
    spec: { workloadCluster: { name: 'west' }, capabilities },
  });
});

test('none is made when the policy is Never', async () => {
  const { requests, uid } = workspace({ GET: missing });
  await expect(uid(spec({ createPolicy: 'Never' }))).rejects.toMatchObject({ reason: 'SyncTargetMissing' });
  expect(requests.map(({ method }) => method)).toEqual(['GET']);
});

test('one of another uid than the pinned one is refused with both', async () => {
  await expect(workspace().uid(spec({ uid: 'u2' }))).rejects.toMatchObject({
    reason: 'SyncTargetChanged',
    message: expect.stringMatching(/has uid u1.*syncTarget.uid is u2/) as string,
  });
});

test('the uid that is pinned is taken, and an empty pin is none', async () => {
  expect(await workspace().uid(spec({ uid: 'u1' }))).toBe('u1');
  expect(await workspace().uid(spec({ uid: '' }))).toBe('u1');
});

test('a missing right to create is told with what to grant', async () => {
  const { uid } = workspace({ GET: missing, POST: { status: 403, reason: 'Forbidden' } });
  await expect(uid()).rejects.toMatchObject({
    reason: 'SyncTargetMissing',
    message: expect.stringContaining('grant create on synctargets.workload.kcp.io') as string,
  });
});

test('a lost race is looked at again', async () => {
  const { uid } = workspace({ GET: missing, POST: { status: 409, reason: 'AlreadyExists' } });
  await expect(uid()).rejects.toMatchObject({ reason: 'Starting' });
});

test.each([
  ['a 404 of the type', { status: 404, reason: 'NotFound' }],
  ['a refusal', { status: 403, reason: 'Forbidden' }],
])('%s is no reason to make one', async (_, fault) => {
  const { requests, uid } = workspace({ GET: fault });
  await expect(uid()).rejects.toMatchObject({ name: 'ApiError' });
  expect(requests).toHaveLength(1);
});
