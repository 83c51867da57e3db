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
