import { FakeClock } from './clock.fixture.js';
import { sleep, systemClock, toTimestamp } from './clock.js';

describe('sleep', () => {
  test('ends when its time is over, and not before', async () => {
    const clock = new FakeClock();
    let over = false;
    void sleep(clock, 1_000).then(() => (over = true));
    await clock.advance(999);
    expect(over).toBe(false);
    await clock.advance(1);
    expect(over).toBe(true);
  });

  test('ends at once with the reason of its signal', async () => {
    const clock = new FakeClock();
    const controller = new AbortController();
    const reason = new Error('stopped');
    const asleep = sleep(clock, 1_000, controller.signal);
    controller.abort(reason);
    await expect(asleep).rejects.toBe(reason);
  });

  test('does not begin under a signal that is aborted already', async () => {
    const reason = new Error('stopped');
    await expect(sleep(new FakeClock(), 0, AbortSignal.abort(reason))).rejects.toBe(reason);
  });

  test('leaves nothing behind on its signal when it ended by itself', async () => {
    const clock = new FakeClock();
    const { signal } = new AbortController();
    const remove = jest.spyOn(signal, 'removeEventListener');
    const add = jest.spyOn(signal, 'addEventListener');
    void sleep(clock, 10, signal);
    await clock.advance(10);
    expect(remove).toHaveBeenCalledTimes(add.mock.calls.length);
  });
});

test('the system clock runs a task once after its time, and not when it was cancelled', () => {
  jest.useFakeTimers();
  try {
    const task = jest.fn();
    const cancelled = jest.fn();
    systemClock.after(1_000, task);
    const cancel = systemClock.after(1_000, cancelled);
    cancel();
    cancel();
    jest.advanceTimersByTime(999);
    expect(task).not.toHaveBeenCalled();
    jest.advanceTimersByTime(10_000);
    expect(task).toHaveBeenCalledTimes(1);
    expect(cancelled).not.toHaveBeenCalled();
  } finally {
    jest.useRealTimers();
  }
});

test('times are written in UTC to the second', () => {
  expect(toTimestamp(Date.parse('2026-03-04T05:06:07.899+01:00'))).toBe('2026-03-04T04:06:07Z');
});
