import { validateSyncTarget } from '@kcp-syncer/crds/validators.js';
import type { SyncTargetStatus } from '@kcp-syncer/crds/generated/synctarget.js';
import type { BlockedObject } from '../observe/snapshot.js';
import { fit } from './fit.js';
import { aResource, aSnapshot } from './snapshot.fixture.js';
import { statusOf, type StatusInput } from './status.js';

const nowMs = Date.parse('2026-01-01T00:00:30.700Z');

function status(fields: Partial<StatusInput> = {}): SyncTargetStatus {
  return statusOf({
    snapshot: aSnapshot(),
    claimant: { syncerIdentifier: 'syncer-0123456789abcdef', syncerInstance: 'process-1' },
    heartbeat: { count: 7, errors: 2 },
    heartbeatPeriodMs: 30_000,
    generation: 3,
    previous: {},
    stopped: false,
    nowMs,
    ...fields,
  });
}

function aBlocked(fields: Partial<BlockedObject> = {}): BlockedObject {
  return {
    group: 'apps',
    resource: 'deployments',
    namespace: 'default',
    name: 'web',
    reason: 'Rejected',
    message: 'no',
    sinceMs: 0,
    ...fields,
  };
}

function expectToFit(built: SyncTargetStatus): void {
  expect(validateSyncTarget({ metadata: { name: 'a' }, status: built })).toEqual([]);
}

test('the status tells everything that the snapshot knows, times to the second', () => {
  const built = status({
    snapshot: aSnapshot({
      lastSyncMs: Date.parse('2026-01-01T00:00:20.900Z'),
      resources: [
        aResource({ resource: 'services', group: '', synced: 2, pending: 1, state: 'Pending', message: 'waits' }),
        aResource({ synced: 3, failed: 1, identity: 'uid-1' }),
      ],
      blocked: [aBlocked({ nextRetryMs: nowMs })],
      clusterInfo: { uid: 'uid-2', version: 'v1.36.3', nodes: 4, capacity: { cpu: '64' } },
    }),
  });
  expect(built).toMatchObject({
    observedGeneration: 3,
    syncerIdentifier: 'syncer-0123456789abcdef',
    syncerInstance: 'process-1',
    lastHeartbeatTime: '2026-01-01T00:00:30Z',
    heartbeat: { count: 7, errors: 2, lastHeartbeat: '2026-01-01T00:00:30Z' },
    resourceSyncStatus: {
      totalResources: 7,
      syncedResources: 5,
      pendingResources: 1,
      failedResources: 1,
      lastSyncTime: '2026-01-01T00:00:20Z',
    },
    resources: [
      {
        resource: 'deployments.apps',
        version: 'v1',
        identity: 'uid-1',
        state: 'Synced',
        synced: 3,
        pending: 0,
        failed: 1,
      },
      {
        resource: 'services',
        version: 'v1',
        identity: '',
        state: 'Pending',
        synced: 2,
        pending: 1,
        failed: 0,
        message: 'waits',
      },
    ],
    blocked: [
      {
        group: 'apps',
        resource: 'deployments',
        namespace: 'default',
        name: 'web',
        reason: 'Rejected',
        message: 'no',
        sinceTime: '1970-01-01T00:00:00Z',
        nextRetryTime: '2026-01-01T00:00:30Z',
      },
    ],
    selection: 'all types that both sides serve',
    clusterInfo: { uid: 'uid-2', version: 'v1.36.3', nodes: 4, capacity: { cpu: '64' } },
  });
  expect(built.resources?.[0]).not.toHaveProperty('message');
  expect(built.conditions?.[0]).toMatchObject({ type: 'Ready', status: 'True' });
  expectToFit(built);
});

