import { asDownstream } from '../../base/sides.js';
import { FakeServer, namespacesType } from '../../informer/fake-server.fixture.js';
import type { KubeClient } from '../../kube/client.js';
import { annotations } from '../../object/marks.js';
import type { KubeObject } from '../../object/types.js';
import type { NamespaceFacts } from './facts.js';
import { claimOf } from './facts.js';
import { NamespaceKeeper, type NamespaceKeeperOptions } from './keeper.js';
import { identityMapping } from './mapping.fixture.js';
import { createMapping } from './mapping.js';

const ours = claimOf('owner', 'my-cluster', 'team');

function setup(options: Partial<NamespaceKeeperOptions> = {}): { server: FakeServer; keeper: NamespaceKeeper } {
  const server = new FakeServer('downstream');
  const keeper = new NamespaceKeeper({
    downstream: asDownstream<KubeClient>(server.client()),
    owner: 'owner',
    syncTarget: 'my-cluster',
    mapping: identityMapping,
    template: { labels: {}, annotations: {} },
    isProtected: () => false,
    mayUseExisting: () => true,
    watched: () => undefined,
    signal: new AbortController().signal,
    ...options,
  });
  return { server, keeper };
}

function team(metadata: Partial<KubeObject['metadata']> = {}): KubeObject {
  return { metadata: { name: 'team', ...metadata } };
}

function claimOn(server: FakeServer): string | undefined {
  return server.get(namespacesType, 'team')?.metadata.annotations?.[annotations.namespaceClaim];
}

const facts: NamespaceFacts = {
  name: 'team',
  uid: 'u',
  rv: '1',
  deleting: false,
  claim: ours,
  released: '',
  created: true,
};

test('a namespace is created with our claim, and then asked for no more', async () => {
  const { server, keeper } = setup();
  expect(await keeper.ensure('team')).toBeUndefined();
  expect(await keeper.ensure('team')).toBeUndefined();
  expect(server.requests.map(({ method }) => method)).toEqual(['GET', 'POST']);
  expect(claimOn(server)).toBe(ours);
});

test('one that the watch shows as ours costs no request', async () => {
  const { server, keeper } = setup({ watched: () => facts });
  expect(await keeper.ensure('team')).toBeUndefined();
  expect(server.requests).toEqual([]);
});

test('what the watch shows counts more than what we once wrote', async () => {
  const watch: { facts?: NamespaceFacts } = {};
  const { server, keeper } = setup({ watched: () => watch.facts });
  await keeper.ensure('team');
  server.edit(namespacesType, 'team', () => team({ annotations: { [annotations.namespaceClaim]: 'x/y/z' } }));
  watch.facts = { ...facts, claim: 'x/y/z' };
  expect(await keeper.ensure('team')).toMatchObject({ waiting: { reason: 'NamespaceClaimed' } });
});

test('one that is there keeps what it has, and gets our claim on the version that was read', async () => {
  const { server, keeper } = setup();
  const { uid, resourceVersion } = server.put(
    namespacesType,
    team({ labels: { theirs: 'kept' }, annotations: { theirs: 'kept' } }),
  ).metadata;
  await keeper.ensure('team');
  expect(server.get(namespacesType, 'team')?.metadata).toMatchObject({
    labels: { theirs: 'kept' },
    annotations: { theirs: 'kept', [annotations.namespaceClaim]: ours },
  });
  expect(JSON.parse(server.requests.at(-1)?.body ?? '')).toMatchObject({ metadata: { uid, resourceVersion } });
});

test("two claimants at once: the second sees the first one's claim and does not overwrite it", async () => {
  const { server, keeper } = setup();
  server.put(namespacesType, team());
  let isFirst = true;
  server.fault = ({ method }) => {
    if (method === 'PATCH' && isFirst) {
      isFirst = false;
      server.edit(namespacesType, 'team', () => team({ annotations: { [annotations.namespaceClaim]: 'x/y/z' } }));
    }
    return undefined;
  };
  expect(await keeper.ensure('team')).toMatchObject({ waiting: { reason: 'NamespaceClaimed' } });
  expect(claimOn(server)).toBe('x/y/z');
});

