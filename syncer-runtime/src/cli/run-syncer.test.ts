import { createServer } from 'node:net';
import { Writable } from 'node:stream';
import { FakeClock, settle } from '../base/clock.fixture.js';
import type { SyncerSnapshot } from '../observe/snapshot.js';
import type { Syncer, SyncerDeps } from '../engine/syncer.js';
import { runSyncer, type RunDeps } from './run-syncer.js';
import type { SyncerSettings } from './syncer-settings.js';
import { syncAll } from '../engine/options.fixture.js';

const connected = { connected: true, sinceMs: 0, message: '' };
const snapshot: SyncerSnapshot = {
  engineStarted: true,
  connectivity: { upstream: connected, downstream: connected },
  resources: [],
  blocked: [],
  problems: [],
  syncCount: 0,
  errorCount: 0,
  recent: { passes: 0, errors: 0 },
  backlog: 0,
  selection: '',
};

const settings: SyncerSettings = {
  kubeconfigFiles: [],
  bindAddress: '127.0.0.1',
  metricsPort: 0,
  healthPort: 0,
  options: {
    syncTarget: { name: 'my-cluster', uid: '8f3c' },
    workspaceCluster: 'root:team-a',
    upstreamKubeconfig: '',
    downstreamKubeconfig: '',
    workers: 2,
    resyncPeriodMs: 30_000,
    heartbeatPeriodMs: 30_000,
    qps: 0,
    burst: 0,
    sync: syncAll,
    protectedNamespaces: [],
    verbosity: 1,
    logFormat: 'text',
  },
};

interface World {
  readonly clock: FakeClock;
  readonly stop: AbortController;
  readonly leave: AbortController;
  readonly calls: string[];
  readonly log: () => string;
  /** What the syncer was given. */
  readonly given: { deps?: SyncerDeps };
  readonly run: (syncer?: Partial<Syncer>, changed?: Partial<SyncerSettings>) => Promise<void>;
}

function world(): World {
  const clock = new FakeClock();
  const [stop, leave] = [new AbortController(), new AbortController()];
  const [calls, lines]: [string[], string[]] = [[], []];
  const stdout = new Writable({
    write(chunk: Buffer, _encoding, callback) {
      lines.push(chunk.toString());
      callback();
    },
  });
  const given: World['given'] = {};
  const base: Syncer = {
    start: async () => {
      calls.push('start');
      await Promise.resolve();
    },
    stop: async (deadlineMs) => {
      calls.push(`stop ${deadlineMs}`);
      await Promise.resolve();
    },
    snapshot: () => snapshot,
    decide: () => [],
    useKubeconfig: async (side, kubeconfig) => {
      calls.push(`use ${side} ${kubeconfig}`);
      await Promise.resolve();
    },
    done: new Promise(() => undefined),
  };
  const run = async (syncer: Partial<Syncer> = {}, changed: Partial<SyncerSettings> = {}): Promise<void> => {
    const createSyncer: RunDeps['createSyncer'] = (_options, deps) => {
      given.deps = deps;
      return { ...base, ...syncer };
    };
    const requests = { stop: stop.signal, leave: leave.signal };
    await runSyncer({ ...settings, ...changed }, { createSyncer, clock, stdout, requests, onLogger: () => undefined });
  };
  return { clock, stop, leave, calls, given, run, log: () => lines.join('') };
}

test('it runs until it is asked to stop, then drains', async () => {
  const w = world();
  const running = w.run();
  await settle();
  expect(w.calls).toEqual(['start']);
  w.stop.abort();
  await running;
  expect(w.calls).toEqual(['start', 'stop 8000']);
  expect(w.log()).toMatch(/started\n.*stopping\n.*stopped\n$/);
});

test('a start that fails is what the command ends with, after the rest is closed', async () => {
  const w = world();
  const failed = Object.assign(new Error('no such workspace'), { name: 'StartError' });
  await expect(w.run({ start: () => Promise.reject(failed) })).rejects.toBe(failed);
  expect(w.calls).toEqual(['stop 8000']);
});

test('a syncer that has to end by itself ends the command', async () => {
  const w = world();
  const gone = new Error('the SyncTarget was deleted');
  await expect(w.run({ done: Promise.reject(gone) })).rejects.toBe(gone);
  expect(w.calls).toEqual(['start', 'stop 8000']);
});

test('it can be stopped while it starts', async () => {
  const w = world();
  const running = w.run({ start: () => new Promise(() => undefined) });
  await settle();
  w.stop.abort();
  await expect(running).resolves.toBeUndefined();
});

test('a syncer that does not come to an end is left after less than ten seconds', async () => {
  const w = world();
  const running = w.run({ stop: () => new Promise(() => undefined) });
  w.stop.abort();
  let ended = false;
  void running.then(() => (ended = true));
  await w.clock.advance(9_000);
  expect(ended).toBe(false);
  await w.clock.advance(500);
  expect(ended).toBe(true);
});

test('a second request leaves at once', async () => {
  const w = world();
  const running = w.run({ stop: () => new Promise(() => undefined) });
  w.stop.abort();
  await settle();
  w.leave.abort();
  await expect(running).resolves.toBeUndefined();
});

test('a drain that fails is logged and changes nothing', async () => {
  const w = world();
  w.stop.abort();
  await w.run({ stop: () => Promise.reject(new Error('stuck')) });
  expect(w.log()).toContain('ERROR stopping error=stuck tmcErrorType=InternalError');
});

test('the syncer gets a logger, a recorder and the clock', async () => {
  const w = world();
  w.stop.abort();
  await w.run();
  expect(w.given.deps?.clock).toBe(w.clock);
  w.given.deps?.recorder.heartbeat(true);
  w.given.deps?.logger.log(1, 'from the engine');
  expect(w.log()).toContain('from the engine');
});

describe('with ports', () => {
  async function freePort(): Promise<number> {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as { port: number };
    await new Promise((resolve) => server.close(resolve));
    return port;
  }

  test('health and metrics are served while it runs, and not after', async () => {
    const w = world();
    const [metricsPort, healthPort] = [await freePort(), await freePort()];
    const ask = async (port: number, path: string): Promise<string> => {
      const reply = await fetch(`http://127.0.0.1:${port}${path}`);
      return `${reply.status} ${await reply.text()}`;
    };
    let answers: string[] = [];
    const start = async (): Promise<void> => {
      answers = [
        await ask(healthPort, '/readyz'),
        await ask(healthPort, '/health'),
        await ask(metricsPort, '/metrics'),
      ];
      w.stop.abort();
    };
    await w.run({ start, snapshot: () => ({ ...snapshot, engineStarted: false }) }, { metricsPort, healthPort });
    expect(answers[0]).toBe('503 the engine has not started\n');
    expect(answers[1]).toContain('"componentID": "syncer-my-cluster"');
    expect(answers[2]).toContain('syncer_heartbeat_total{sync_target="my-cluster",workspace="root:team-a"} 0');
    await expect(ask(healthPort, '/healthz')).rejects.toThrow();
  });

  test('a taken port ends the command before the syncer starts', async () => {
    const w = world();
    const taken = createServer();
    await new Promise<void>((resolve) => taken.listen(0, '127.0.0.1', resolve));
    const { port } = taken.address() as { port: number };
    await expect(w.run({}, { metricsPort: port })).rejects.toThrow(`port ${port} on 127.0.0.1 is taken`);
    expect(w.calls).toEqual([]);
    await new Promise((resolve) => taken.close(resolve));
  });
});
