import { apiErrorOf } from '../kube/api-error.js';
import type { KubeClient } from '../kube/client.js';
import { nodeTotals } from './node-totals.js';
import { statusText } from './fake-kcp.fixture.js';

const { signal } = new AbortController();

function aCluster(request: KubeClient['request']): KubeClient {
  return { side: 'downstream', server: 'https://c', request } as Partial<KubeClient> as KubeClient;
}

function pageOf(items: unknown[], next?: string) {
  const metadata = { resourceVersion: '7', ...(next !== undefined && { continue: next }) };
  const text = JSON.stringify({ kind: 'NodeList', apiVersion: 'v1', metadata, items });
  return Promise.resolve({ status: 200, headers: { 'content-type': 'application/json' }, text });
}

function aNode(name: string, capacity?: Record<string, string>) {
  return { metadata: { name }, status: { capacity } };
}

test('nodes of all pages are counted and what they have is added up', async () => {
  const cluster = aCluster(({ path }) =>
    path.includes('continue=')
      ? pageOf([aNode('c')])
      : pageOf(
          [
            aNode('a', { memory: '64Gi', cpu: '4', 'hugepages-2Mi': '0' }),
            aNode('b', { cpu: '3920m', memory: '512Mi', odd: '?' }),
          ],
          'more',
        ),
  );
  expect(await nodeTotals(cluster, signal)).toEqual({ nodes: 3, capacity: { cpu: '7920m', memory: '66048Mi' } });
});

test('without the right to list nodes nothing is said of them', async () => {
  const text = statusText(403, 'Forbidden', 'nodes is forbidden');
  const cluster = aCluster((request) =>
    Promise.reject(apiErrorOf({ side: 'downstream', ...request, status: 403, headers: {}, text })),
  );
  expect(await nodeTotals(cluster, signal)).toEqual({});
});

test('a failure of the cluster is not taken for a missing right', async () => {
  const text = statusText(503, 'ServiceUnavailable', 'later');
  const cluster = aCluster((request) =>
    Promise.reject(apiErrorOf({ side: 'downstream', ...request, status: 503, headers: {}, text })),
  );
  await expect(nodeTotals(cluster, signal)).rejects.toMatchObject({ status: 503 });
});
