import { FakeClock, settle } from '../base/clock.fixture.js';
import { deadline, raceSignal } from './deadline.js';

describe('a deadline', () => {
  test('aborts with its own reason when time is up', async () => {
    const clock = new FakeClock();
    const time = deadline(clock, { ms: 100, signal: undefined, late: () => new Error('late') });
    await clock.advance(99);
    expect(time.signal.aborted).toBe(false);
    await clock.advance(1);
    expect(time.signal.reason).toMatchObject({ message: 'late' });
  });

  test('aborts with its caller, before and after it was disarmed', async () => {
    const clock = new FakeClock();
    const caller = new AbortController();
    const time = deadline(clock, { ms: 100, signal: caller.signal, late: () => new Error('late') });
    time.disarm();
    await clock.advance(1_000);
    expect(time.signal.aborted).toBe(false);
    caller.abort(new Error('caller'));
    expect(time.signal.reason).toMatchObject({ message: 'caller' });
    expect(deadline(clock, { ms: 1, signal: caller.signal, late: () => new Error('late') }).signal.aborted).toBe(true);
  });

  test('that is cleared hears nothing more', async () => {
    const clock = new FakeClock();
    const caller = new AbortController();
    const time = deadline(clock, { ms: 100, signal: caller.signal, late: () => new Error('late') });
    time.clear();
    caller.abort();
    await clock.advance(1_000);
    expect(time.signal.aborted).toBe(false);
  });
});

describe('work raced against a signal', () => {
  test('gives its value, or its error, when nobody aborts', async () => {
    const { signal } = new AbortController();
    await expect(raceSignal(Promise.resolve(1), signal, () => undefined)).resolves.toBe(1);
    await expect(raceSignal(Promise.reject(new Error('no')), signal, () => undefined)).rejects.toThrow('no');
  });

  test('that ignores the abort does not hold its caller, and what it still gives is thrown away', async () => {
    const controller = new AbortController();
    const discarded: number[] = [];
    let finish: (value: number) => void = () => undefined;
    const work = new Promise<number>((resolve) => {
      finish = resolve;
    });
    const raced = raceSignal(work, controller.signal, (late) => discarded.push(late));
    controller.abort(new Error('enough'));
    await expect(raced).rejects.toThrow('enough');
    finish(7);
    await settle();
    expect(discarded).toEqual([7]);
  });

  test('is not waited for when the signal was aborted before', async () => {
    const never = new Promise<never>(() => undefined);
    await expect(raceSignal(never, AbortSignal.abort(new Error('before')), () => undefined)).rejects.toThrow('before');
  });
});
