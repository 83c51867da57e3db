import { apiErrorOf } from '../kube/api-error.js';
import type { ApiRequest, KubeClient } from '../kube/client.js';
import { askScopes } from './scope.js';

const type = { group: 'apps', version: 'v1', resource: 'deployments' };
const { signal } = new AbortController();
const everywhere = '/apis/apps/v1/deployments?limit=1';

function inNamespace(namespace: string): string {
  return `/apis/apps/v1/namespaces/${namespace}/deployments?limit=1`;
}

/** A server that refuses the paths for which `refuses` says a status, by path and number of the request. */
function serverThat(refuses: (path: string, asked: number) => number | undefined): {
  client: KubeClient;
  asked: string[];
} {
  const asked: string[] = [];
  const request = async ({ path, method }: ApiRequest): Promise<object> => {
    const status = await Promise.resolve(refuses(path, asked.push(path)));
    if (status !== undefined) throw apiErrorOf({ side: 'downstream', method, path, status, headers: {}, text: '' });
    return { status: 200, headers: {}, text: '{}' };
  };
  return { client: { request } as unknown as KubeClient, asked };
}

test('a type that may be read in the whole cluster is, and no namespace is asked for', async () => {
  const { client, asked } = serverThat(() => undefined);
  const scopes = await askScopes({ client, type, candidates: () => ['a'] }, signal);
  expect(scopes).toEqual({ permitted: [{ type }], refused: [] });
  expect(asked).toEqual([everywhere]);
});

test('a type that may not is read in the namespaces that permit it', async () => {
  const { client } = serverThat((path) => (path === everywhere || path === inNamespace('b') ? 403 : undefined));
  const scopes = await askScopes({ client, type, candidates: () => ['a', 'b', 'c'] }, signal);
  expect(scopes).toEqual({
    permitted: [
      { type, namespace: 'a' },
      { type, namespace: 'c' },
    ],
    refused: ['b'],
  });
});

test('a namespace that permits it later is found by asking again', async () => {
  let permitted = false;
  const { client } = serverThat((path) => (path === everywhere || !permitted ? 403 : undefined));
  const question = { client, type, candidates: () => ['a'] };
  expect(await askScopes(question, signal)).toEqual({ permitted: [], refused: ['a'] });
  permitted = true;
  expect(await askScopes(question, signal)).toEqual({ permitted: [{ type, namespace: 'a' }], refused: [] });
});

test('the false 403 of a kcp that starts does not narrow what is read', async () => {
  const { client, asked } = serverThat((_, number) => (number <= 2 ? 403 : undefined));
  expect(await askScopes({ client, type, candidates: () => ['a', 'b'] }, signal)).toEqual({
    permitted: [{ type }],
    refused: [],
  });
  expect(asked).toEqual([everywhere, inNamespace('a'), inNamespace('b'), everywhere]);
});

test.each([401, 404, 429, 500])('a %i says nothing about permissions', async (status) => {
  const { client } = serverThat(() => status);
  await expect(askScopes({ client, type, candidates: () => [] }, signal)).rejects.toMatchObject({ status });
});
