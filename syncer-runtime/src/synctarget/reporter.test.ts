import type { SyncTarget, SyncTargetStatus } from '@kcp-syncer/crds/generated/synctarget.js';
import { FakeClock, settle } from '../base/clock.fixture.js';
import type { Logger } from '../observe/logger.js';
import type { Recorder } from '../observe/recorder.js';
import type { SyncerSnapshot } from '../observe/snapshot.js';
import { FakeKcp, logicalCluster, refused, silence, statusText, unreachable } from './fake-kcp.fixture.js';
import { createReporter, type Reporter } from './reporter.js';
import { aSnapshot } from './snapshot.fixture.js';

const name = 'my-cluster';
const syncerIdentifier = 'syncer-0123456789abcdef';
const syncerInstance = 'process-1';
const held = { reason: 'DeletionsHeld', count: 3, cause: 'the workspace was set back', examples: [] };

class World {
  readonly kcp = new FakeKcp();
  readonly clock = new FakeClock();
  readonly controller = new AbortController();
  readonly beats: boolean[] = [];
  readonly failed: string[] = [];
  readonly seen: SyncTarget[] = [];
  readonly missing: string[] = [];
  readonly timeTravels: unknown[] = [];
  readonly errors: string[] = [];
  snapshot: SyncerSnapshot = aSnapshot();
  ended = false;
  readonly reporter: Reporter;

  constructor(status: SyncTargetStatus = { syncerIdentifier }) {
    this.kcp.add(name, { uid: 'uid-1', status });
    this.reporter = createReporter({
      client: this.kcp.client(logicalCluster),
      registration: {
        logicalCluster,
        logicalClusterUid: 'uid-0',
        workspacePath: 'root:team-a',
        syncerIdentifier,
        syncerInstance,
        syncTarget: structuredClone(this.kcp.syncTargets.get(name)!),
      },
      snapshot: () => this.snapshot,
      recorder: { heartbeat: (ok) => this.beats.push(ok) } as Partial<Recorder> as Recorder,
      logger: {
        log: () => undefined,
        error: (_, error) => this.errors.push(String(error)),
      } as Partial<Logger> as Logger,
      clock: this.clock,
      periodMs: 30_000,
      callbacks: {
        onSyncTarget: (syncTarget) => this.seen.push(syncTarget),
        onReported: () => undefined,
        onHeartbeatFailed: (message) => this.failed.push(message),
        onSyncTargetMissing: (message) => this.missing.push(message),
        onTimeTravel: (counts) => this.timeTravels.push(counts),
      },
    });
  }

  /** Starts the loop and lets the first heartbeat through. */
  async start(): Promise<this> {
    void this.reporter.run(this.controller.signal).then(() => (this.ended = true));
    await settle();
    return this;
  }

  get status(): SyncTargetStatus {
    return this.kcp.status(name);
  }

  get count(): number | undefined {
    return this.status.heartbeat?.count;
  }

  condition(type: string): string {
    const found = this.status.conditions?.find((condition) => condition.type === type);
    return `${found?.status ?? ''} ${found?.reason ?? ''}`;
  }
}

async function aRunningWorld(status?: SyncTargetStatus): Promise<World> {
  return await new World(status).start();
}

