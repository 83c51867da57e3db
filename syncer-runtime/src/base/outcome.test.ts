import { done, requeueAfter, TerminalError } from './outcome.js';

test('outcomes tell themselves apart by their kind', () => {
  expect([done, requeueAfter(5, 'the list is not complete')]).toEqual([
    { kind: 'done' },
    { kind: 'requeueAfter', ms: 5, why: 'the list is not complete' },
  ]);
});

test('a terminal error carries reason, message, cause and the time of the next look', () => {
  const cause = new Error('422');
  const error = new TerminalError('Rejected', 'the cluster rejects the object', { cause, retryAfterMs: 30_000 });
  expect(error).toBeInstanceOf(Error);
  expect(error).toMatchObject({
    name: 'TerminalError',
    reason: 'Rejected',
    message: 'the cluster rejects the object',
    cause,
    retryAfterMs: 30_000,
  });
});

test('a terminal error without a cause has none, not one that is undefined', () => {
  expect(Object.hasOwn(new TerminalError('Rejected', 'no'), 'cause')).toBe(false);
});