test('two creators at once: the second sees what the first made', async () => {
  const { server, keeper } = setup({ mayUseExisting: () => false });
  server.fault = ({ method }) => {
    if (method === 'POST') server.put(namespacesType, team());
    return undefined;
  };
  expect(await keeper.ensure('team')).toMatchObject({ waiting: { reason: 'NamespaceUnowned' } });
});

test('a namespace that never stands still is given up for half a minute', async () => {
  const { server, keeper } = setup();
  server.put(namespacesType, team());
  let times = 0;
  server.fault = ({ method }) => {
    if (method === 'PATCH') server.edit(namespacesType, 'team', () => team({ labels: { n: String(times++) } }));
    return undefined;
  };
  expect(await keeper.ensure('team')).toMatchObject({
    outcome: { kind: 'requeueAfter', ms: 30_000 },
    waiting: { reason: 'Conflict' },
  });
  expect(times).toBe(5);
});

test('all objects that want in at once share the work', async () => {
  const { server, keeper } = setup();
  await Promise.all(Array.from({ length: 50 }, async () => await keeper.ensure('team')));
  expect(server.requests.map(({ method }) => method)).toEqual(['GET', 'POST']);
});

test('a failure is told to all who wait, and the next tries again', async () => {
  const { server, keeper } = setup();
  server.fault = () => server.unreachable();
  const both = await Promise.allSettled([keeper.ensure('team'), keeper.ensure('team')]);
  expect(both.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
  server.fault = () => undefined;
  expect(await keeper.ensure('team')).toBeUndefined();
});

test('a 404 that does not name the namespace is no reason to create it', async () => {
  const { server, keeper } = setup();
  server.fault = ({ method }) => (method === 'GET' ? server.refusal(404, '') : undefined);
  await expect(keeper.ensure('team')).rejects.toMatchObject({ status: 404 });
  expect(server.writes()).toEqual([]);
});

test('one that was deleted and is forgotten is made anew', async () => {
  const { server, keeper } = setup();
  await keeper.ensure('team');
  server.remove(namespacesType, 'team');
  keeper.forget('team');
  expect(await keeper.ensure('team')).toBeUndefined();
  expect(claimOn(server)).toBe(ours);
});

test('a protected one is neither read nor written', async () => {
  const { server, keeper } = setup({ isProtected: () => true, watched: () => facts });
  expect(await keeper.ensure('team')).toMatchObject({ waiting: { reason: 'NamespaceProtected' } });
  expect(server.requests).toEqual([]);
});

test('a namespace that is created gets its mapped name and the template, and no template takes our marks', async () => {
  const labels = { 'pod-security.kubernetes.io/enforce': 'restricted', team: 'a' };
  const template = { labels, annotations: { note: 'made here', [annotations.namespaceClaim]: 'x/y/z' } };
  const { server, keeper } = setup({ mapping: createMapping({ strategy: 'Prefix', prefix: 'a-' }), template });
  expect(await keeper.ensure('team')).toBeUndefined();
  expect(server.get(namespacesType, 'team')).toBeUndefined();
  expect(server.get(namespacesType, 'a-team')?.metadata).toMatchObject({
    labels,
    annotations: { note: 'made here', [annotations.namespaceClaim]: ours, [annotations.namespaceCreated]: 'true' },
  });
});

test('whether a namespace is protected is asked of its name in the cluster', async () => {
  const mapping = createMapping({ strategy: 'Map', map: { team: 'kube-system' } });
  const { server, keeper } = setup({ mapping, isProtected: (name) => name.startsWith('kube-') });
  expect(await keeper.ensure('team')).toMatchObject({ waiting: { reason: 'NamespaceProtected' } });
  expect(server.requests).toEqual([]);
});
