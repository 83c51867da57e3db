import { readFileSync } from 'node:fs';
import { askScopes } from '@kcp-syncer/syncer-runtime/informer/scope.js';
import type { KubeClient } from '@kcp-syncer/syncer-runtime/kube/client.js';
import { listPages } from '@kcp-syncer/syncer-runtime/kube/list.js';
import { watchEvents } from '@kcp-syncer/syncer-runtime/kube/watch-stream.js';
import { clusterAccount } from '../harness/account.js';
import type { AdminClient } from '../harness/admin-client.js';
import { eventually } from '../harness/eventually.js';
import { sharedControlPlanes, uniqueName } from '../harness/shared.js';
import { createWorkspace } from '../harness/workspace.js';
import { clientFor } from './clients.fixture.js';
import { Mirror } from './mirror.fixture.js';

jest.setTimeout(180_000);

const namespace = uniqueName('reflector');
const { signal } = new AbortController();
const type = { group: '', version: 'v1', resource: 'configmaps' };
const collection = { apiVersion: 'v1', resource: 'configmaps', namespace };
const clients: KubeClient[] = [];

interface Place {
  readonly client: KubeClient;
  readonly admin: AdminClient;
}
const places = {} as Record<'kcp' | 'cluster', Place>;

beforeAll(async () => {
  const { kcp, cluster } = await sharedControlPlanes();
  const workspace = await createWorkspace(kcp, uniqueName('reflector'));
  places.kcp = { client: clientFor('upstream', workspace.kubeconfig()), admin: workspace.admin };
  places.cluster = {
    client: clientFor('downstream', readFileSync(cluster.kubeconfigPath, 'utf8')),
    admin: cluster.admin,
  };
  for (const { client, admin } of Object.values(places)) {
    clients.push(client);
    await admin.create({ apiVersion: 'v1', resource: 'namespaces' }, { metadata: { name: namespace } });
    for (let i = 0; i < 130; i++) await admin.create(collection, configMap(`a${i}`));
  }
});
afterAll(async () => {
  for (const client of clients) await client.close();
});

function configMap(name: string): object {
  return { metadata: { name, labels: { followed: 'yes' } }, data: { a: '1' } };
}

describe.each(['kcp', 'cluster'] as const)('%s', (name) => {
  let place: Place;
  beforeAll(() => {
    place = places[name];
  });

  test('is listed page by page, each with the resourceVersion of the whole', async () => {
    const pages = [];
    for await (const page of listPages(place.client, { type, namespace, labelSelector: 'followed=yes' }, signal))
      pages.push(page);
    expect(pages.map(({ items }) => items.length)).toEqual([50, 80]);
    expect(new Set(pages.map(({ resourceVersion }) => resourceVersion)).size).toBe(1);
    expect(new Set(pages.flatMap(({ items }) => items.map(({ metadata }) => metadata.name))).size).toBe(130);
  });

  test('is followed: creations, changes, a label taken off, deletions', async () => {
    const mirror = new Mirror();
    mirror.follow(place.client, { type, namespace, labelSelector: 'followed=yes' });
    await eventually('all are listed', () => mirror.objects.size === 130);
    const { admin } = place;
    await admin.create(collection, configMap('born'));
    await admin.patch({ ...collection, name: 'a1' }, { data: { a: '2' } });
    await admin.patch({ ...collection, name: 'a2' }, { metadata: { labels: { followed: null } } });
    await admin.delete({ ...collection, name: 'a3' });
    await eventually(
      'all is seen',
      async () => await mirror.shows(admin, collection, { labelSelector: 'followed=yes' }),
    );
    expect([...mirror.believedGone].sort()).toEqual([`${namespace}/a2`, `${namespace}/a3`]);
    expect(mirror).toMatchObject({ lists: 1, errors: [] });
    await mirror.end();
    await admin.patch({ ...collection, name: 'a2' }, { metadata: { labels: { followed: 'yes' } } });
    await admin.create(collection, configMap('a3'));
    await admin.delete({ ...collection, name: 'born' });
  });

  test('ends a watch in its time, without an error, and goes on from where it was', async () => {
    const { admin, client } = place;
    const [page] = await collected(listPages(client, { type, namespace }, signal));
    const path = (version: string): string =>
      `/api/v1/namespaces/${namespace}/configmaps?watch=true&allowWatchBookmarks=true&timeoutSeconds=1&resourceVersion=${version}`;
    const open = async (version: string): Promise<unknown[]> =>
      await collected(watchEvents(await client.watch(path(version), signal), client, path(version)));
    expect(page).toBeDefined();
    const first = page?.resourceVersion ?? '';
    await open(first);
    const made = await admin.create(collection, configMap('between'));
    const events = await open(first);
    expect(events).toContainEqual(
      expect.objectContaining({
        type: 'ADDED',
        object: expect.objectContaining({ metadata: expect.objectContaining({ name: 'between' }) as object }) as object,
      }),
    );
    const rest = await open(made.metadata.resourceVersion ?? '');
    expect(rest.filter((event) => (event as { type: string }).type !== 'BOOKMARK')).toEqual([]);
    await admin.delete({ ...collection, name: 'between' });
  });
});

test('an account that may read two of three namespaces reads those', async () => {
  const { cluster } = await sharedControlPlanes();
  const account = await clusterAccount(cluster, { name: uniqueName('reader'), rules: [] });
  const names = ['one', 'two', 'three'].map((word) => uniqueName(word));
  for (const [i, name] of names.entries()) {
    await cluster.admin.create({ apiVersion: 'v1', resource: 'namespaces' }, { metadata: { name } });
    if (i > 0) await permit(cluster.admin, name, account.user);
  }
  const client = clientFor('downstream', readFileSync(account.kubeconfigPath, 'utf8'));
  clients.push(client);
  const question = { client, type, candidates: () => names };
  const scopes = await eventually('both are permitted', async () => {
    const now = await askScopes(question, signal);
    return now.permitted.length === 2 && now;
  });
  expect(scopes).toEqual({ permitted: names.slice(1).map((name) => ({ type, namespace: name })), refused: [names[0]] });
  await permit(cluster.admin, names[0] ?? '', account.user);
  await eventually(
    'the third is permitted too',
    async () => (await askScopes(question, signal)).permitted.length === 3,
  );
});

async function permit(admin: AdminClient, inNamespace: string, user: string): Promise<void> {
  const rbac = { apiVersion: 'rbac.authorization.k8s.io/v1', namespace: inNamespace };
  const rules = [{ apiGroups: [''], resources: ['configmaps'], verbs: ['list'] }];
  await admin.create({ ...rbac, resource: 'roles' }, { metadata: { name: 'reader' }, rules });
  await admin.create(
    { ...rbac, resource: 'rolebindings' },
    {
      metadata: { name: 'reader' },
      roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: 'reader' },
      subjects: [{ apiGroup: 'rbac.authorization.k8s.io', kind: 'User', name: user }],
    },
  );
}

async function collected<T>(source: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const item of source) all.push(item);
  return all;
}
