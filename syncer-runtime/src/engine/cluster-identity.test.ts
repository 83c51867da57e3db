import type { SyncTarget } from '@kcp-syncer/crds/generated/synctarget.js';
import { FakeServer, namespacesType } from '../informer/fake-server.fixture.js';
import { StartError } from '../synctarget/start-error.js';
import { connectedCluster, identifyCluster } from './cluster-identity.js';

const { signal } = new AbortController();

function cluster(): FakeServer {
  return new FakeServer('downstream');
}

async function failure(server: FakeServer): Promise<unknown> {
  return await identifyCluster(server.client(), signal).catch((error: unknown) => error);
}

test('a cluster is known by the uid of kube-system, and tells its version', async () => {
  const server = cluster();
  const { uid } = server.get(namespacesType, 'kube-system')!.metadata;
  expect(await identifyCluster(server.client(), signal)).toEqual({ uid, version: 'v1.36.3' });
});

test.each([
  [401, 'does not accept the credentials of --cluster-kubeconfig (401)'],
  [403, 'missing permission in the cluster https://downstream.example.com: get namespaces kube-system'],
  [404, 'answers 404: is --cluster-kubeconfig the one of a Kubernetes cluster?'],
  [503, 'answers 503'],
])('a %i is one line that says what to do', async (status, words) => {
  const server = cluster();
  server.fault = () => server.refusal(status, 'Whatever');
  const error = await failure(server);
  expect(error).toBeInstanceOf(StartError);
  expect((error as Error).message).toContain(words);
  expect((error as Error).message).not.toContain('\n');
});

test('a kcp workspace, which could be the one that is synced, is no cluster', async () => {
  const server = cluster();
  server.gitVersion = 'v1.35.1+kcp-v0.31.2';
  expect(await failure(server)).toMatchObject({
    name: 'StartError',
    message:
      'https://downstream.example.com is kcp and no cluster: give the kubeconfig of the cluster to --cluster-kubeconfig',
  });
});

test('a cluster that is away is one line that names flag and server', async () => {
  const server = cluster();
  server.fault = () => server.unreachable();
  expect(await failure(server)).toMatchObject({
    name: 'StartError',
    message: '--cluster-kubeconfig: the cluster at https://downstream.example.com: nothing listens there',
  });
});

test("what is nobody's answer is not explained away", async () => {
  const server = cluster();
  const defect = new TypeError('x is not a function');
  server.fault = () => defect;
  expect(await failure(server)).toBe(defect);
});

describe('the cluster that a SyncTarget is connected with', () => {
  const found = { uid: 'uid-2', version: 'v1.36.3' };
  const syncTarget = (known: string | undefined, approved?: string): SyncTarget => ({
    apiVersion: 'workload.kcp.io/v1alpha1',
    kind: 'SyncTarget',
    metadata: {
      name: 'my-cluster',
      ...(approved !== undefined && { annotations: { 'syncer.kcp.io/approve-cluster': approved } }),
    },
    spec: {},
    ...(known !== undefined && { status: { clusterInfo: { uid: known, version: 'v1.35.0' } } }),
  });

  test.each([
    ['is the one that answers at first contact', syncTarget(undefined), 'uid-2'],
    ['stays the one that it was connected with', syncTarget('uid-1'), 'uid-1'],
    ['stays so when another one was approved than the one that answers', syncTarget('uid-1', 'uid-3'), 'uid-1'],
    ['becomes the one that answers when that was approved', syncTarget('uid-1', 'uid-2'), 'uid-2'],
  ])('%s', (_, known, uid) => {
    expect(connectedCluster(found, known)).toEqual({ ...found, uid });
  });
});
