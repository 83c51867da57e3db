import { FakeServer, namespacesType } from '../informer/fake-server.fixture.js';
import { StartError } from '../synctarget/start-error.js';
import { identifyCluster } from './cluster-identity.js';

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
