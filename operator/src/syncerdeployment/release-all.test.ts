import { FakeClock } from '@kcp-syncer/syncer-runtime/base/clock.fixture.js';
import type { ApiRequest } from '@kcp-syncer/syncer-runtime/kube/client.js';
import { fakeClient, refuse, reply } from '../fake-client.fixture.js';
import { refuseAny, releaseAll } from './release-all.js';

const { signal } = new AbortController();

interface Known {
  readonly metadata: {
    readonly name: string;
    readonly namespace: string;
    readonly uid: string;
    deletionTimestamp?: string;
  };
  readonly spec: { deletionPolicy?: string };
  readonly status?: object;
}

/** A cluster whose operator lets go of one SyncerDeployment at each look that comes after its deletion. */
class World {
  readonly clock = new FakeClock();
  readonly writes: string[] = [];
  readonly told: string[] = [];
  readonly all = new Map<string, Known>();
  readonly client = fakeClient((request) => this.answer(request));

  add(name: string, spec: Known['spec'] = {}, deletionTimestamp?: string): Known {
    const metadata = { name, namespace: 'team', uid: `uid-${name}`, ...(deletionTimestamp && { deletionTimestamp }) };
    const conditions = [{ type: 'Ready', status: 'False', reason: 'Disconnecting', message: 'kcp does not answer' }];
    const one = { metadata, spec, status: { conditions } };
    this.all.set(name, one);
    return one;
  }

  async release(): Promise<void> {
    await releaseAll({ client: this.client, clock: this.clock, tell: (line) => this.told.push(line) }, signal);
  }

  private answer(request: ApiRequest): ReturnType<typeof reply> {
    const name = request.path.split('/').at(-1) ?? '';
    if (request.method === 'GET') {
      const items = [...this.all.values()].map((one) => structuredClone(one));
      for (const [key, one] of this.all) if (one.metadata.deletionTimestamp !== undefined) this.all.delete(key);
      const list = { kind: 'List', apiVersion: 'v1', metadata: { resourceVersion: '1' }, items };
      return { ...reply(list), headers: { 'content-type': 'application/json' } };
    }
    this.writes.push(`${request.method} ${name} ${request.body ?? ''}`);
    const one = this.all.get(name) ?? refuse(request, { status: 404, reason: 'NotFound' });
    if (request.method === 'DELETE') one.metadata.deletionTimestamp = '2026-01-01T00:00:00Z';
    return reply(one);
  }
}

const deletion = (name: string): string =>
  `DELETE ${name} {"apiVersion":"v1","kind":"DeleteOptions","preconditions":{"uid":"uid-${name}"}}`;

test('all are deleted in the manner of Orphan, and it is waited until they are gone', async () => {
  const world = new World();
  world.add('a', { deletionPolicy: 'Orphan' });
  world.add('b', { deletionPolicy: 'Delete' });
  const work = world.release();
  await world.clock.advance(5_000);
  await work;
  expect(world.writes).toEqual([
    deletion('a'),
    'PATCH b {"metadata":{"uid":"uid-b"},"spec":{"deletionPolicy":"Orphan"}}',
    deletion('b'),
  ]);
  expect(world.told).toEqual([
    'releasing team/a',
    'releasing team/b',
    'waiting for 2 of them, first team/a: Disconnecting, kcp does not answer',
  ]);
});

test('one that is being deleted already is only waited for', async () => {
  const world = new World();
  world.add('a', { deletionPolicy: 'Delete' }, '2026-01-01T00:00:00Z');
  const work = world.release();
  await world.clock.advance(5_000);
  await work;
  expect(world.writes).toEqual([]);
});

test('one that is gone before it could be deleted hinders nothing', async () => {
  const world = new World();
  world.add('a');
  const { client } = world;
  const racing = fakeClient(async (request) => {
    if (request.method === 'DELETE') world.all.clear();
    return await client.request(request);
  });
  const work = releaseAll({ client: racing, clock: world.clock, tell: () => undefined }, signal);
  await world.clock.advance(5_000);
  await expect(work).resolves.toBeUndefined();
});

test('where the type is not served there is nothing to do', async () => {
  const client = fakeClient((request) => refuse(request, { status: 404, reason: 'NotFound' }));
  await expect(refuseAny(client, signal)).resolves.toBeUndefined();
});

test('another refusal is not taken for nothing being there', async () => {
  const client = fakeClient((request) => refuse(request, { status: 403, reason: 'Forbidden' }));
  await expect(refuseAny(client, signal)).rejects.toMatchObject({ status: 403 });
});

test('Refuse names those that are there and writes nothing', async () => {
  const world = new World();
  world.add('a');
  world.add('b');
  await expect(refuseAny(world.client, signal)).rejects.toThrow('delete them first: team/a, team/b');
  expect(world.writes).toEqual([]);
});
