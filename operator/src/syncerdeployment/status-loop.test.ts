import { FakeClock } from '@kcp-syncer/syncer-runtime/base/clock.fixture.js';
import type { ApiRequest } from '@kcp-syncer/syncer-runtime/kube/client.js';
import { fakeClient, quietLogger, refuse, reply, type Refusal } from '../fake-client.fixture.js';
import { StatusLoop } from './status-loop.js';
import type { Status, SyncerDeployment } from './syncer-deployment.js';

const object: SyncerDeployment = { metadata: { namespace: 'ns', name: 'team-a', uid: 'u1' } };

class World {
  readonly writes: ApiRequest[] = [];
  readonly told: string[] = [];
  readonly clock = new FakeClock();
  status: Status = { holder: 'a' };
  fault: Refusal | undefined;
  readonly loop = new StatusLoop({
    client: fakeClient((request) => {
      this.writes.push(request);
      return this.fault ? refuse(request, this.fault) : reply({});
    }),
    clock: this.clock,
    logger: quietLogger(this.told),
    object: () => object,
    status: () => this.status,
  });
  private readonly ending = new AbortController();
  private readonly running = this.loop.run(this.ending.signal);

  async stop(): Promise<void> {
    this.ending.abort(new Error('over'));
    await this.running;
  }
}

function start(): World {
  return new World();
}

test('the status is written at once, under the uid of the object', async () => {
  const world = start();
  await world.clock.advance(0);
  expect(world.writes[0]?.path).toContain('/namespaces/ns/syncerdeployments/team-a/status?');
  expect(JSON.parse(world.writes[0]?.body ?? '')).toMatchObject({ metadata: { uid: 'u1' }, status: { holder: 'a' } });
  await world.stop();
});

test('nothing is written while nothing changes', async () => {
  const world = start();
  await world.clock.advance(600_000);
  world.loop.poke();
  await world.clock.advance(5_000);
  expect(world.writes).toHaveLength(1);
  await world.stop();
});

test('a change is written soon after it is told, and many changes once', async () => {
  const world = start();
  await world.clock.advance(2_000);
  world.status = { holder: 'b' };
  world.loop.poke();
  await world.clock.advance(0);
  expect(world.writes).toHaveLength(2);
  for (const holder of ['c', 'd', 'e']) {
    world.status = { holder };
    world.loop.poke();
  }
  await world.clock.advance(1_000);
  expect(world.writes).toHaveLength(3);
  await world.stop();
});

test('a change that nobody tells is noticed all the same', async () => {
  const world = start();
  await world.clock.advance(2_000);
  world.status = { holder: 'b' };
  await world.clock.advance(31_000);
  expect(world.writes).toHaveLength(2);
  await world.stop();
});

test('what could not be written is tried again, and told', async () => {
  const world = start();
  world.fault = { status: 500, reason: 'InternalError' };
  await world.clock.advance(10_000);
  expect(world.writes.length).toBeGreaterThan(2);
  expect(world.told[0]).toContain('could not be written');
  world.fault = undefined;
  const before = world.writes.length;
  await world.clock.advance(30_000);
  expect(world.writes).toHaveLength(before + 1);
  await world.stop();
});

test('an object that is gone needs no status', async () => {
  const world = start();
  world.fault = { status: 404, reason: 'NotFound' };
  await world.clock.advance(20_000);
  expect(world.writes).toHaveLength(1);
  expect(world.told).toEqual([]);
  await world.stop();
});

test('who has to know that it is written waits until it is, through failures', async () => {
  const world = start();
  await world.clock.advance(2_000);
  world.status = { workspaceCluster: 'lc1' };
  world.fault = { status: 500, reason: 'InternalError' };
  let isConfirmed = false;
  void world.loop.confirm(new AbortController().signal).then(() => {
    isConfirmed = true;
  });
  await world.clock.advance(5_000);
  expect(isConfirmed).toBe(false);
  world.fault = undefined;
  await world.clock.advance(30_000);
  expect(isConfirmed).toBe(true);
  expect(world.writes.at(-1)?.body).toContain('"workspaceCluster":"lc1"');
  await world.stop();
});

test('who waits for it ends with its signal', async () => {
  const world = start();
  await world.clock.advance(2_000);
  world.status = { workspaceCluster: 'lc1' };
  world.fault = { status: 500, reason: 'InternalError' };
  const ending = new AbortController();
  const confirming = world.loop.confirm(ending.signal);
  confirming.catch(() => undefined);
  await world.clock.advance(100);
  ending.abort(new Error('enough'));
  await expect(confirming).rejects.toThrow('enough');
  await world.stop();
});
