import { FakeClock, settle } from '../base/clock.fixture.js';
import { asUpstream } from '../base/sides.js';
import { configMaps, deployments, fakeType, type FakeServer } from '../informer/fake-server.fixture.js';
import type { KubeClient } from '../kube/client.js';
import type { KubeObject } from '../object/types.js';
import { bindings, crds, deploymentsCrd, fakeWorkspace } from '../sync/world.fixture.js';
import { TypeDefinitions } from './type-definitions.js';

const services = fakeType({ resource: 'services', kind: 'Service' });

interface Setting {
  server: FakeServer;
  clock: FakeClock;
  definitions: TypeDefinitions;
  changes: jest.Mock;
  troubles: unknown[];
  ending: AbortController;
}

let setting: Setting;

async function setup(prepare: (server: FakeServer) => void = () => undefined): Promise<Setting> {
  const server = fakeWorkspace();
  prepare(server);
  const clock = new FakeClock();
  const changes = jest.fn();
  const troubles: unknown[] = [];
  const ending = new AbortController();
  const definitions = new TypeDefinitions({
    upstream: asUpstream<KubeClient>(server.client()),
    clock,
    onChange: changes,
    onTrouble: (error) => troubles.push(error),
  });
  setting = { server, clock, definitions, changes, troubles, ending };
  void definitions.run(ending.signal);
  await settle();
  return setting;
}

function binding(uid: string, ...boundResources: object[]): KubeObject {
  return { metadata: { name: 'kubernetes', uid }, status: { boundResources } };
}

/** The workspace refuses to list the type. */
function refuse(server: FakeServer, ...resources: string[]): void {
  server.fault = ({ path }) =>
    resources.some((resource) => path.includes(`/${resource}`)) ? server.refusal(403, 'Forbidden') : undefined;
}

afterEach(() => {
  setting.ending.abort();
});

test('a type that a CRD serves is told with the uid of the CRD', async () => {
  const { definitions } = await setup();
  expect(definitions.settled).toBe(true);
  expect(definitions.definitionOf(deployments)).toEqual(deploymentsCrd);
});

test('a type of the core group that a CRD serves has "core" in the CRD\'s name', async () => {
  const { definitions } = await setup((server) =>
    server.put(crds, { metadata: { name: 'services.core', uid: 'services-uid' } }),
  );
  expect(definitions.definitionOf(services)).toMatchObject({ kind: 'crd', name: 'services.core', uid: 'services-uid' });
});

test('a type that a binding serves is told with the uid of the binding', async () => {
  const { definitions } = await setup((server) =>
    server.put(bindings, binding('binding-uid', { group: '', resource: 'services' }, { group: 'x', resource: 'y' })),
  );
  expect(definitions.definitionOf(services)).toEqual({
    kind: 'binding',
    name: 'kubernetes',
    uid: 'binding-uid',
    deleting: false,
  });
});

test('what neither serves is built in', async () => {
  const { definitions } = await setup();
  expect(definitions.definitionOf(configMaps)).toEqual({ kind: 'builtIn' });
  expect(definitions.definitionOf(services)).toEqual({ kind: 'builtIn' });
});

test('changes are told as they come', async () => {
  const { definitions, server, changes } = await setup();
  changes.mockClear();
  server.remove(crds, 'deployments.apps');
  server.put(crds, { metadata: { name: 'deployments.apps', uid: 'crd-uid-2' } });
  await settle();
  expect(changes).toHaveBeenCalledTimes(2);
  expect(definitions.definitionOf(deployments)).toMatchObject({ uid: 'crd-uid-2' });
  server.edit(crds, 'deployments.apps', ({ metadata, ...crd }) => ({
    ...crd,
    metadata: { ...metadata, finalizers: ['x'], deletionTimestamp: '2026-01-01T00:00:00Z' },
  }));
  await settle();
  expect(definitions.definitionOf(deployments)).toMatchObject({ uid: 'crd-uid-2', deleting: true });
});

test('schemas, which are large, are not asked for', async () => {
  const { server } = await setup();
  const list = server.requests.find(({ path }) => path.includes('customresourcedefinitions'));
  expect(list?.accept).toContain('PartialObjectMetadataList');
});

test('before the lists are complete nothing is settled, and nothing is known but what kcp always serves', async () => {
  const { definitions, server, clock, troubles } = await setup((workspace) => {
    workspace.fault = () => workspace.refusal(503, 'ServiceUnavailable');
  });
  expect([definitions.settled, troubles.length]).toEqual([false, 2]);
  expect(definitions.definitionOf(deployments)).toMatchObject({ kind: 'unknown' });
  expect(definitions.definitionOf(configMaps)).toEqual({ kind: 'builtIn' });
  server.fault = () => undefined;
  await clock.advance(2_000);
  expect(definitions.settled).toBe(true);
});

test('where CRDs and bindings may not be listed, that is settled, and said of every type', async () => {
  const { definitions } = await setup((server) => {
    refuse(server, 'customresourcedefinitions', 'apibindings');
  });
  expect(definitions.settled).toBe(true);
  expect(definitions.definitionOf(deployments)).toMatchObject({
    kind: 'unknown',
    why: expect.stringContaining('may not list') as string,
  });
});

test('where bindings alone may not be listed, a CRD is told, and what has none is not known', async () => {
  const { definitions } = await setup((server) => {
    refuse(server, 'apibindings');
  });
  expect(definitions.settled).toBe(true);
  expect(definitions.definitionOf(deployments)).toEqual(deploymentsCrd);
  expect(definitions.definitionOf(services)).toMatchObject({ kind: 'unknown' });
});
