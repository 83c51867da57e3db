import { healthOf, type HealthInput, type HealthReport } from './health.js';
import type { ResourceSnapshot, SyncerSnapshot } from './snapshot.js';

const nowMs = Date.parse('2026-01-01T12:00:00Z');
const minute = 60_000;

function resource(state: ResourceSnapshot['state']): ResourceSnapshot {
  return {
    group: '',
    resource: 'services',
    version: 'v1',
    identity: '',
    state,
    synced: 0,
    pending: 0,
    failed: 0,
    message: '',
    required: false,
  };
}

/** A snapshot's fields; `lastSyncMs: undefined` stands for none so far. */
type Changes = Partial<Omit<SyncerSnapshot, 'lastSyncMs'>> & { readonly lastSyncMs?: number | undefined };

function health({ lastSyncMs, ...changes }: Changes = {}, more: Partial<HealthInput> = {}): HealthReport {
  const connected = { connected: true, sinceMs: 0, message: '' };
  return healthOf({
    name: 'my-cluster',
    snapshot: {
      engineStarted: true,
      connectivity: { upstream: connected, downstream: connected },
      resources: [resource('Synced'), resource('Pending'), resource('NotPermitted')],
      blocked: [],
      problems: [],
      syncCount: 340,
      errorCount: 4,
      recent: { passes: 100, errors: 0 },
      backlog: 0,
      selection: '',
      heartbeat: { lastHeartbeatMs: nowMs - 10_000, count: 7, errors: 1 },
      ...(lastSyncMs === undefined ? {} : { lastSyncMs }),
      ...changes,
    },
    heartbeatPeriodMs: 30_000,
    startedMs: nowMs - 60 * minute,
    nowMs,
    ...more,
  });
}

test('a syncer that works is healthy and tells its figures', () => {
  expect(health({ lastSyncMs: nowMs - 5_000 })).toEqual({
    componentType: 'Syncer',
    componentID: 'syncer-my-cluster',
    status: 'Healthy',
    message: '2 types are kept in step',
    timestamp: '2026-01-01T12:00:00Z',
    details: {
      engineStarted: true,
      resourceControllers: 2,
      syncCount: 340,
      errorCount: 4,
      errorRate: 0,
      lastSyncTime: '2026-01-01T11:59:55Z',
      statusReporter: { heartbeatCount: 7, heartbeatErrors: 1, lastHeartbeatTime: '2026-01-01T11:59:50Z' },
    },
  });
});

test.each([
  [9, 'Healthy'],
  [10, 'Degraded'],
  [50, 'Degraded'],
  [51, 'Unhealthy'],
])('with %i of 100 passes failed it is %s', (errors, status) => {
  const report = health({ recent: { passes: 100, errors } });
  expect(report.status).toBe(status);
  expect(report.details.errorRate).toBe(errors / 100);
});

test('no pass at all is no failure', () => {
  expect(health({ recent: { passes: 0, errors: 0 } }).status).toBe('Healthy');
});

test('an engine that has not started is unhealthy', () => {
  const report = health({ engineStarted: false, resources: [] });
  expect(report).toMatchObject({ status: 'Unhealthy', message: 'the engine has not started' });
});

test('an engine that syncs no type is unhealthy', () => {
  expect(health({ resources: [resource('NotServed')] })).toMatchObject({
    status: 'Unhealthy',
    message: 'no type is being synced',
  });
});

test.each([
  [60_000, 'Healthy'],
  [60_001, 'Degraded'],
  [5 * minute - 1, 'Degraded'],
  [5 * minute, 'Unhealthy'],
])('without a heartbeat for %i ms at a period of 30 s it is %s', (silentMs, status) => {
  expect(health({ heartbeat: { lastHeartbeatMs: nowMs - silentMs, count: 7, errors: 0 } }).status).toBe(status);
});

test('before the first heartbeat the silence counts from the start', () => {
  const heartbeat = { lastHeartbeatMs: undefined, count: 0, errors: 0 };
  expect(health({ heartbeat }, { startedMs: nowMs - 1_000 }).status).toBe('Healthy');
  const late = health({ heartbeat }, { startedMs: nowMs - 6 * minute });
  expect(late).toMatchObject({ status: 'Unhealthy', message: 'no heartbeat for 360 s' });
  expect(late.details.statusReporter.lastHeartbeatTime).toBeNull();
});

test.each([
  ['nothing is finished for ten minutes while work waits', { backlog: 3, lastSyncMs: nowMs - 10 * minute }, 'Degraded'],
  ['nothing was finished for nine minutes', { backlog: 3, lastSyncMs: nowMs - 9 * minute }, 'Healthy'],
  ['nothing waits', { backlog: 0, lastSyncMs: nowMs - 30 * minute }, 'Healthy'],
])('when %s', (_when, snapshot, status) => {
  expect(health({ recent: { passes: 0, errors: 0 }, ...snapshot }).status).toBe(status);
});

test('a syncer that never finished anything is given ten minutes from its start', () => {
  const waiting = { backlog: 3, recent: { passes: 0, errors: 0 }, lastSyncMs: undefined };
  expect(health(waiting, { startedMs: nowMs - 9 * minute }).status).toBe('Healthy');
  expect(health(waiting, { startedMs: nowMs - 11 * minute })).toMatchObject({
    status: 'Degraded',
    message: '3 objects wait and none was finished for 11 min',
    details: { lastSyncTime: null },
  });
});

test('the worst finding decides, and all of its rank are told', () => {
  const report = health({
    engineStarted: false,
    recent: { passes: 10, errors: 2 },
    heartbeat: { lastHeartbeatMs: nowMs - 400_000, count: 1, errors: 9 },
  });
  expect(report.status).toBe('Unhealthy');
  expect(report.message).toBe('the engine has not started; no heartbeat for 400 s');
});

test('a side that does not answer, or is another than it was, makes it degraded and is told', () => {
  const away = { connected: false, sinceMs: 0, message: 'nothing listens there' };
  const here = { connected: true, sinceMs: 0, message: '' };
  expect(health({ connectivity: { upstream: here, downstream: away } })).toMatchObject({
    status: 'Degraded',
    message: 'the cluster cannot be reached (nothing listens there)',
  });
  const problems = [{ reason: 'ClusterChanged', message: 'Nothing is written: another cluster answers' }];
  expect(health({ connectivity: { upstream: away, downstream: here }, problems })).toMatchObject({
    status: 'Degraded',
    message: 'kcp cannot be reached (nothing listens there); Nothing is written: another cluster answers',
  });
});
