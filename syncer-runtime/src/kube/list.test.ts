import { systemClock } from '../base/clock.js';
import { serverAccess } from './access.js';
import type { KubeClient } from './client.js';
import { isExpired } from './error-class.js';
import { FaultServer } from './fault-server.fixture.js';
import { Gates } from './gates.js';
import { createKubeClient } from './http-client.js';
import { listPages, type ListPage, type ListScope } from './list.js';

const scope: ListScope = {
  type: { group: 'example.com', version: 'v1', resource: 'things' },
  namespace: 'n',
  labelSelector: 'a=b',
};
const { signal } = new AbortController();
let server: FaultServer;
let client: KubeClient;

beforeEach(async () => {
  server = await FaultServer.start();
  client = createKubeClient({
    side: 'upstream',
    access: serverAccess(server.kubeconfig(), { clock: systemClock }),
    gates: new Gates(),
    clock: systemClock,
    version: '0',
  });
});
afterEach(async () => {
  await client.close();
  await server.stop();
});

function things(count: number, size = 0): object[] {
  return Array.from({ length: count }, (_, i) => ({ metadata: { name: `t${i}` }, data: 'x'.repeat(size) }));
}

async function pages(): Promise<ListPage[]> {
  const all: ListPage[] = [];
  for await (const page of listPages(client, scope, signal)) all.push(page);
  return all;
}

/** Serves `total` things of `size` bytes, and remembers the limits that were asked for. */
function serve(total: number, size: number): number[] {
  const limits: number[] = [];
  server.on((call) => {
    const limit = Number(call.query.get('limit'));
    const from = Number(call.query.get('continue') ?? 0);
    limits.push(limit);
    const to = Math.min(total, from + limit);
    call.list('42', things(to - from, size), to < total ? { continue: String(to) } : {});
  });
  return limits;
}

test('a list comes page by page, in its namespace, by its label, and never from a cache', async () => {
  serve(120, 10);
  const all = await pages();
  expect(all.map(({ items }) => items.length)).toEqual([50, 70]);
  expect(all.map(({ resourceVersion }) => resourceVersion)).toEqual(['42', '42']);
  expect(server.calls[0]?.path).toBe('/apis/example.com/v1/namespaces/n/things?limit=50&labelSelector=a%3Db');
  expect(server.calls[1]?.query.get('continue')).toBe('50');
});

test('small objects come by 500, large ones by about a megabyte', async () => {
  expect([serve(1_200, 10), await pages()][0]).toEqual([50, 500, 500, 500]);
  const limits = serve(100, 50_000);
  await pages();
  expect(limits.slice(0, 2)).toEqual([50, 19]);
});

test('a page of more than 64 MiB is asked again with half as many', async () => {
  const limits = serve(60, 1_500_000);
  const all = await pages();
  expect(limits.slice(0, 2)).toEqual([50, 25]);
  expect(all.flatMap(({ items }) => items)).toHaveLength(60);
}, 20_000);

test('an empty list is one that says of itself that it is a list', async () => {
  server.on((call) => {
    call.list('7', []);
  });
  expect(await pages()).toMatchObject([{ items: [], resourceVersion: '7' }]);
});

const metadata = { resourceVersion: '1' };
test.each([
  ['another content type', 'text/html', '<html></html>'],
  ['a list under another content type', 'text/plain', JSON.stringify({ kind: 'ThingList', metadata, items: [] })],
  ['text that is not JSON', 'application/json', '{"kind":"ThingList","items":['],
  ['an empty body', 'application/json', ''],
  ['an empty object', 'application/json', '{}'],
  ['something else than a list', 'application/json', JSON.stringify({ kind: 'Thing', metadata, items: [] })],
  ['no resourceVersion', 'application/json', JSON.stringify({ kind: 'ThingList', metadata: {}, items: [] })],
  ['no items', 'application/json', JSON.stringify({ kind: 'ThingList', metadata })],
  ['items that are no objects', 'application/json', JSON.stringify({ kind: 'ThingList', metadata, items: [{}] })],
  [
    'items without a name',
    'application/json',
    JSON.stringify({ kind: 'ThingList', metadata, items: [{ metadata: { name: '' } }] }),
  ],
])('a 200 with %s is an error and no empty list', async (_, type, body) => {
  server.on((call) => {
    call.text(200, body, { 'content-type': type });
  });
  await expect(pages()).rejects.toMatchObject({ name: 'ConnectionError', code: 'NOT_A_LIST' });
});

test.each([401, 403, 404, 429, 500, 503])('a %i is an error and no empty list', async (status) => {
  server.on((call) => {
    call.status(status, 'Whatever');
  });
  await expect(pages()).rejects.toMatchObject({ name: 'ApiError', status });
});

test('a list that the server has forgotten in the middle is over, and says why', async () => {
  server.on((call) => {
    if (call.query.has('continue')) call.status(410, 'Expired');
    else call.list('1', things(1), { continue: 'more' });
  });
  const seen: number[] = [];
  const reading = (async () => {
    for await (const page of listPages(client, scope, signal)) seen.push(page.items.length);
  })();
  const error: unknown = await reading.catch((thrown: unknown) => thrown);
  expect(isExpired(error)).toBe(true);
  expect(seen).toEqual([1]);
});