describe('what the syncer does not know yet after a start', () => {
  const previous: SyncTargetStatus = {
    resources: [
      { resource: 'deployments.apps', state: 'Synced', identity: 'uid-1', synced: 3 },
      { resource: 'jobs.batch', state: 'Draining', identity: 'uid-2' },
    ],
    clusterInfo: { uid: 'uid-3', version: 'v1.36.3' },
    resourceSyncStatus: { lastSyncTime: '2025-12-31T00:00:00Z' },
  };

  test('is kept as it was stored', () => {
    const built = status({
      snapshot: aSnapshot({ engineStarted: false, resources: [aResource({ state: 'Pending', identity: 'uid-9' })] }),
      previous,
    });
    expect(built.resources).toMatchObject([
      { resource: 'deployments.apps', state: 'Pending', identity: 'uid-9' },
      { resource: 'jobs.batch', state: 'Draining', identity: 'uid-2' },
    ]);
    expect(built.clusterInfo).toEqual({ uid: 'uid-3', version: 'v1.36.3' });
    expect(built.resourceSyncStatus?.lastSyncTime).toBe('2025-12-31T00:00:00Z');
  });

  test('is forgotten when the engine has started and says otherwise', () => {
    const built = status({ snapshot: aSnapshot({ clusterInfo: { uid: 'uid-4', version: 'v1.37.0' } }), previous });
    expect(built.resources).toEqual([]);
    expect(built.clusterInfo).toEqual({ uid: 'uid-4', version: 'v1.37.0' });
  });
});

describe('blocked objects', () => {
  test('are the oldest ten, oldest first', () => {
    const blocked = Array.from({ length: 12 }, (_, i) => aBlocked({ name: `n${i}`, sinceMs: 12_000 - i * 1_000 }));
    expect(status({ snapshot: aSnapshot({ blocked }) }).blocked?.map((item) => item.name)).toEqual([
      'n11',
      'n10',
      'n9',
      'n8',
      'n7',
      'n6',
      'n5',
      'n4',
      'n3',
      'n2',
    ]);
  });

  test('are named once each: the server refuses a status with the same object twice', () => {
    expect(status({ snapshot: aSnapshot({ blocked: [aBlocked(), aBlocked()] }) }).blocked).toHaveLength(1);
  });
});

test('nothing that a snapshot may hold makes the status unfit for the schema', () => {
  const long = '𝒳'.repeat(5_000);
  const resources = Array.from({ length: 1_500 }, (_, i) =>
    aResource({
      resource: `r${i}${long}`,
      version: long,
      identity: long,
      message: long,
      state: 'NotPermitted',
      required: true,
    }),
  );
  const blocked = [aBlocked({ group: long, resource: long, namespace: long, name: long, reason: long, message: long })];
  const clusterInfo = {
    uid: long,
    version: long,
    capacity: Object.fromEntries(Array.from({ length: 100 }, (_, i) => [`r${i}`, '1'])),
  };
  const built = status({ snapshot: aSnapshot({ resources, blocked, clusterInfo, selection: long }) });
  expectToFit(built);
  const messages = built.resources?.map((resource) => resource.message ?? '').join('') ?? '';
  expect(Buffer.byteLength(messages)).toBeGreaterThan(200 * 1024);
  expect(Buffer.byteLength(messages)).toBeLessThanOrEqual(256 * 1024);
});

test('when there are too many resources, those with objects stay', () => {
  const empty = Array.from({ length: 1_200 }, (_, i) => aResource({ resource: `a${i}`, state: 'NotServed' }));
  const built = status({ snapshot: aSnapshot({ resources: [...empty, aResource({ resource: 'z', synced: 1 })] }) });
  expect(built.resources).toHaveLength(1_000);
  expect(built.resources?.at(-1)?.resource).toBe('z.apps');
});

describe('fit', () => {
  test('leaves alone what is short enough, counted in characters', () => {
    expect(fit('abc', 3)).toBe('abc');
    expect(fit('𝒳𝒳𝒳', 3)).toBe('𝒳𝒳𝒳');
  });

  test('cuts between characters and shows it', () => {
    expect(fit('𝒳𝒳𝒳𝒳', 3)).toBe('𝒳𝒳…');
  });
});

test('a syncer that stops in order lets go of the SyncTarget, and stays the one that serves it', () => {
  const built = status({ stopped: true });
  expect(built.syncerInstance).toBeUndefined();
  expect(built.syncerIdentifier).toBe('syncer-0123456789abcdef');
});