describe('heartbeats', () => {
  test('begin at once and go on, one write a period', async () => {
    const world = await aRunningWorld();
    expect(world.count).toBe(1);
    expect(world.status.lastHeartbeatTime).toBe('2026-01-01T00:00:00Z');
    await world.clock.advance(30_000);
    expect(world.count).toBe(2);
    await world.clock.advance(300_000);
    expect(world.count).toBeGreaterThanOrEqual(12);
    expect(world.count).toBeLessThanOrEqual(13);
    expect(world.kcp.requests).toHaveLength(world.count!);
    expect(world.beats).toEqual(Array.from({ length: world.count! }, () => true));
    expect(world.reporter.state()).toMatchObject({ count: world.count, errors: 0 });
  });

  test('go on counting where the run before ended, errors too', async () => {
    const world = await aRunningWorld({
      syncerIdentifier,
      heartbeat: { count: 41, errors: 5, lastHeartbeat: '2025-01-01T00:00:00Z' },
    });
    expect(world.status.heartbeat).toEqual({ count: 42, errors: 5, lastHeartbeat: '2026-01-01T00:00:00Z' });
  });

  test('hand over the SyncTarget as the server has it', async () => {
    const world = await aRunningWorld();
    const stored = world.kcp.syncTargets.get(name)!;
    const spec = { supportedAPIExports: [{ resource: 'services' }] };
    world.kcp.syncTargets.set(name, { ...stored, metadata: { ...stored.metadata, generation: 2 }, spec });
    await world.clock.advance(30_000);
    expect(world.seen.at(-1)).toMatchObject({ metadata: { generation: 2 }, spec });
  });

  test('show a new generation as observed without waiting for the next period', async () => {
    const world = await aRunningWorld();
    const stored = world.kcp.syncTargets.get(name)!;
    world.kcp.syncTargets.set(name, { ...stored, metadata: { ...stored.metadata, generation: 2 } });
    while (world.count === 1) await world.clock.advance(100);
    expect(world.status.observedGeneration).toBe(1);
    await world.clock.advance(1_000);
    expect(world.status.observedGeneration).toBe(2);
  });

  test('travel on their own lane', async () => {
    const world = await aRunningWorld();
    expect(world.kcp.requests.map(({ method, lane, contentType }) => ({ method, lane, contentType }))).toEqual([
      { method: 'PATCH', lane: 'heartbeat', contentType: 'application/json-patch+json' },
    ]);
  });
});

describe('a condition that changes', () => {
  test('is reported within a second, many pokes in one write', async () => {
    const world = await aRunningWorld();
    expect(world.condition('Ready')).toBe('True SyncTargetReady');
    world.snapshot = aSnapshot({ held });
    for (let i = 0; i < 100; i++) world.reporter.poke();
    await world.clock.advance(1_000);
    expect(world.condition('Ready')).toBe('False DeletionsHeld');
    expect(world.count).toBe(2);
  });

  test('is not reported out of turn when only its words changed', async () => {
    const world = new World();
    world.snapshot = aSnapshot({ held });
    await world.start();
    world.snapshot = aSnapshot({ held: { ...held, count: 4 } });
    world.reporter.poke();
    await world.clock.advance(20_000);
    expect(world.count).toBe(1);
  });

  test('during a write is reported after it', async () => {
    const world = new World();
    let answer: () => void = () => undefined;
    world.kcp.fault = () => {
      if (world.kcp.requests.length > 1) return undefined;
      return new Promise<never>((_, reject) => {
        answer = () => {
          reject(new Error('late'));
        };
      });
    };
    await world.start();
    world.snapshot = aSnapshot({ held });
    world.reporter.poke();
    await world.clock.advance(1_000);
    answer();
    await world.clock.advance(2_000);
    expect(world.condition('Ready')).toBe('False DeletionsHeld');
  });

  test('does not write for ever when the server drops it', async () => {
    const world = new World();
    world.kcp.fault = () => {
      world.kcp.setStatus(name, { ...world.status, conditions: [] });
      return undefined;
    };
    await world.start();
    await world.clock.advance(20_000);
    expect(world.kcp.patches().length).toBeLessThanOrEqual(2);
  });
});

