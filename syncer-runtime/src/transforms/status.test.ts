import { parseJson, stringifyJson } from '../object/parse.js';
import { upstreamStatus } from './status.js';

/** The cluster's object is at generation 7, which carries upstream's generation 3; upstream shows 2. */
const generations = { downstream: 7, applied: 3, upstreamObserved: 2 };

test.each([
  ['has seen the newest', 7, 3],
  ['has seen a newer one than we know', 8, 3],
  ['is behind: what upstream shows stays', 6, 2],
  ['has seen nothing yet', 0, 0],
])('at the top, a controller that %s', (_, observed, shown) => {
  expect(upstreamStatus({ observedGeneration: observed }, generations)).toEqual({ observedGeneration: shown });
});

test('at the top, behind, with nothing shown upstream: nothing is said', () => {
  const unseen = { ...generations, upstreamObserved: undefined };
  expect(upstreamStatus({ observedGeneration: 6, replicas: 1 }, unseen)).toEqual({ replicas: 1 });
});

test.each([
  ['has seen the newest', 7, 3],
  ['is behind: one before', 6, 2],
  ['has seen nothing yet', 0, 0],
])('deeper, a controller that %s', (_, observed, shown) => {
  const status = (generation: number): object => ({
    conditions: [{ type: 'Ready', observedGeneration: generation }],
    parts: { a: { observedGeneration: generation } },
  });
  expect(upstreamStatus(status(observed), { ...generations, upstreamObserved: undefined })).toEqual(status(shown));
});

test('absent stays absent', () => {
  expect(upstreamStatus({ conditions: [{ type: 'Ready' }] }, generations)).toEqual({ conditions: [{ type: 'Ready' }] });
});

test('where the cluster counts no generations, every one is the applied one', () => {
  const status = { conditions: [{ observedGeneration: 0 }] };
  expect(upstreamStatus(status, { ...generations, downstream: undefined })).toEqual({
    conditions: [{ observedGeneration: 3 }],
  });
});

test('where upstream counts no generations, they stay as they are', () => {
  expect(upstreamStatus({ observedGeneration: 5 }, { ...generations, applied: undefined })).toEqual({
    observedGeneration: 5,
  });
});

test.each(['6', 6.5, true, { a: 6 }, [6]])('an observedGeneration that is no integer is left alone: %p', (value) => {
  expect(upstreamStatus({ observedGeneration: value }, generations)).toEqual({ observedGeneration: value });
});

test('nulls are dropped, as kcp refuses them, but not items of lists', () => {
  expect(upstreamStatus({ currentMetrics: null, list: [null], deep: { a: null } }, generations)).toEqual({
    list: [null],
    deep: {},
  });
});

test('no status stays none', () => {
  expect(upstreamStatus(undefined, generations)).toBeUndefined();
});

test('keys and numbers come through unharmed', () => {
  const text = '{"__proto__":{"observedGeneration":7},"n":12345678901234567890}';
  expect(stringifyJson(upstreamStatus(parseJson(text), generations))).toBe(
    '{"__proto__":{"observedGeneration":3},"n":12345678901234567890}',
  );
});

test('a status nested too deep is terminal', () => {
  const deep = parseJson('['.repeat(2_000) + ']'.repeat(2_000));
  expect(() => upstreamStatus(deep, generations)).toThrow(
    expect.objectContaining({ reason: 'ObjectTooDeep' }) as Error,
  );
});
