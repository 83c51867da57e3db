import type { ApiRequest } from '../kube/client.js';
import type { KubeObject } from '../object/types.js';
import { configMaps, deployments, FakeServer } from './fake-server.fixture.js';

const path = '/api/v1/namespaces/default/configmaps/web';
const key = 'default/web';

function setup(): FakeServer {
  const server = new FakeServer('downstream');
  server.serve(configMaps);
  server.serve(deployments);
  return server;
}

async function apply(server: FakeServer, body: object, metadata: object = {}): Promise<KubeObject> {
  const request: ApiRequest = {
    method: 'PATCH',
    path: `${path}?fieldManager=us&force=true`,
    contentType: 'application/apply-patch+yaml',
    body: JSON.stringify({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'web', ...metadata }, ...body }),
  };
  return JSON.parse((await server.client().request(request)).text) as KubeObject;
}

/** What the real servers answered when they were asked; the tests of the syncer stand on it. */
describe('the server in memory answers as the real ones', () => {
  test('an apply with resourceVersion "1" creates, and never touches what is there (F1)', async () => {
    const server = setup();
    await apply(server, { data: { a: '1' } }, { resourceVersion: '1' });
    await expect(apply(server, { data: { b: '1' } }, { resourceVersion: '1' })).rejects.toMatchObject({ status: 409 });
    expect(server.get(configMaps, key)?.['data']).toEqual({ a: '1' });
  });

  test('an apply that leaves out a field takes it away, if it is its alone', async () => {
    const server = setup();
    await apply(server, { data: { a: '1', b: '1' } });
    server.edit(configMaps, key, (object) => ({ ...object, data: { ...(object['data'] as object), theirs: '1' } }));
    await apply(server, { data: { a: '1' } });
    expect(server.get(configMaps, key)?.['data']).toEqual({ a: '1', theirs: '1' });
  });

  test('a foreign write to a field takes it out of the entry, also when it is set back (F10)', async () => {
    const server = setup();
    await apply(server, { data: { a: '1', b: '1' } });
    const owned = (): unknown => server.get(configMaps, key)?.metadata.managedFields?.[0]?.fieldsV1;
    const before = owned();
    server.edit(configMaps, key, (object) => ({ ...object, data: { a: '2', b: '1' } }));
    server.edit(configMaps, key, (object) => ({ ...object, data: { a: '1', b: '1' } }));
    expect(owned()).toEqual({ 'f:data': { 'f:b': {} } });
    await apply(server, { data: { a: '1', b: '1' } });
    expect(owned()).toEqual(before);
  });

  test('an apply with a uid creates nothing, and touches no other object', async () => {
    const server = setup();
    await expect(apply(server, {}, { uid: 'x' })).rejects.toMatchObject({ status: 409 });
    await apply(server, { data: { a: '1' } });
    await expect(apply(server, {}, { uid: 'x' })).rejects.toMatchObject({ status: 422 });
  });

  test('an apply that changes nothing changes no resourceVersion and tells nobody', async () => {
    const server = setup();
    const first = await apply(server, { data: { a: '1' } });
    const { version } = server;
    const second = await apply(server, { data: { a: '1' } });
    expect(second.metadata.resourceVersion).toBe(first.metadata.resourceVersion);
    expect(server.changesSince(configMaps, version)).toEqual([]);
  });

  test('generation counts changes of the spec, not of status and metadata', () => {
    const server = setup();
    const web = { metadata: { name: 'web', namespace: 'default' }, spec: { replicas: 1 } };
    const generation = (): number | undefined => server.get(deployments, key)?.metadata.generation;
    server.put(deployments, web);
    server.edit(deployments, key, (object) => ({ ...object, status: { ready: true } }));
    expect(generation()).toBe(1);
    server.edit(deployments, key, (object) => ({ ...object, spec: { replicas: 2 } }));
    expect(generation()).toBe(2);
  });

  test('a deletion waits for finalizers, and the last one takes the object along', () => {
    const server = setup();
    server.put(configMaps, { metadata: { name: 'web', namespace: 'default', finalizers: ['x'] } });
    server.remove(configMaps, key);
    expect(server.get(configMaps, key)?.metadata.deletionTimestamp).toBeDefined();
    server.edit(configMaps, key, ({ metadata, ...object }) => ({
      ...object,
      metadata: { ...metadata, finalizers: [] },
    }));
    expect(server.get(configMaps, key)).toBeUndefined();
    expect(server.changesSince(configMaps, 0).map(({ type }) => type)).toEqual(['ADDED', 'MODIFIED', 'DELETED']);
  });

  test('a watch by label sees an object that loses the label go, and come back with it', () => {
    const server = setup();
    const labelled = (labels: Record<string, string>): KubeObject => ({
      metadata: { name: 'web', namespace: 'default', labels },
    });
    for (const labels of [{ owner: 'us' }, {}, { owner: 'us' }]) server.put(configMaps, labelled(labels));
    expect(server.changesSince(configMaps, 0, 'owner=us').map(({ type }) => type)).toEqual([
      'ADDED',
      'DELETED',
      'ADDED',
    ]);
  });

  test('a failed test of a JSON Patch is a 422 that explains nothing (S18)', async () => {
    const server = setup();
    await apply(server, {});
    const body = JSON.stringify([{ op: 'test', path: '/metadata/uid', value: 'x' }]);
    const request = { method: 'PATCH', path, contentType: 'application/json-patch+json', body } as const;
    await expect(server.client().request(request)).rejects.toMatchObject({
      status: 422,
      details: { name: '', kind: '', causes: [] },
    });
  });

  test('a list comes in pages of one version', async () => {
    const server = setup();
    for (const name of ['a', 'b', 'c']) server.put(configMaps, { metadata: { name, namespace: 'default' } });
    const list = async (
      query: string,
    ): Promise<{ metadata: { continue?: string; resourceVersion: string }; items: [] }> =>
      JSON.parse((await server.client().request({ method: 'GET', path: `/api/v1/configmaps?${query}` })).text) as never;
    const first = await list('limit=2');
    server.put(configMaps, { metadata: { name: 'd', namespace: 'default' } });
    const second = await list(`limit=9&continue=${first.metadata.continue!}`);
    expect([first.items.length, second.metadata.resourceVersion]).toEqual([2, first.metadata.resourceVersion]);
  });
});
