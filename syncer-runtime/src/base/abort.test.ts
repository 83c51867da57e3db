import { getEventListeners } from 'node:events';
import { anyOf, sharedAbort } from './abort.js';

test('an abort reaches however many listeners there are', () => {
  const controller = sharedAbort();
  const heard = jest.fn();
  controller.signal.addEventListener('abort', heard);
  for (let i = 0; i < 100; i++) anyOf(controller.signal).addEventListener('abort', heard);
  controller.abort();
  expect(heard).toHaveBeenCalledTimes(101);
});

test('a signal of several is aborted with the reason of the first', () => {
  const [a, b] = [new AbortController(), new AbortController()];
  const signal = anyOf(a.signal, b.signal);
  expect(signal.aborted).toBe(false);
  b.abort(new Error('b'));
  a.abort(new Error('a'));
  expect(signal.reason).toEqual(new Error('b'));
});

test('what was aborted leaves no listener on a signal that lives on', () => {
  const longLived = sharedAbort();
  const listeners = (): number => getEventListeners(longLived.signal, 'abort').length;
  const brief = new AbortController();
  const either = anyOf(longLived.signal, brief.signal);
  expect(listeners()).toBe(1);
  brief.abort(new Error('over'));
  expect(either.reason).toEqual(new Error('over'));
  expect(listeners()).toBe(0);
  expect(anyOf(longLived.signal, brief.signal).aborted).toBe(true);
  expect(listeners()).toBe(0);
});
