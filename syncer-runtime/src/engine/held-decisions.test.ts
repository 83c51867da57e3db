import { FakeClock } from '../base/clock.fixture.js';
import { MemoryLogger } from '../sync/world.fixture.js';
import { HeldDecisions } from './held-decisions.js';

let clock: FakeClock;
let held: string[] | undefined;
let wakes: number;
let told: number;
let decisions: HeldDecisions;

beforeEach(() => {
  clock = new FakeClock();
  [held, wakes, told] = [['b', 'a'], 0, 0];
  decisions = new HeldDecisions({
    clock,
    logger: new MemoryLogger(),
    held: () => held,
    wake: () => wakes++,
    onStill: () => told++,
  });
});

/** The id, ten seconds after the set was first seen. */
async function stillId(): Promise<string> {
  decisions.idOf(held ?? []);
  await clock.advance(10_000);
  return decisions.idOf(held ?? []) ?? 'none';
}

test('an id is shown when the set has been the same for ten seconds, and that is told', async () => {
  expect(decisions.idOf(['a', 'b'])).toBeUndefined();
  await clock.advance(9_999);
  expect([decisions.idOf(['b', 'a']), told]).toEqual([undefined, 0]);
  await clock.advance(1);
  expect(decisions.idOf(['a', 'b'])).toMatch(/^[0-9a-f]{12}$/);
  expect(told).toBe(1);
  expect(decisions.idOf(['a', 'b', 'c'])).toBeUndefined();
  expect(decisions.idOf([])).toBeUndefined();
});

test('another process gives the same set the same id', async () => {
  const id = await stillId();
  decisions = new HeldDecisions({
    clock,
    logger: new MemoryLogger(),
    held: () => held,
    wake: () => undefined,
    onStill: () => undefined,
  });
  expect(await stillId()).toBe(id);
});

test('a decision counts for exactly the copies that were held, and stands until none of them is', async () => {
  const asked = { decision: 'delete', id: await stillId() } as const;
  expect(decisions.judge([asked])).toEqual([]);
  expect(wakes).toBe(1);
  held = ['a', 'b', 'c'];
  expect(decisions.judge([asked])).toEqual([]);
  expect(['a', 'b', 'c'].map((uid) => decisions.of(uid))).toEqual(['delete', 'delete', undefined]);
  held = ['c'];
  expect(decisions.judge([asked])).toEqual([]);
  expect(decisions.of('a')).toBeUndefined();
  await clock.advance(10_000);
  expect(decisions.judge([asked])).toEqual([asked]);
});

test('a copy that is not held any more is not meant any more, also when it is held again', async () => {
  const asked = { decision: 'delete', id: await stillId() } as const;
  decisions.judge([asked]);
  held = ['a'];
  decisions.judge([asked]);
  held = ['a', 'b'];
  decisions.judge([asked]);
  expect([decisions.of('a'), decisions.of('b')]).toEqual(['delete', undefined]);
});

test('a decision about another set is void, once it is known what is held', async () => {
  const asked = { decision: 'delete', id: 'another' } as const;
  held = undefined;
  expect(decisions.judge([asked])).toEqual([]);
  held = ['a'];
  expect(decisions.judge([asked])).toEqual([]);
  await clock.advance(10_000);
  expect(decisions.judge([asked])).toEqual([asked]);
  held = [];
  expect(decisions.judge([asked])).toEqual([asked]);
  expect(decisions.of('a')).toBeUndefined();
});

test('who asks for both keeps the objects', async () => {
  const id = await stillId();
  const [keep, approve] = [
    { decision: 'keep', id },
    { decision: 'delete', id },
  ] as const;
  expect(decisions.judge([keep, approve])).toEqual([approve]);
  expect(decisions.of('a')).toBe('keep');
});
