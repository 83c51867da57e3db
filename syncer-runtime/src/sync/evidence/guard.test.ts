import { FakeClock } from '../../base/clock.fixture.js';
import { DeletionGuard, type DeletionCensus, type GuardLimits } from './guard.js';

const MINUTE = 60_000;

const usual = { maxObjects: 10, maxPercent: 30 };

function guardOf(census: DeletionCensus, limits: GuardLimits = usual): { guard: DeletionGuard; clock: FakeClock } {
  const clock = new FakeClock();
  return { clock, guard: new DeletionGuard(clock, () => census, limits) };
}

describe('inferred removals go on', () => {
  test.each([
    [1_000, 10],
    [100, 10],
    [10, 3],
    [3, 1],
    [1, 1],
    [0, 0],
  ])('of %i objects, %i', (owned, pending) => {
    expect(guardOf({ owned, pending }).guard.holds()).toBeUndefined();
  });
});

describe('inferred removals are held (S26)', () => {
  test.each([
    [1_000, 11],
    [1_000_000, 11],
    [30, 10],
    [9, 3],
    [8, 3],
    [5, 2],
    [3, 2],
    [2, 2],
  ])('of %i objects, %i', (owned, pending) => {
    expect(guardOf({ owned, pending }).guard.holds()).toContain(`${String(pending)} of ${String(owned)} objects`);
  });

  test('what was done in the last ten minutes counts with what is pending', async () => {
    const census = { owned: 100, pending: 6 };
    const { guard, clock } = guardOf(census);
    for (let i = 0; i < 5; i++) guard.noteRemoval();
    expect(guard.holds()).toContain('11 of 105');
    await clock.advance(10 * MINUTE);
    expect(guard.holds()).toContain('11 of 105');
    await clock.advance(1);
    expect(guard.holds()).toBeUndefined();
  });

  test('many small portions are held like one large one', () => {
    const census = { owned: 100, pending: 1 };
    const { guard } = guardOf(census);
    let done = 0;
    while (guard.holds() === undefined && done < 50) {
      guard.noteRemoval();
      census.owned--;
      done++;
    }
    expect(done).toBe(10);
  });

  test('one object may always go, then it is the limit', () => {
    const census = { owned: 2, pending: 1 };
    const { guard } = guardOf(census);
    expect(guard.holds()).toBeUndefined();
    guard.noteRemoval();
    census.owned = 1;
    expect(guard.holds()).toContain('2 of 2');
  });

  test('by limits of their own', () => {
    expect(guardOf({ owned: 100, pending: 3 }, { maxObjects: 2, maxPercent: 100 }).guard.holds()).toBeDefined();
    expect(guardOf({ owned: 100, pending: 60 }, { maxObjects: 1_000, maxPercent: 60 }).guard.holds()).toBeUndefined();
  });
});

test('a removal that nobody counted yet counts as one more', () => {
  const { guard } = guardOf({ owned: 100, pending: 10 });
  expect(guard.holds()).toBeUndefined();
  expect(guard.holdsOneMore()).toContain('11 of 100');
});
