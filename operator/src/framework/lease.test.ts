import { FakeClock, settle } from '@kcp-syncer/syncer-runtime/base/clock.fixture.js';
import type { ApiReply, ApiRequest, KubeClient } from '@kcp-syncer/syncer-runtime/kube/client.js';
import { fakeClient, quietLogger, refuse, reply } from '../fake-client.fixture.js';
import { Lease, leaseTimes } from './lease.js';

interface Stored {
  metadata: { name: string; namespace: string; resourceVersion: string };
  spec: { holderIdentity?: string; leaseTransitions?: number };
}

/** A server with one Lease, which refuses what was written under another version. */
class LeaseServer {
  stored: Stored | undefined;
  fault: (request: ApiRequest) => Error | undefined = () => undefined;
  writes = 0;
  private version = 0;

  client(): KubeClient {
    return fakeClient((request) => {
      const fault = this.fault(request);
      if (fault) throw fault;
      return this.answer(request);
    });
  }

  private answer(request: ApiRequest): ApiReply {
    if (request.method === 'GET')
      return this.stored ? reply(this.stored) : refuse(request, { status: 404, reason: 'NotFound' });
    const body = JSON.parse(request.body ?? '') as Stored;
    const isStale = body.metadata.resourceVersion !== this.stored?.metadata.resourceVersion;
    if (isStale) return refuse(request, { status: 409, reason: 'Conflict' });
    this.writes += 1;
    this.version += 1;
    this.stored = { ...body, metadata: { ...body.metadata, resourceVersion: String(this.version) } };
    return reply(this.stored);
  }
}

const clock = (): FakeClock => new FakeClock();
const never = new AbortController().signal;

function leaseOf(server: LeaseServer, identity: string, time: FakeClock): Lease {
  return new Lease({
    client: server.client(),
    namespace: 'ns',
    name: 'lease',
    identity,
    clock: time,
    logger: quietLogger(),
  });
}

test('the first who asks gets it, the second does not', async () => {
  const server = new LeaseServer();
  const time = clock();
  const [a, b] = [leaseOf(server, 'a', time), leaseOf(server, 'b', time)];
  await a.acquire(never);
  const waiting = new AbortController();
  const second = b.acquire(waiting.signal);
  await time.advance(3_000);
  expect([a.isHeld, b.isHeld]).toEqual([true, false]);
  waiting.abort(new Error('enough'));
  await expect(second).rejects.toThrow('enough');
});

test('of two who ask at once, one gets it', async () => {
  const server = new LeaseServer();
  const time = clock();
  const both = [leaseOf(server, 'a', time), leaseOf(server, 'b', time)];
  const ending = new AbortController();
  void Promise.allSettled(both.map((lease) => lease.acquire(ending.signal)));
  await time.advance(100);
  expect(both.filter(({ isHeld }) => isHeld)).toHaveLength(1);
  ending.abort(new Error('over'));
});

test('who holds it renews it, and nobody else gets it meanwhile', async () => {
  const server = new LeaseServer();
  const time = clock();
  const [a, b] = [leaseOf(server, 'a', time), leaseOf(server, 'b', time)];
  const ending = new AbortController();
  await a.acquire(never);
  void a.keep(ending.signal).catch(() => undefined);
  void b.acquire(ending.signal).catch(() => undefined);
  await time.advance(120_000);
  expect([a.isHeld, b.isHeld]).toEqual([true, false]);
  expect(server.writes).toBeLessThanOrEqual(120 / 3);
  ending.abort(new Error('over'));
});

test('a killed holder is replaced after its whole duration, as the observer sees it, within twenty seconds', async () => {
  const server = new LeaseServer();
  const time = clock();
  const [a, b] = [leaseOf(server, 'a', time), leaseOf(server, 'b', time)];
  await a.acquire(never);
  const second = b.acquire(never);
  await time.advance(leaseTimes.durationMs - 1_000);
  expect(b.isHeld).toBe(false);
  await time.advance(20_000 - leaseTimes.durationMs + 1_000);
  await second;
  expect(b.isHeld).toBe(true);
  expect(server.stored?.spec).toMatchObject({ holderIdentity: 'b', leaseTransitions: 1 });
});

test('a holder that cannot renew stops writing well before another may take over', async () => {
  const server = new LeaseServer();
  const time = clock();
  const a = leaseOf(server, 'a', time);
  await a.acquire(never);
  const kept = a.keep(never);
  server.fault = () => new Error('no connection');
  await time.advance(leaseTimes.deadlineMs - 100);
  expect(a.isHeld).toBe(true);
  await time.advance(100);
  expect(a.isHeld).toBe(false);
  await time.advance(leaseTimes.renewMs);
  await kept;
  expect(leaseTimes.deadlineMs).toBeLessThan(leaseTimes.durationMs);
});

test('a renewal that fails once is tried again in time', async () => {
  const server = new LeaseServer();
  const time = clock();
  const a = leaseOf(server, 'a', time);
  await a.acquire(never);
  const ending = new AbortController();
  void a.keep(ending.signal).catch(() => undefined);
  let faults = 0;
  server.fault = () => (faults++ < 2 ? new Error('no connection') : undefined);
  await time.advance(60_000);
  expect(a.isHeld).toBe(true);
  ending.abort(new Error('over'));
});

test('a Lease that somebody else took is lost at once', async () => {
  const server = new LeaseServer();
  const time = clock();
  const a = leaseOf(server, 'a', time);
  await a.acquire(never);
  const kept = a.keep(never);
  server.stored = { ...server.stored!, metadata: { ...server.stored!.metadata, resourceVersion: 'another' } };
  await time.advance(leaseTimes.renewMs);
  await kept;
  expect(a.isHeld).toBe(false);
});

test('a clock that jumps ends the holding: a machine that slept must not write', async () => {
  const server = new LeaseServer();
  const time = clock();
  const wall = jest.spyOn(time, 'now');
  const a = leaseOf(server, 'a', time);
  await a.acquire(never);
  wall.mockReturnValue(time.monotonic() + leaseTimes.deadlineMs);
  expect(a.isHeld).toBe(false);
});

test('a Lease that is released is taken within three seconds', async () => {
  const server = new LeaseServer();
  const time = clock();
  const [a, b] = [leaseOf(server, 'a', time), leaseOf(server, 'b', time)];
  await a.acquire(never);
  const second = b.acquire(never);
  await time.advance(5_000);
  await a.release();
  expect(a.isHeld).toBe(false);
  await time.advance(3_000);
  await second;
  expect(b.isHeld).toBe(true);
});

test('a release that fails is no failure: the Lease runs out', async () => {
  const server = new LeaseServer();
  const a = leaseOf(server, 'a', clock());
  await a.acquire(never);
  server.fault = () => new Error('no connection');
  await a.release();
  await settle();
  expect(a.isHeld).toBe(false);
});

test('a Lease goes with its owner, also one that belonged to another before', async () => {
  const server = new LeaseServer();
  const time = clock();
  const owner = { apiVersion: 'v1', kind: 'ServiceAccount', name: 'operator', uid: 'new' };
  const options = { client: server.client(), namespace: 'ns', name: 'lease', clock: time, logger: quietLogger() };
  const former = new Lease({ ...options, identity: 'a', owner: { ...owner, uid: 'old' } });
  await former.acquire(never);
  await former.release();
  await new Lease({ ...options, identity: 'b', owner }).acquire(never);
  expect(server.stored?.metadata).toMatchObject({ ownerReferences: [owner] });
});
