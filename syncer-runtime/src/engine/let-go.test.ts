import { FakeClock } from '../base/clock.fixture.js';
import { configMaps, deployments, FakeServer } from '../informer/fake-server.fixture.js';
import type { ApiRequest } from '../kube/client.js';
import type { KubeObject } from '../object/types.js';
import { createMapping } from '../sync/namespace/mapping.js';
import { letGoOfCopies, type LetGoOptions } from './let-go.js';

const owner = 'owner';
const ours = {
  'syncer.kcp.io/sync-target': 'my-cluster',
  'syncer.kcp.io/applied': 'v1:abc',
  'syncer.kcp.io/upstream-uid': 'original-uid',
};

let server: FakeServer;
let clock: FakeClock;
const told: string[] = [];

beforeEach(() => {
  server = new FakeServer('downstream');
  clock = new FakeClock();
  for (const type of [configMaps, deployments]) server.serve(type);
  told.splice(0);
});

function options(given: Partial<LetGoOptions> = {}): LetGoOptions {
  return {
    downstream: server.client(),
    owner,
    syncTarget: 'my-cluster',
    mapping: createMapping({ strategy: 'Identity' }),
    policy: 'Orphan',
    syncedTypes: new Set(['configmaps', 'deployments.apps']),
    clock,
    onProgress: (message) => told.push(message),
    signal: new AbortController().signal,
    ...given,
  };
}

/** A copy, with marks that may be changed. */
function copy(name: string, metadata: Partial<KubeObject['metadata']> = {}): KubeObject {
  return server.put(configMaps, {
    metadata: {
      namespace: 'default',
      name,
      labels: { 'syncer.kcp.io/owner': owner, app: 'web' },
      ...metadata,
      annotations: { ...ours, 'syncer.kcp.io/upstream': `default/${name}`, note: 'mine', ...metadata.annotations },
    },
  });
}

function found(name: string): KubeObject | undefined {
  return server.get(configMaps, { namespace: 'default', name });
}

function writes(): ApiRequest[] {
  return server.requests.filter(({ method }) => method !== 'GET');
}

/** Lets go, while time passes as it is waited for. */
async function letGo(given: Partial<LetGoOptions> = {}): Promise<void> {
  const ending = { isOver: false };
  const work = letGoOfCopies(options(given)).finally(() => {
    ending.isOver = true;
  });
  work.catch(() => undefined);
  for (let turns = 0; turns < 400 && !ending.isOver; turns++) await clock.advance(50);
  await work;
}

test('a group that was synced and does not answer now is waited for, another is not', async () => {
  server.staleGroups.add('example.com');
  await expect(letGo({ syncedTypes: new Set(['widgets.example.com']) })).rejects.toThrow(
    'does not tell what it serves in example.com',
  );
  await expect(letGo()).resolves.toBeUndefined();
});

describe('Orphan', () => {
  test('takes exactly our marks off, by merge patch of this very object', async () => {
    const { metadata } = copy('settings');
    await letGo();
    const [write, ...further] = writes();
    expect(further).toEqual([]);
    expect(write).toMatchObject({ method: 'PATCH', contentType: 'application/merge-patch+json' });
    expect(JSON.parse(write?.body ?? '')).toMatchObject({ metadata: { uid: metadata.uid } });
    expect(found('settings')?.metadata).toMatchObject({
      labels: { app: 'web' },
      annotations: { note: 'mine', 'syncer.kcp.io/upstream-uid': 'original-uid' },
    });
    expect(Object.keys(found('settings')?.metadata.annotations ?? {})).toHaveLength(2);
  });

  test('leaves what only looks like a copy: of another SyncTarget, of another name, or a child of a controller', async () => {
    copy('other-target', { annotations: { 'syncer.kcp.io/sync-target': 'another' } });
    copy('other-name', { annotations: { 'syncer.kcp.io/upstream': 'default/something-else' } });
    const parent = { apiVersion: 'v1', kind: 'Parent', name: 'p', uid: 'u', controller: true };
    copy('child', { ownerReferences: [parent] });
    await letGo();
    expect(writes()).toEqual([]);
  });
});

describe('Delete', () => {
  test('deletes this very object, and keeps what was there before it became a copy', async () => {
    const { metadata } = copy('settings');
    copy('adopted', { annotations: { 'syncer.kcp.io/adopted': 'true' } });
    await letGo({ policy: 'Delete' });
    expect(found('settings')).toBeUndefined();
    expect(found('adopted')?.metadata.labels).toEqual({ app: 'web' });
    const deletion = writes().find(({ method }) => method === 'DELETE');
    expect(JSON.parse(deletion?.body ?? '')).toMatchObject({ preconditions: { uid: metadata.uid } });
  });
});

test('an object that the cluster refuses to let go keeps no other, and is named until it goes (S39)', async () => {
  for (const name of ['a', 'b', 'c']) copy(name);
  let refusals = 0;
  server.fault = ({ method, path }) =>
    method === 'PATCH' && path.includes('/configmaps/b') && refusals++ < 3
      ? server.refusal(403, 'a webhook says no')
      : undefined;
  await letGo();
  expect(told[0]).toContain('waiting for 1 configmaps to go from the cluster, such as default/b: ');
  for (const name of ['a', 'b', 'c']) expect(found(name)?.metadata.labels).toEqual({ app: 'web' });
});

test('who is told to stop in between stops, and begins again later where nothing is lost', async () => {
  for (const name of ['a', 'b']) copy(name);
  const ending = new AbortController();
  server.fault = ({ path }) => {
    if (path.includes('/configmaps/b')) ending.abort(new Error('the operator stops'));
    return path.includes('/configmaps/b') ? server.unreachable() : undefined;
  };
  await expect(letGo({ signal: ending.signal })).rejects.toThrow();
  server.fault = () => undefined;
  await letGo();
  for (const name of ['a', 'b']) expect(found(name)?.metadata.labels).toEqual({ app: 'web' });
});
