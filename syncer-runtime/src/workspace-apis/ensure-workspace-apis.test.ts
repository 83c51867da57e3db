import { FakeClock } from '../base/clock.fixture.js';
import type { ApiRequest } from '../kube/client.js';
import { clusterAnswers, workspaceAnswers } from './cluster.fixture.js';
import type { Crd } from './crd.js';
import { ensureWorkspaceApis, type TypeResult } from './ensure-workspace-apis.js';
import { FakeServer, Refusal } from './fake-server.fixture.js';

const crds = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions';
const policies = '/apis/admissionregistration.k8s.io/v1/validatingadmissionpolicies';
const syncTargetCrd = `${crds}/synctargets.workload.kcp.io`;
const deploymentsCrd = `${crds}/deployments.apps`;

let clock: FakeClock;
let cluster: FakeServer;
let workspace: FakeServer;

beforeEach(() => {
  clock = new FakeClock();
  cluster = new FakeServer('downstream', clusterAnswers());
  workspace = new FakeServer('upstream', workspaceAnswers());
  for (const list of ['workload.kcp.io/v1alpha1/synctargets', 'apps/v1/deployments']) {
    workspace.answers.set(`/apis/${list}`, { items: [] });
  }
  workspace.onRequest = establish;
});

/** A CRD is established as soon as somebody looks at it. */
function establish({ method, path }: ApiRequest): void {
  const crd = workspace.answers.get(path) as Crd | undefined;
  if (method !== 'GET' || !path.startsWith(`${crds}/`) || crd === undefined || crd instanceof Refusal) return;
  const status = { conditions: [{ type: 'Established', status: 'True' }] };
  workspace.answers.set(path, { ...crd, status });
}

async function publish(...resources: string[]): Promise<TypeResult[]> {
  const { signal } = new AbortController();
  const options = { resources, publishedBy: 'cluster-1', clock, signal };
  const done = ensureWorkspaceApis(workspace, cluster, options);
  await clock.advance(60_000);
  return await done;
}

/** Publishes once and gives what the workspace then has of Deployments. */
async function published(): Promise<Crd> {
  await publish('deployments.apps');
  workspace.requests.length = 0;
  return workspace.answers.get(deploymentsCrd) as Crd;
}

function withSpecFields(crd: Crd, change: (fields: Record<string, object>) => Record<string, object>): Crd {
  const copy = structuredClone(crd) as unknown as {
    spec: {
      versions: [{ schema: { openAPIV3Schema: { properties: { spec: { properties: Record<string, object> } } } } }];
    };
  };
  const { spec } = copy.spec.versions[0].schema.openAPIV3Schema.properties;
  spec.properties = change(spec.properties);
  return copy as unknown as Crd;
}

test('an empty workspace gets the SyncTarget type and the wished ones, the guard before the type', async () => {
  expect(await publish('deployments.apps')).toEqual([
    { type: 'synctargets.workload.kcp.io', outcome: 'created' },
    { type: 'deployments.apps', outcome: 'created' },
  ]);
  const written = workspace.writes.filter(({ body }) => (body as Crd).metadata.name.includes('deployments.apps'));
  expect(written.map(({ method, path }) => `${method} ${path}`)).toEqual([
    `POST ${policies}`,
    `POST ${policies.replace(/policies$/, 'policybindings')}`,
    `POST ${crds}`,
  ]);
});

test('a second run writes nothing', async () => {
  await published();
  expect((await publish('deployments.apps')).map(({ outcome }) => outcome)).toEqual(['unchanged', 'unchanged']);
  expect(workspace.writes).toEqual([]);
});

test('a type that the cluster widened is updated on top of what was read', async () => {
  const crd = await published();
  const narrower = withSpecFields(crd, ({ containers = {} }) => ({ containers }));
  workspace.answers.set(deploymentsCrd, { ...narrower, metadata: { ...crd.metadata, resourceVersion: '7' } });
  expect(await publish('deployments.apps')).toContainEqual({ type: 'deployments.apps', outcome: 'updated' });
  expect(workspace.writes).toMatchObject([
    { method: 'PUT', path: deploymentsCrd, body: { metadata: { resourceVersion: '7' }, spec: crd.spec } },
  ]);
});

test('a type that the cluster narrowed is left as it is', async () => {
  const crd = await published();
  workspace.answers.set(
    deploymentsCrd,
    withSpecFields(crd, (fields) => ({ ...fields, paused: { type: 'boolean' } })),
  );
  expect(await publish('deployments.apps')).toContainEqual({
    type: 'deployments.apps',
    outcome: 'leftAlone',
    why: "the cluster's is narrower: .spec.paused: would disappear",
  });
  expect(workspace.writes).toEqual([]);
});