describe('a server that fails', () => {
  test('is tried again within the period, counted and told, and forgotten when it returns', async () => {
    const world = new World();
    world.kcp.fault = unreachable;
    await world.start();
    await world.clock.advance(10_000);
    expect(world.beats).toEqual([false, false, false, false]);
    expect(world.reporter.state()).toEqual({ count: 0, errors: 4, lastHeartbeatMs: undefined });
    expect(world.errors[0]).toContain('nothing listens there');
    world.kcp.fault = () => undefined;
    await world.clock.advance(10_000);
    expect(world.status.heartbeat).toMatchObject({ count: 1, errors: 4 });
  });

  test('is not hurried by pokes', async () => {
    const world = new World();
    world.kcp.fault = unreachable;
    await world.start();
    for (let i = 0; i < 100; i++) {
      world.snapshot = i % 2 === 0 ? aSnapshot({ held }) : aSnapshot();
      world.reporter.poke();
      await world.clock.advance(100);
    }
    expect(world.kcp.requests.length).toBeLessThanOrEqual(5);
  });

  test('that never answers stops no more than one try', async () => {
    const world = new World();
    world.kcp.fault = () => (world.kcp.requests.length === 1 ? silence() : undefined);
    await world.start();
    await world.clock.advance(12_000);
    expect(world.errors).toEqual([expect.stringContaining('it did not answer in time')]);
    expect(world.count).toBe(1);
  });

  test('is left alone for as long as it asks, within the period', async () => {
    const world = new World();
    const busy = Object.assign(refused(429, statusText(429, 'TooManyRequests', 'busy'), 'PATCH'), {
      retryAfterMs: 120_000,
    });
    world.kcp.fault = () => (world.kcp.requests.length === 1 ? busy : undefined);
    await world.start();
    await world.clock.advance(29_000);
    expect(world.kcp.requests).toHaveLength(1);
    await world.clock.advance(2_000);
    expect(world.count).toBe(1);
  });

  test.each([401, 403, 500, 503])('with %d is tried for ever', async (code) => {
    const world = new World();
    world.kcp.fault = () => refused(code, statusText(code, 'Whatever', 'no'), 'PATCH');
    await world.start();
    await world.clock.advance(3_600_000);
    expect(world.ended).toBe(false);
    expect(world.missing).toEqual([]);
  });
});

describe('the count on the server', () => {
  test('that fell behind ours is time travel, told once, and goes on rising', async () => {
    const world = await aRunningWorld({ syncerIdentifier, heartbeat: { count: 41 } });
    world.kcp.setStatus(name, { syncerIdentifier, heartbeat: { count: 30 } });
    await world.clock.advance(30_000);
    expect(world.timeTravels).toEqual([{ stored: 30, known: 42 }]);
    expect(world.count).toBe(43);
    await world.clock.advance(60_000);
    expect(world.timeTravels).toHaveLength(1);
  });

  test('that is lost with the whole status is time travel too', async () => {
    const world = await aRunningWorld({ syncerIdentifier, heartbeat: { count: 41 } });
    world.kcp.setStatus(name, undefined);
    await world.clock.advance(30_000);
    expect(world.timeTravels).toEqual([{ stored: 0, known: 42 }]);
    expect(world.count).toBe(43);
  });

  test('that is ahead because the answer to our write was lost is none', async () => {
    const world = await aRunningWorld();
    const lost = (): Error => {
      world.kcp.fault = () => undefined;
      world.kcp.setStatus(name, { ...world.status, heartbeat: { count: 2 } });
      return unreachable();
    };
    world.kcp.fault = lost;
    await world.clock.advance(33_000);
    expect(world.timeTravels).toEqual([]);
    expect(world.count).toBe(3);
  });
});

