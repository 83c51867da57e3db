import { clusterAnswers } from './cluster.fixture.js';
import { FakeServer, Refusal } from './fake-server.fixture.js';
import { manifestsOf, syncTargetManifests, type TypeManifests, type Unpublishable } from './manifests.js';

const { signal } = new AbortController();
let cluster: FakeServer;

beforeEach(() => {
  cluster = new FakeServer('downstream', clusterAnswers());
});

async function manifests(...resources: string[]): Promise<readonly (TypeManifests | Unpublishable)[]> {
  return await manifestsOf(cluster, { resources, publishedBy: 'cluster-1', signal });
}

test('a type becomes a CRD with the names, subresources and schema that the cluster gives it', async () => {
  const [deployments] = (await manifests('deployments.apps')) as TypeManifests[];
  expect(deployments).toMatchObject({
    type: 'deployments.apps',
    crd: {
      metadata: { name: 'deployments.apps', annotations: { 'syncer.kcp.io/published-by': 'cluster-1' } },
      spec: {
        group: 'apps',
        scope: 'Namespaced',
        names: {
          plural: 'deployments',
          singular: 'deployment',
          kind: 'Deployment',
          listKind: 'DeploymentList',
          shortNames: ['deploy'],
          categories: ['all'],
        },
        versions: [
          {
            name: 'v1',
            served: true,
            storage: true,
            subresources: {
              status: {},
              scale: { specReplicasPath: '.spec.replicas', statusReplicasPath: '.status.replicas' },
            },
            schema: {
              openAPIV3Schema: {
                type: 'object',
                properties: {
                  metadata: { type: 'object' },
                  spec: { properties: { containers: { items: { type: 'object', required: ['name'] } } } },
                },
              },
            },
          },
        ],
      },
    },
    guard: { policy: { metadata: { name: 'keeps-lists.deployments.apps.syncer.kcp.io' } } },
  });
});

test('a type of the core group has the name that kcp wants, and no scale that the cluster has not', async () => {
  const [services] = (await manifests('services')) as TypeManifests[];
  expect(services?.crd).toMatchObject({ metadata: { name: 'services.core' }, spec: { group: '' } });
  expect(services?.crd.spec.versions[0]?.subresources).toEqual({ status: {} });
});

test('groups of Kubernetes that are protected name their approval', async () => {
  const [index] = [cluster.answers.get('/openapi/v3') as { paths: Record<string, object> }];
  const group = { name: 'networking.k8s.io', versions: [{ groupVersion: 'networking.k8s.io/v1', version: 'v1' }] };
  cluster.answers.set('/apis', { kind: 'APIGroupList', groups: [group] });
  const ingresses = { name: 'ingresses', kind: 'Ingress', namespaced: true, verbs: ['list', 'create'] };
  cluster.answers.set('/apis/networking.k8s.io/v1', { kind: 'APIResourceList', resources: [ingresses] });
  index.paths['apis/networking.k8s.io/v1'] = { serverRelativeURL: '/openapi/v3/networking' };
  const gvk = [{ group: 'networking.k8s.io', version: 'v1', kind: 'Ingress' }];
  const Ingress = { type: 'object', properties: {}, 'x-kubernetes-group-version-kind': gvk };
  cluster.answers.set('/openapi/v3/networking', { components: { schemas: { Ingress } } });
  const [found] = (await manifests('ingresses.networking.k8s.io')) as TypeManifests[];
  expect(found?.crd.metadata.annotations).toHaveProperty(['api-approved.kubernetes.io']);
  expect(found?.guard).toBeUndefined();
});

test('a group or everything means what is synced without being named', async () => {
  expect((await manifests('*.apps')).map(({ type }) => type)).toEqual(['deployments.apps']);
  expect((await manifests('*')).map(({ type }) => type).sort()).toEqual(['deployments.apps', 'services']);
});

test('what cannot be published says why', async () => {
  expect(await manifests('widgets.example.com', 'nodes', 'bindings', 'replicasets.apps')).toEqual([
    { type: 'widgets.example.com', why: 'the cluster does not serve it' },
    { type: 'nodes', why: 'it has no namespace' },
    { type: 'bindings', why: 'it has no objects that can be listed' },
    { type: 'replicasets.apps', why: "the cluster's OpenAPI does not describe apps/v1/ReplicaSet" },
  ]);
});

test('a group that did not tell what it has is not taken for one without types', async () => {
  cluster.answers.set('/apis/apps/v1', new Refusal(503));
  expect(await manifests('deployments.apps')).toEqual([
    { type: 'deployments.apps', why: 'the cluster did not tell what it serves in apps' },
  ]);
});

test('a wish that names no type is an error', async () => {
  await expect(manifests('Deployments!')).rejects.toThrow('"Deployments!" names no type');
});

test('each document of the OpenAPI is read once', async () => {
  await manifests('*');
  const documents = cluster.requests.map(({ path }) => path).filter((path) => path.startsWith('/openapi/v3'));
  expect(documents).toEqual([...new Set(documents)]);
});

test('the SyncTarget type carries who published it', () => {
  expect(syncTargetManifests('cluster-1').crd.metadata).toEqual({
    name: 'synctargets.workload.kcp.io',
    annotations: { 'syncer.kcp.io/published-by': 'cluster-1' },
  });
});
