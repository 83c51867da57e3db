import { Readiness } from './readiness.js';
import type { ResourceState, SyncerSnapshot } from './snapshot.js';

function snapshot(engineStarted: boolean, states: readonly ResourceState[] = []): SyncerSnapshot {
  const resources = states.map((state) => ({ state }));
  return { engineStarted, resources } as unknown as SyncerSnapshot;
}

test('before the engine started it is not ready', () => {
  expect(new Readiness().notReady(snapshot(false))).toBe('the engine has not started');
});

test('it waits for the first lists, and for no type that cannot be synced', () => {
  const readiness = new Readiness();
  expect(readiness.notReady(snapshot(true, ['Pending', 'Synced']))).toBe('the first lists of 1 types are not done');
  expect(readiness.notReady(snapshot(true, ['Synced', 'NotPermitted', 'NotServed']))).toBeUndefined();
});

test('once ready it stays ready: a type that comes later is no reason', () => {
  const readiness = new Readiness();
  readiness.notReady(snapshot(true, ['Synced']));
  expect(readiness.notReady(snapshot(true, ['Synced', 'Pending']))).toBeUndefined();
});