test.each([
  ['somebody else made it', {}],
  ['it is published by cluster-2', { 'syncer.kcp.io/published-by': 'cluster-2' }],
])('a type is left alone: %s', async (why, annotations) => {
  const crd = await published();
  workspace.answers.set(deploymentsCrd, { ...crd, metadata: { ...crd.metadata, annotations }, spec: {} });
  expect(await publish('deployments.apps')).toContainEqual({ type: 'deployments.apps', outcome: 'leftAlone', why });
  expect(workspace.writes).toEqual([]);
});

test("a guard that somebody else's name is on is left alone", async () => {
  await published();
  const theirs = { metadata: { name: 'keeps-lists.deployments.apps.syncer.kcp.io' }, spec: {} };
  workspace.answers.set(`${policies}/keeps-lists.deployments.apps.syncer.kcp.io`, theirs);
  expect(await publish('deployments.apps')).toContainEqual({ type: 'deployments.apps', outcome: 'unchanged' });
  expect(workspace.writes).toEqual([]);
});

test('a guard that is gone is put back', async () => {
  await published();
  workspace.answers.delete(`${policies}/keeps-lists.deployments.apps.syncer.kcp.io`);
  expect(await publish('deployments.apps')).toContainEqual({ type: 'deployments.apps', outcome: 'updated' });
  expect(workspace.writes.map(({ path }) => path)).toEqual([policies]);
});

test('a type that is bound is left alone, and the binding named', async () => {
  const binding = {
    metadata: { name: 'kubernetes' },
    status: { boundResources: [{ group: 'apps', resource: 'deployments' }] },
  };
  workspace.answers.set('/apis/apis.kcp.io/v1alpha2/apibindings', { items: [binding] });
  expect(await publish('deployments.apps')).toContainEqual({
    type: 'deployments.apps',
    outcome: 'leftAlone',
    why: 'the workspace has it by the APIBinding kubernetes',
  });
});

test('a type that kcp serves itself is left alone', async () => {
  const [services] = [{ name: 'services', kind: 'Service', namespaced: true, verbs: ['list'] }];
  workspace.answers.set('/api/v1', { kind: 'APIResourceList', groupVersion: 'v1', resources: [services] });
  expect(await publish('services')).toContainEqual({
    type: 'services',
    outcome: 'leftAlone',
    why: 'the workspace serves it already',
  });
});

test('a type that is being deleted is not written', async () => {
  const crd = await published();
  const metadata = { ...crd.metadata, deletionTimestamp: '2026-01-01T00:00:00Z' };
  workspace.answers.set(deploymentsCrd, { ...crd, metadata });
  expect(await publish('deployments.apps')).toContainEqual({
    type: 'deployments.apps',
    outcome: 'failed',
    why: 'the workspace is deleting it',
  });
  expect(workspace.writes).toEqual([]);
});

test('what fails for one type does not keep the others', async () => {
  workspace.answers.set(`POST ${policies}`, new Refusal(403, { kind: 'Status', message: 'policies are forbidden' }));
  expect(await publish('deployments.apps', 'gadgets')).toEqual([
    { type: 'synctargets.workload.kcp.io', outcome: 'created' },
    { type: 'gadgets', outcome: 'failed', why: 'the cluster does not serve it' },
    { type: 'deployments.apps', outcome: 'failed', why: 'policies are forbidden' },
  ]);
});

test('a lost race is looked at again', async () => {
  workspace.answers.set(`POST ${crds}`, new Refusal(409));
  const done = publish('deployments.apps');
  await clock.advance(0);
  workspace.answers.delete(`POST ${crds}`);
  expect((await done).map(({ outcome }) => outcome)).toEqual(['created', 'created']);
});

test('a server that stays busy is given up in the end', async () => {
  workspace.answers.set(syncTargetCrd, new Refusal(503, { kind: 'Status', message: 'too busy' }));
  expect(await publish('deployments.apps')).toContainEqual({
    type: 'synctargets.workload.kcp.io',
    outcome: 'failed',
    why: 'too busy',
  });
});

test('each result is told as soon as it is known', async () => {
  const told: string[] = [];
  const { signal } = new AbortController();
  await ensureWorkspaceApis(workspace, cluster, {
    resources: ['deployments.apps'],
    publishedBy: 'cluster-1',
    clock,
    signal,
    onResult: ({ type, outcome }) => told.push(`${type} ${outcome}`),
  });
  expect(told.sort()).toEqual(['deployments.apps created', 'synctargets.workload.kcp.io created']);
});
