import { listOf, wishesOf } from './wishes.js';

function wishes(annotations?: Record<string, string>): ReturnType<typeof wishesOf> {
  return wishesOf({ name: 'web', ...(annotations && { annotations }) }, 'mine');
}

const none = { paused: false, optedOut: false, writesStatus: undefined };

describe('what a user says on an object', () => {
  it('is nothing without annotations, and with sync: enabled', () => {
    expect(wishes()).toEqual(none);
    expect(wishes({ 'syncer.kcp.io/sync': 'enabled' })).toEqual(none);
  });

  it('keeps the object out of the cluster, or freezes it', () => {
    expect(wishes({ 'syncer.kcp.io/sync': 'disabled' })).toEqual({ ...none, optedOut: true });
    expect(wishes({ 'syncer.kcp.io/sync': 'pause' })).toEqual({ ...none, paused: true });
  });

  it('freezes the object when nobody knows the word: it is neither written nor removed', () => {
    for (const word of ['off', 'false', 'Disabled', ''])
      expect(wishes({ 'syncer.kcp.io/sync': word })).toEqual({ ...none, paused: true });
  });

  it('names the SyncTargets that take it, the first of which writes status', () => {
    const of = (targets: string): object => wishes({ 'syncer.kcp.io/target-clusters': targets });
    expect(of('mine,other')).toEqual({ ...none, writesStatus: true });
    expect(of(' other , mine ')).toEqual({ ...none, writesStatus: false });
    expect(of('other')).toEqual({ ...none, optedOut: true, writesStatus: false });
    expect(of(' , ')).toEqual(none);
  });
});

it('a list with commas may have blanks and empty parts', () => {
  expect(listOf(' a, b,,c ')).toEqual(['a', 'b', 'c']);
  expect(listOf(undefined)).toEqual([]);
});
