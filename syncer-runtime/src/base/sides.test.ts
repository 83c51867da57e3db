import { asDownstream, asUpstream, type Downstream, type Upstream } from './sides.js';

function takesUpstream(value: Upstream<{ name: string }>): string {
  return value.name;
}

test('a value of one side is not accepted where the other is wanted', () => {
  const up = asUpstream({ name: 'a' });
  const down: Downstream<{ name: string }> = asDownstream({ name: 'b' });
  expect(takesUpstream(up)).toBe('a');
  // @ts-expect-error a downstream value is no upstream value
  expect(takesUpstream(down)).toBe('b');
});

test('a value that has a side cannot be given the other', () => {
  const up = asUpstream({ name: 'a' });
  // @ts-expect-error branded twice
  expect(asDownstream(up)).toBe(up);
});
