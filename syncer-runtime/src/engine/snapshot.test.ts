import { FakeClock } from '../base/clock.fixture.js';
import { RollingCount } from '../observe/rolling-count.js';
import type { SyncerOptions } from './options.js';
import { snapshotOf } from './snapshot.js';

const selection = { include: ['*'], exclude: [] };
const options = {
  sync: { resources: selection, namespaces: selection, objectSelector: {} },
} as unknown as SyncerOptions;

test('before the syncer runs its snapshot says that nothing is known', () => {
  const counts = new RollingCount(new FakeClock());
  expect(
    snapshotOf({
      options,
      running: undefined,
      cluster: undefined,
      counts,
      heartbeat: undefined,
      nowMs: 1_000,
      monotonicMs: 0,
    }),
  ).toEqual({
    engineStarted: false,
    connectivity: {
      upstream: { connected: false, sinceMs: 1_000, message: '' },
      downstream: { connected: false, sinceMs: 1_000, message: '' },
    },
    resources: [],
    blocked: [],
    problems: [],
    backlog: 0,
    syncCount: 0,
    errorCount: 0,
    recent: { passes: 0, errors: 0 },
    selection: expect.any(String) as string,
  });
});

test('what is counted, and what heartbeat and cluster say, is told from the start', () => {
  const counts = new RollingCount(new FakeClock());
  counts.add(true);
  counts.add(false);
  const heartbeat = { lastHeartbeatMs: 1, count: 2, errors: 3 };
  const cluster = { uid: 'c', version: 'v1.36.3' };
  expect(
    snapshotOf({ options, running: undefined, cluster, counts, heartbeat, nowMs: 0, monotonicMs: 0 }),
  ).toMatchObject({
    syncCount: 2,
    errorCount: 1,
    recent: { passes: 2, errors: 1 },
    heartbeat,
    clusterInfo: cluster,
  });
});
