import { apiErrorOf, type ApiError } from './api-error.js';
import type { ApiRequest, KubeClient } from './client.js';
import { ConnectionError } from './connection-error.js';
import { discover } from './discovery.js';

const { signal } = new AbortController();

/** A server that answers each path with a document, an error, or a text 404. */
function serverOf(documents: Record<string, unknown>): KubeClient {
  const request = async ({
    path,
    method,
    accept,
  }: ApiRequest): Promise<{ status: number; headers: object; text: string }> => {
    const document = await Promise.resolve((accept && documents[`${path} aggregated`]) ?? documents[path]);
    if (document instanceof Error) throw document;
    if (document === undefined)
      throw apiErrorOf({ side: 'upstream', method, path, status: 404, headers: {}, text: '404 page not found' });
    return { status: 200, headers: {}, text: typeof document === 'string' ? document : JSON.stringify(document) };
  };
  return { side: 'upstream', server: 'https://s', request } as unknown as KubeClient;
}

function unavailable(): ApiError {
  return apiErrorOf({
    side: 'upstream',
    method: 'GET',
    path: '/',
    status: 503,
    headers: {},
    text: 'service unavailable',
  });
}

const verbs = ['get', 'list', 'watch'];
const deployments = {
  resource: 'deployments',
  responseKind: { group: '', version: '', kind: 'Deployment' },
  scope: 'Namespaced',
  verbs,
  subresources: [{ subresource: 'status' }, { subresource: 'scale' }],
};
const core = {
  kind: 'APIGroupDiscoveryList',
  items: [
    {
      metadata: {},
      versions: [
        {
          version: 'v1',
          resources: [{ resource: 'namespaces', responseKind: { kind: 'Namespace' }, scope: 'Cluster', verbs }],
        },
      ],
    },
  ],
};
const deploymentsType = {
  group: 'apps',
  version: 'v1',
  resource: 'deployments',
  kind: 'Deployment',
  namespaced: true,
  verbs,
  subresources: ['status', 'scale'],
};
const namespacesType = {
  group: '',
  version: 'v1',
  resource: 'namespaces',
  kind: 'Namespace',
  namespaced: false,
  verbs,
  subresources: [],
};

describe('the aggregated form', () => {
  test('tells all types of all groups in two requests', async () => {
    const groups = {
      kind: 'APIGroupDiscoveryList',
      items: [
        {
          metadata: { name: 'apps' },
          versions: [
            {
              version: 'v1',
              freshness: 'Current',
              resources: [
                deployments,
                { resource: 'odd', responseKind: null, subresources: [{ subresource: 'token' }] },
              ],
            },
            { version: 'v1beta1', freshness: 'Current', resources: [deployments] },
          ],
        },
      ],
    };
    expect(await discover(serverOf({ '/api': core, '/apis': groups }), signal)).toEqual({
      types: [namespacesType, deploymentsType, { ...deploymentsType, version: 'v1beta1' }],
      complete: true,
      failedGroups: [],
    });
  });

  test('of a group that is told from memory is not complete', async () => {
    const groups = {
      kind: 'APIGroupDiscoveryList',
      items: [{ metadata: { name: 'metrics.k8s.io' }, versions: [{ version: 'v1', freshness: 'Stale' }] }],
    };
    expect(await discover(serverOf({ '/api': core, '/apis': groups }), signal)).toMatchObject({
      complete: false,
      failedGroups: ['metrics.k8s.io'],
    });
  });
});

describe('the old form', () => {
  const groups = {
    kind: 'APIGroupList',
    groups: [
      { name: 'apps', versions: [{ version: 'v1beta1' }, { version: 'v1' }], preferredVersion: { version: 'v1' } },
    ],
  };
  const list = (...resources: object[]): object => ({ kind: 'APIResourceList', resources });
  const entry = { name: 'deployments', kind: 'Deployment', namespaced: true, verbs };
  const documents = {
    '/api': { kind: 'APIVersions', versions: ['v1'] },
    '/apis': groups,
    '/api/v1': list({ name: 'namespaces', kind: 'Namespace', namespaced: false, verbs }),
    '/apis/apps/v1': list(
      entry,
      { name: 'deployments/status', kind: 'Deployment' },
      { name: 'deployments/scale', kind: 'Scale' },
    ),
    '/apis/apps/v1beta1': list(entry),
  };

  test('is asked group by group, the preferred version first', async () => {
    const { types, complete } = await discover(serverOf(documents), signal);
    expect(complete).toBe(true);
    expect(types).toEqual([
      namespacesType,
      deploymentsType,
      { ...deploymentsType, version: 'v1beta1', subresources: [] },
    ]);
  });

  test('counts for the core group too when the groups come in it: kcp leaves types out of the aggregated core group', async () => {
    const services = { name: 'services', kind: 'Service', namespaced: true, verbs };
    const kcp = {
      ...documents,
      '/api aggregated': core,
      '/api/v1': list({ name: 'namespaces', kind: 'Namespace', namespaced: false, verbs }, services),
    };
    const { types } = await discover(serverOf(kcp), signal);
    expect(types.map(({ resource }) => resource)).toEqual(['namespaces', 'services', 'deployments', 'deployments']);
  });

  test('of a group that does not answer leaves the others, and is not complete', async () => {
    const { types, complete, failedGroups } = await discover(
      serverOf({ ...documents, '/apis/apps/v1': unavailable() }),
      signal,
    );
    expect(types.map(({ resource, version }) => `${resource}/${version}`)).toEqual([
      'namespaces/v1',
      'deployments/v1beta1',
    ]);
    expect({ complete, failedGroups }).toEqual({ complete: false, failedGroups: ['apps'] });
  });

  test('fails as a whole when the server goes away meanwhile', async () => {
    const gone = new ConnectionError('gone', { side: 'upstream', server: 'https://s', code: 'ECONNRESET' });
    await expect(discover(serverOf({ ...documents, '/apis/apps/v1': gone }), signal)).rejects.toBe(gone);
  });
});

test.each(['', '[]', '{}', '<html>', '{"kind":"Status"}'])(
  'an answer %j is an error, not an empty server',
  async (text) => {
    const empty = { '/apis': { kind: 'APIGroupList', groups: [] } };
    await expect(discover(serverOf({ '/apis': text }), signal)).rejects.toMatchObject({ code: 'NOT_DISCOVERY' });
    await expect(discover(serverOf({ ...empty, '/api': text }), signal)).rejects.toMatchObject({
      code: 'NOT_DISCOVERY',
    });
    await expect(
      discover(serverOf({ ...empty, '/api': { kind: 'APIVersions', versions: ['v1'] }, '/api/v1': text }), signal),
    ).rejects.toMatchObject({
      code: 'NOT_DISCOVERY',
    });
  },
);

test('an error of /apis is an error', async () => {
  await expect(discover(serverOf({}), signal)).rejects.toMatchObject({ status: 404 });
});
