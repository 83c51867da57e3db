import { FakeServer, configMaps, deployments, fakeType } from '../../informer/fake-server.fixture.js';
import { discover } from '../../kube/discovery.js';
import { ownerLabel } from '../../object/marks.js';
import { firstResident } from './contents.js';

const { signal } = new AbortController();
const secrets = fakeType({ resource: 'secrets', kind: 'Secret' });
const serviceAccounts = fakeType({ resource: 'serviceaccounts', kind: 'ServiceAccount' });
const endpoints = fakeType({ resource: 'endpoints', kind: 'Endpoints' });
const leases = fakeType({ group: 'coordination.k8s.io', resource: 'leases', kind: 'Lease' });
const podMetrics = fakeType({ group: 'metrics.k8s.io', version: 'v1beta1', resource: 'pods', kind: 'PodMetrics' });
const bindings = fakeType({ resource: 'bindings', kind: 'Binding', verbs: ['create'] });
const oldDeployments = { ...deployments, version: 'v1beta1' };
const all = [
  configMaps,
  secrets,
  serviceAccounts,
  endpoints,
  leases,
  podMetrics,
  bindings,
  deployments,
  oldDeployments,
];

function setup(): FakeServer {
  const server = new FakeServer('downstream');
  for (const type of all) server.serve(type);
  return server;
}

async function resident(server: FakeServer, labelSelector?: string): Promise<string | undefined> {
  const served = await discover(server.client(), signal);
  server.requests.length = 0;
  const where = { namespace: 'team', served, ...(labelSelector !== undefined && { labelSelector }) };
  return await firstResident(server.client(), where, signal);
}

function inTeam(name: string, more: object = {}): { metadata: { name: string; namespace: string } } {
  return { metadata: { name, namespace: 'team', ...more } };
}

test('noise alone leaves a namespace empty', async () => {
  const server = setup();
  server.put(serviceAccounts, inTeam('default'));
  server.put(configMaps, inTeam('kube-root-ca.crt'));
  server.put(endpoints, inTeam('web'));
  server.put(leases, inTeam('leader'));
  server.put(podMetrics, inTeam('web'));
  expect(await resident(server)).toBeUndefined();
});

test.each([
  [configMaps, 'default'],
  [serviceAccounts, 'kube-root-ca.crt'],
  [serviceAccounts, 'builder'],
  [secrets, 'token'],
  [deployments, 'web'],
])('anything else keeps it, also under a name that is noise elsewhere', async (type, name) => {
  const server = setup();
  server.put(type, inTeam(name));
  expect(await resident(server)).toContain(name);
});

test('what is in other namespaces does not keep it', async () => {
  const server = setup();
  server.put(secrets, { metadata: { name: 'token', namespace: 'team-b' } });
  expect(await resident(server)).toBeUndefined();
});

test('each type is listed once, in one version, and what cannot be listed is left out', async () => {
  const server = setup();
  await resident(server);
  expect(server.requests.map(({ path }) => path.replace(/\?.*/, ''))).toEqual([
    '/api/v1/namespaces/team/configmaps',
    '/api/v1/namespaces/team/secrets',
    '/api/v1/namespaces/team/serviceaccounts',
    '/apis/apps/v1/namespaces/team/deployments',
  ]);
});

test('a label narrows the look', async () => {
  const server = setup();
  server.put(secrets, inTeam('theirs'));
  expect(await resident(server, `${ownerLabel}=owner`)).toBeUndefined();
  server.put(deployments, inTeam('ours', { labels: { [ownerLabel]: 'owner' } }));
  expect(await resident(server, `${ownerLabel}=owner`)).toBe('deployments.apps ours');
});

test('a type that may not be listed says nothing of what is inside', async () => {
  const server = setup();
  server.fault = ({ path }) => (path.includes('/secrets') ? server.refusal(403, 'Forbidden') : undefined);
  await expect(resident(server)).rejects.toMatchObject({ status: 403 });
});
