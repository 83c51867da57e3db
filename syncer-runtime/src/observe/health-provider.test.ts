import { FakeClock } from '../base/clock.fixture.js';
import { createSyncerHealthProvider } from './health-provider.js';
import type { SyncerSnapshot } from './snapshot.js';

const connected = { connected: true, sinceMs: 0, message: '' };
const idle: SyncerSnapshot = {
  engineStarted: true,
  connectivity: { upstream: connected, downstream: connected },
  resources: [
    {
      group: '',
      resource: 'configmaps',
      version: 'v1',
      identity: '',
      state: 'Synced',
      synced: 0,
      pending: 0,
      failed: 0,
      message: '',
      required: true,
    },
  ],
  blocked: [],
  problems: [],
  syncCount: 0,
  errorCount: 0,
  recent: { passes: 0, errors: 0 },
  backlog: 0,
  selection: '',
};

test('a syncer is judged by its snapshot at the moment of the question, and silence counts from the start', async () => {
  const clock = new FakeClock();
  const engine = { snapshot: () => idle };
  const provider = createSyncerHealthProvider('my-cluster', engine, { clock, heartbeatPeriodMs: 1_000 });
  expect(provider).toMatchObject({ componentType: 'Syncer', componentID: 'syncer-my-cluster' });
  expect(await provider.health()).toMatchObject({ status: 'Healthy', componentID: 'syncer-my-cluster' });
  await clock.advance(2_001);
  expect(await provider.health()).toMatchObject({ status: 'Degraded', message: 'no heartbeat for 2 s' });
});
