import { FakeClock } from '../base/clock.fixture.js';
import type { Failure } from '../sync/decide/failure.js';
import { KeyStates } from './key-states.js';

const key = 'default/web';
const MINUTE = 60_000;

function setup(): { clock: FakeClock; states: KeyStates } {
  const clock = new FakeClock(1_000);
  return { clock, states: new KeyStates(clock, () => 0.5) };
}

function failure(kind: Failure['kind'], more: Partial<Failure> = {}): Failure {
  return { reason: 'SyncFailed', message: 'it failed', kind, ...more };
}

/** The waits of so many failures in a row, in ms. */
function waits(states: KeyStates, times: number, of: Failure): number[] {
  return Array.from({ length: times }, () => states.fail(key, of, ''));
}

describe('a failure is tried again', () => {
  test('with backoff to half a minute', () => {
    expect(waits(setup().states, 7, failure('retry'))).toEqual([1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000]);
  });

  test('slowly from the first when somebody has to act', () => {
    expect(waits(setup().states, 4, failure('slow'))).toEqual([5_000, 10_000, 20_000, 30_000]);
  });

  test('at once, or nearly so, after a lost race', () => {
    expect(waits(setup().states, 7, failure('race'))).toEqual([20, 60, 180, 540, 1_620, 4_860, 5_000]);
  });

  test('every five minutes when only a change of the object can mend it', () => {
    expect(waits(setup().states, 2, failure('final'))).toEqual([5 * MINUTE, 5 * MINUTE]);
  });

  test('every half minute, slowing to five minutes, when it asks for that (S3)', () => {
    const waited = waits(setup().states, 6, failure('final', { retryAfterMs: 30_000 }));
    expect(waited).toEqual([30_000, 60_000, 120_000, 240_000, 300_000, 300_000]);
  });

  test('not before the server allows it', () => {
    expect(waits(setup().states, 1, failure('retry', { retryAfterMs: 90_000 }))).toEqual([90_000]);
    expect(waits(setup().states, 1, failure('race', { retryAfterMs: 7_000 }))).toEqual([7_000]);
  });
});

describe('a key counts as failed', () => {
  test('after five failures in a row', () => {
    const { states } = setup();
    waits(states, 4, failure('retry'));
    expect(states.get(key)?.failed).toBe(false);
    waits(states, 1, failure('retry'));
    expect(states.get(key)?.failed).toBe(true);
  });

  test('at once when trying again cannot help', () => {
    const { states } = setup();
    waits(states, 1, failure('final'));
    expect(states.get(key)?.failed).toBe(true);
  });

  test("no more once it waits for something that is nobody's failure", () => {
    const { states } = setup();
    waits(states, 9, failure('retry'));
    states.wait(key, { reason: 'NamespaceTerminating', message: 'waiting' }, 30_000);
    expect(states.get(key)).toMatchObject({ failed: false, failures: 0 });
    expect(waits(states, 1, failure('retry'))).toEqual([1_000]);
  });

  test('no more when it is in step', () => {
    const { states } = setup();
    waits(states, 9, failure('retry'));
    states.clear(key);
    expect([states.get(key), [...states.entries()]]).toEqual([undefined, []]);
    expect(waits(states, 1, failure('retry'))).toEqual([1_000]);
  });
});

describe('what people see', () => {
  test('is since when the reason is what it is, and when it is tried next', async () => {
    const { clock, states } = setup();
    states.fail(key, failure('retry'), '');
    await clock.advance(10_000);
    states.fail(key, failure('retry', { message: 'it failed again' }), '');
    expect(states.get(key)).toMatchObject({ message: 'it failed again', sinceMs: 1_000, nextRetryMs: 13_000 });
  });

  test('begins anew with another reason', async () => {
    const { clock, states } = setup();
    states.fail(key, failure('retry'), '');
    await clock.advance(10_000);
    states.wait(key, { reason: 'Terminating', message: 'waiting' }, 5_000);
    expect(states.get(key)).toMatchObject({ reason: 'Terminating', sinceMs: 11_000, nextRetryMs: 16_000 });
  });
});

describe('a failed pair is put off', () => {
  test('until its time while it is what it was', async () => {
    const { clock, states } = setup();
    states.fail(key, failure('final'), 'as it is');
    await clock.advance(60_000);
    expect(states.remainingMs(key, 'as it is')).toBe(4 * MINUTE);
    await clock.advance(4 * MINUTE);
    expect(states.remainingMs(key, 'as it is')).toBe(0);
  });

  test('not when it changed: that gives hope', () => {
    const { states } = setup();
    states.fail(key, failure('final'), 'as it was');
    expect(states.remainingMs(key, 'as it is')).toBe(0);
  });

  test('not when it never failed, or only waits', () => {
    const { states } = setup();
    expect(states.remainingMs(key, '')).toBe(0);
    states.wait(key, { reason: 'Terminating', message: 'waiting' }, 5_000);
    expect(states.remainingMs(key, '')).toBe(0);
  });

  test('not when what it waited for has come', () => {
    const { states } = setup();
    states.fail('a/a', failure('retry', { reason: 'ClusterUnreachable' }), 'a');
    states.fail('b/b', failure('retry', { reason: 'KcpUnreachable' }), 'b');
    expect([...states.expire('ClusterUnreachable')]).toEqual(['a/a']);
    expect([states.remainingMs('a/a', 'a'), states.remainingMs('b/b', 'b') > 0]).toEqual([0, true]);
    expect(states.get('a/a')?.failures).toBe(1);
  });
});