describe('a SyncTarget that another process claimed after three silent periods', () => {
  const taken = { syncerIdentifier, syncerInstance: 'process-2' };

  test('is left to it: it is told once, and nothing is written any more', async () => {
    const world = await aRunningWorld({ syncerIdentifier, syncerInstance, heartbeat: { count: 41 } });
    world.kcp.setStatus(name, { ...taken, heartbeat: { count: 42 } });
    await world.clock.advance(60_000);
    expect(world.missing).toEqual([expect.stringContaining('SyncTargetInUse')]);
    expect(world.status).toEqual({ ...taken, heartbeat: { count: 42 } });
    await world.reporter.stopOrderly();
    expect(world.status.syncerInstance).toBe('process-2');
  });

  test('but not when kcp was set back to a time when that one held it', async () => {
    const world = await aRunningWorld({ syncerIdentifier, syncerInstance, heartbeat: { count: 41 } });
    world.kcp.setStatus(name, { ...taken, heartbeat: { count: 30 } });
    await world.clock.advance(30_000);
    expect(world.missing).toEqual([]);
    expect(world.timeTravels).toHaveLength(1);
    expect(world.status).toMatchObject({ syncerInstance, heartbeat: { count: 43 } });
  });
});

describe('a SyncTarget that is gone', () => {
  test('is told once, and the reports end', async () => {
    const world = await aRunningWorld();
    world.kcp.syncTargets.clear();
    await world.clock.advance(30_000);
    expect(world.missing).toEqual([
      'SyncTarget my-cluster is not there any more: synctargets.workload.kcp.io "my-cluster" not found',
    ]);
    expect(world.ended).toBe(true);
    const { length } = world.kcp.requests;
    await world.reporter.stopOrderly();
    expect(world.kcp.requests).toHaveLength(length);
  });

  test('is not believed of a server that is not ready', async () => {
    const world = await aRunningWorld();
    const [stored] = world.kcp.syncTargets.values();
    world.kcp.syncTargets.clear();
    world.kcp.ready = false;
    await world.clock.advance(120_000);
    expect(world.missing).toEqual([]);
    world.kcp.syncTargets.set(name, stored!);
    world.kcp.ready = true;
    await world.clock.advance(40_000);
    expect(world.count).toBeGreaterThanOrEqual(2);
  });

  test('is not believed on one answer', async () => {
    const world = await aRunningWorld();
    const [stored] = world.kcp.syncTargets.values();
    world.kcp.syncTargets.clear();
    world.kcp.fault = (request) => {
      if (request.path === '/readyz') world.kcp.syncTargets.set(name, stored!);
      return undefined;
    };
    await world.clock.advance(40_000);
    expect(world.missing).toEqual([]);
    expect(world.count).toBe(2);
  });

  test('and made again is another one: it is not written', async () => {
    const world = await aRunningWorld();
    const status = world.status;
    world.kcp.syncTargets.clear();
    world.kcp.add(name, { uid: 'uid-2', status });
    await world.clock.advance(30_000);
    expect(world.missing).toEqual(['SyncTarget my-cluster was deleted and made again: its uid is uid-2, not uid-1']);
    expect(world.status).toEqual(status);
    expect(world.ended).toBe(true);
  });
});

describe('an orderly end', () => {
  test('leaves Unknown and Stopped behind, and no heartbeat after it', async () => {
    const world = await aRunningWorld();
    world.controller.abort();
    await world.reporter.stopOrderly();
    expect(world.condition('SyncerReady')).toBe('Unknown Stopped');
    expect(world.condition('Ready')).toBe('Unknown Stopped');
    expect(world.ended).toBe(true);
    const { length } = world.kcp.requests;
    world.reporter.poke();
    await world.clock.advance(120_000);
    expect(world.kcp.requests).toHaveLength(length);
  });

  test('takes no more than two seconds of a server that hangs', async () => {
    const world = await aRunningWorld();
    world.kcp.fault = silence;
    let stopped = false;
    void world.reporter.stopOrderly().then(() => (stopped = true));
    await world.clock.advance(1_900);
    expect(stopped).toBe(false);
    await world.clock.advance(100);
    expect(stopped).toBe(true);
  });

  test('does not wait for a heartbeat that hangs', async () => {
    const world = new World();
    world.kcp.fault = () => (world.kcp.requests.length === 1 ? silence() : undefined);
    await world.start();
    await world.reporter.stopOrderly();
    expect(world.condition('SyncerReady')).toBe('Unknown Stopped');
  });
});
