import type { Syncer } from '@kcp-syncer/syncer-runtime/engine/syncer.js';
import type { SyncerSnapshot } from '@kcp-syncer/syncer-runtime/observe/snapshot.js';
import { aResource, aSnapshot } from '@kcp-syncer/syncer-runtime/synctarget/snapshot.fixture.js';
import { syncerDeploymentCrd } from '@kcp-syncer/crds/generated/syncerdeployment-crd.js';
import { compile, mistakes } from '@kcp-syncer/crds/schema-check.js';
import type { RunnerState } from './runner-state.js';
import { statusOfDeployment, type StatusInput } from './status.js';
import type { Status } from './syncer-deployment.js';

const nowMs = Date.parse('2026-01-01T00:10:00Z');
const ends = { workspaceCluster: 'lc1', clusterUid: 'c1', syncTargetUid: 't1' };

function running(fields: Partial<SyncerSnapshot> = {}): RunnerState {
  const heartbeat = { lastHeartbeatMs: nowMs - 5_000, count: 7, errors: 1 };
  return { phase: 'Running', syncer: { snapshot: () => aSnapshot({ heartbeat, ...fields }) } as unknown as Syncer };
}

function statusOf(input: Partial<StatusInput>): Status {
  return statusOfDeployment({
    state: running(),
    generation: 4,
    previous: {},
    ends,
    syncTargetName: 'my-cluster',
    renewCommand: 'kubectl syncer connect root:team-a --renew',
    holder: 'replica-1',
    heartbeatPeriodMs: 30_000,
    nowMs,
    ...input,
  });
}

function brief({ conditions = [] }: Status): Record<string, string> {
  return Object.fromEntries(conditions.map(({ type, status, reason }) => [type, `${status} ${reason}`]));
}

const failed: RunnerState = {
  phase: 'Failed',
  reason: 'KubeconfigMissing',
  message: 'there is no Secret',
  isFinal: false,
};

test('a syncer that runs is told as on its SyncTarget, with who it is and what it is pinned to', () => {
  const status = statusOf({ state: running({ resources: [aResource()] }) });
  expect(status).toMatchObject({
    observedGeneration: 4,
    holder: 'replica-1',
    syncTargetUID: 't1',
    workspaceCluster: 'lc1',
    clusterUID: 'c1',
    lastHeartbeatTime: '2026-01-01T00:09:55Z',
    heartbeat: { count: 7, errors: 1, lastHeartbeat: '2026-01-01T00:09:55Z' },
    syncerIdentifier: expect.stringMatching(/^syncer-[0-9a-z]+$/) as string,
  });
  expect(status.resources).toHaveLength(1);
  expect(brief(status)).toEqual({
    Ready: 'True SyncTargetReady',
    SyncerReady: 'True SyncerConnected',
    HeartbeatReady: 'True HeartbeatReceived',
    ResourcesReady: 'True AllServed',
    DeletionsAllowed: 'True NoneHeld',
  });
});

test('what the status says fits the schema of its type', () => {
  const { status: schema } = syncerDeploymentCrd.spec.versions[0].schema.openAPIV3Schema.properties;
  const check = compile(schema);
  for (const state of [running({ resources: [aResource()] }), failed])
    expect(mistakes(check, statusOf({ state }))).toEqual([]);
});

test('a syncer that does not run is not ready, for its reason, and what else it would say is unknown', () => {
  const status = statusOf({ state: failed, ends: undefined });
  expect(brief(status)).toEqual({
    Ready: 'False KubeconfigMissing',
    SyncerReady: 'False KubeconfigMissing',
    HeartbeatReady: 'Unknown KubeconfigMissing',
    ResourcesReady: 'Unknown KubeconfigMissing',
    DeletionsAllowed: 'Unknown KubeconfigMissing',
    Reconciling: 'True KubeconfigMissing',
  });
  expect(status).not.toHaveProperty('workspaceCluster');
});

test('one that cannot run until somebody changes something is stalled', () => {
  expect(brief(statusOf({ state: { ...failed, isFinal: true } }))).toMatchObject({ Stalled: 'True KubeconfigMissing' });
});

test('one that starts says what it is at', () => {
  const { conditions } = statusOf({ state: { phase: 'Starting', message: 'The syncer is starting: connecting' } });
  expect(conditions?.[0]).toMatchObject({
    type: 'Ready',
    reason: 'Starting',
    message: 'The syncer is starting: connecting',
  });
});

test('what was known of the objects, and what was pinned, stays while nothing new is known', () => {
  const previous = statusOf({ state: running({ resources: [aResource()] }) });
  const status = statusOf({ state: failed, previous, ends: undefined });
  expect(status.resources).toEqual(previous.resources);
  expect(status).toMatchObject({
    workspaceCluster: 'lc1',
    clusterUID: 'c1',
    lastHeartbeatTime: '2026-01-01T00:09:55Z',
  });
});

test('the pins of the first contact are not replaced by what is found later', () => {
  const previous = { workspaceCluster: 'first', clusterUID: 'first' };
  expect(statusOf({ previous })).toMatchObject(previous);
});

test('a syncer that fell silent is not ready, by our own clock', () => {
  const heartbeat = { lastHeartbeatMs: nowMs - 90_000, count: 7, errors: 1 };
  expect(brief(statusOf({ state: running({ heartbeat }) }))).toMatchObject({
    Ready: 'False HeartbeatMissing',
    HeartbeatReady: 'False HeartbeatMissing',
    SyncerReady: 'True SyncerConnected',
  });
  expect(
    brief(statusOf({ state: running({ heartbeat: { ...heartbeat, lastHeartbeatMs: nowMs - 89_000 } }) })),
  ).toMatchObject({
    Ready: 'True SyncTargetReady',
  });
});

test('the time of a transition moves with the status alone', () => {
  const previous = statusOf({ state: failed });
  const later = statusOf({ state: { ...failed, message: 'another' }, previous, nowMs: nowMs + 60_000 });
  expect(later.conditions?.[0]?.lastTransitionTime).toBe('2026-01-01T00:10:00Z');
  const ready = statusOf({
    state: running({ heartbeat: { lastHeartbeatMs: nowMs + 60_000, count: 1, errors: 0 } }),
    previous: later,
    nowMs: nowMs + 60_000,
  });
  expect(ready.conditions?.[0]?.lastTransitionTime).toBe('2026-01-01T00:11:00Z');
});
