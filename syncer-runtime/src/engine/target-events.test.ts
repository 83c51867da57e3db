import type { SyncTarget } from '@kcp-syncer/crds/generated/synctarget.js';
import { MemoryEvents } from '../sync/world.fixture.js';
import { TargetEvents } from './target-events.js';

type Conditions = Parameters<TargetEvents['observe']>[0];

function setting(): { sink: MemoryEvents; events: TargetEvents } {
  const sink = new MemoryEvents();
  const syncTarget = { metadata: { name: 'my-cluster', uid: 'u1' } } as SyncTarget;
  return { sink, events: new TargetEvents(sink, syncTarget) };
}

function condition(type: string, status: 'True' | 'False', reason: string): Conditions[number] {
  return { type, status, reason, message: 'why.', lastTransitionTime: '2026-01-01T00:00:00Z' };
}

test('a condition that turns false is told once, and again when it has been true', () => {
  const { sink, events } = setting();
  const bad = [condition('SyncerReady', 'False', 'ClusterUnreachable')];
  const good = [condition('SyncerReady', 'True', 'SyncerConnected')];
  for (const conditions of [good, bad, bad, good, bad]) events.observe(conditions);
  expect(sink.told.map(({ type, reason, message }) => [type, reason, message])).toEqual([
    ['Warning', 'ControllerError', 'ClusterUnreachable: why.'],
    ['Warning', 'ControllerError', 'ClusterUnreachable: why.'],
  ]);
});

test('a start is no error, held deletions are told as such, and a start, a heartbeat that fails, too', () => {
  const { sink, events } = setting();
  events.started('root:team-a');
  events.observe([condition('SyncerReady', 'False', 'Starting')]);
  events.observe([condition('DeletionsAllowed', 'False', 'DeletionsHeld')]);
  events.heartbeatFailed('no answer.');
  expect(sink.told.map(({ reason }) => reason)).toEqual(['ControllerStarted', 'DeletionsHeld', 'HeartbeatFailed']);
  expect(sink.told[0]?.subject).toEqual({
    apiVersion: 'workload.kcp.io/v1alpha1',
    kind: 'SyncTarget',
    namespace: '',
    name: 'my-cluster',
    uid: 'u1',
  });
});
