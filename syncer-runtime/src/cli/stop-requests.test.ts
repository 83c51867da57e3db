import { EventEmitter } from 'node:events';
import { FakeClock } from '../base/clock.fixture.js';
import { listenForStop, whenAborted } from './stop-requests.js';

function setup(): { emitter: EventEmitter; clock: FakeClock; requests: ReturnType<typeof listenForStop> } {
  const emitter = new EventEmitter();
  const clock = new FakeClock();
  return { emitter, clock, requests: listenForStop(emitter, clock) };
}

test.each(['SIGTERM', 'SIGINT'])('%s asks to stop, and a second one to leave', async (signal) => {
  const { emitter, clock, requests } = setup();
  expect(requests.stop.aborted).toBe(false);
  emitter.emit(signal, signal);
  expect([requests.stop.aborted, requests.leave.aborted]).toEqual([true, false]);
  await clock.advance(1_000);
  emitter.emit(signal, signal);
  expect(requests.leave.aborted).toBe(true);
});

test('one Ctrl-C that arrives twice is one request', async () => {
  const { emitter, clock, requests } = setup();
  emitter.emit('SIGINT', 'SIGINT');
  await clock.advance(20);
  emitter.emit('SIGINT', 'SIGINT');
  expect(requests.leave.aborted).toBe(false);
});

test('another signal is another request, however soon', () => {
  const { emitter, requests } = setup();
  emitter.emit('SIGINT', 'SIGINT');
  emitter.emit('SIGTERM', 'SIGTERM');
  expect(requests.leave.aborted).toBe(true);
});

test('after dispose nothing listens any more', () => {
  const { emitter, requests } = setup();
  requests.dispose();
  expect(emitter.eventNames()).toEqual([]);
});

test('waiting for an abort ends with it, also when it was before', async () => {
  const controller = new AbortController();
  const waiting = whenAborted(controller.signal);
  controller.abort();
  await waiting;
  await expect(whenAborted(controller.signal)).resolves.toBeUndefined();
});
