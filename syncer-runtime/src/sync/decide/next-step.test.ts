import type { Pair } from '../../informer/pair.js';
import { pairOf } from '../../informer/pairs.fixture.js';
import { nextStep, type StepFacts } from './next-step.js';

const facts: StepFacts = {
  hasStatus: true,
  epoch: 1,
  upstreamComplete: true,
  downstreamComplete: true,
  alwaysRelink: false,
  paused: false,
};
const dataFacts = { ...facts, hasStatus: false, alwaysRelink: true };

describe('both sides exist', () => {
  test('and are in step: nothing', () => {
    expect(nextStep(pairOf({}), facts)).toEqual({ do: 'nothing' });
  });

  test('and content changed: apply', () => {
    expect(nextStep(pairOf({ up: { content: 'other' } }), facts)).toEqual({ do: 'apply' });
  });

  test('and only the status changed: status', () => {
    expect(nextStep(pairOf({ down: { status: 'newer' } }), facts)).toEqual({ do: 'status' });
  });

  test('and the upstream object goes: the copy is deleted, on the ground of the mark', () => {
    expect(nextStep(pairOf({ up: { deleting: true } }), facts)).toEqual({ do: 'delete', ground: 'marked' });
  });

  test('and the copy goes: its end is awaited, and nothing is applied (S12)', () => {
    expect(nextStep(pairOf({ up: { content: 'other' }, down: { deleting: true } }), facts)).toEqual({
      do: 'awaitGone',
    });
    expect(nextStep(pairOf({ up: { deleting: true }, down: { deleting: true } }), facts)).toEqual({ do: 'awaitGone' });
  });

  test('and a first list is missing: an object that is there is worked all the same', () => {
    const early = { ...facts, upstreamComplete: false };
    expect(nextStep(pairOf({ up: { content: 'other' } }), early)).toEqual({ do: 'apply' });
  });
});

describe('another upstream object has the name of the one that was copied (S16)', () => {
  const successor = { up: { uid: 'up-2' } };

  test('and the former was seen to go: its copy is deleted', () => {
    expect(nextStep(pairOf({ ...successor, pair: { gone: 'up-1' } }), facts)).toEqual({
      do: 'delete',
      ground: 'replaced',
    });
  });

  test('and the former was not seen to go: the copy is linked anew', () => {
    expect(nextStep(pairOf(successor), facts)).toEqual({ do: 'apply' });
  });

  test('and some earlier one was seen to go, but not the one that was copied: the copy is linked anew', () => {
    expect(nextStep(pairOf({ ...successor, pair: { gone: 'up-0' } }), facts)).toEqual({ do: 'apply' });
  });

  test('and the type has no status: the copy is linked anew even when the former was seen to go', () => {
    expect(nextStep(pairOf({ ...successor, pair: { gone: 'up-1' } }), dataFacts)).toEqual({ do: 'apply' });
  });
});

describe('only the upstream object exists', () => {
  test('and the cluster was listed: create', () => {
    expect(nextStep(pairOf({ down: 'none' }), facts)).toEqual({ do: 'create' });
  });

  test('and the first list of the cluster is missing: creation waits (S35)', () => {
    expect(nextStep(pairOf({ down: 'none' }), { ...facts, downstreamComplete: false })).toMatchObject({ do: 'wait' });
  });

  test('and goes with our finalizer: release, also before the cluster was listed (S35)', () => {
    const going = pairOf({ up: { deleting: true }, down: 'none' });
    expect(nextStep(going, facts)).toEqual({ do: 'release' });
    expect(nextStep(going, { ...facts, downstreamComplete: false, upstreamComplete: false })).toEqual({
      do: 'release',
    });
  });

  test('and goes without our finalizer: others keep it, it is not created (S12)', () => {
    const going = pairOf({ up: { deleting: true, held: false }, down: 'none', wrote: 'none' });
    expect(nextStep(going, facts)).toEqual({ do: 'awaitOthers' });
  });

  test('and is not selected: nothing but our finalizer taken off', () => {
    const unselected = (held: boolean): Pair => pairOf({ up: { selected: false, held }, down: 'none' });
    expect(nextStep(unselected(false), facts)).toEqual({ do: 'nothing' });
    expect(nextStep(unselected(true), facts)).toEqual({ do: 'release' });
    expect(nextStep(unselected(true), { ...facts, downstreamComplete: false })).toMatchObject({ do: 'wait' });
  });

  test('and is not selected, and its copy left the watch: a look tells whether it only lost our label', () => {
    const pair = pairOf({ up: { selected: false, held: false }, down: 'none', pair: { lost: 'down-1' } });
    expect(nextStep(pair, facts)).toEqual({ do: 'lookForCopy' });
  });

  test('and is not selected, goes, and still has our finalizer: release', () => {
    const going = pairOf({ up: { selected: false, deleting: true }, down: 'none' });
    expect(nextStep(going, facts)).toEqual({ do: 'release' });
  });
});

describe('both exist, and the object is not selected any more (S32)', () => {
  test('by the configuration: the copy goes, once it is known how many do', () => {
    const pair = pairOf({ up: { selected: false } });
    expect(nextStep(pair, facts)).toEqual({ do: 'delete', ground: 'leftOut' });
    expect(nextStep(pair, { ...facts, downstreamComplete: false })).toMatchObject({ do: 'wait' });
    expect(nextStep(pair, { ...facts, upstreamComplete: false })).toMatchObject({ do: 'wait' });
  });

  test('by its own annotation: the copy goes at once', () => {
    const pair = pairOf({ up: { selected: false, optedOut: true } });
    const early = { ...facts, upstreamComplete: false, downstreamComplete: false };
    expect(nextStep(pair, early)).toEqual({ do: 'delete', ground: 'optedOut' });
  });

  test('and the copy goes already: its end is awaited', () => {
    const pair = pairOf({ up: { selected: false }, down: { deleting: true } });
    expect(nextStep(pair, facts)).toEqual({ do: 'awaitGone' });
  });

  test('and the object is deleted: that is a deletion like any other', () => {
    const pair = pairOf({ up: { selected: false, deleting: true } });
    expect(nextStep(pair, facts)).toEqual({ do: 'delete', ground: 'marked' });
  });
});

describe('an object that its user froze (S33)', () => {
  test('is left as it is, also when it is not selected any more', () => {
    const pair = pairOf({ up: { paused: true, content: 'other', selected: false } });
    expect(nextStep(pair, facts)).toEqual({ do: 'nothing' });
  });

  test('is deleted like any other', () => {
    const pair = pairOf({ up: { paused: true, deleting: true } });
    expect(nextStep(pair, facts)).toEqual({ do: 'delete', ground: 'marked' });
  });
});

describe('only the copy exists', () => {
  test('and the workspace was listed: it goes, if absence can be proven', () => {
    expect(nextStep(pairOf({ up: 'none' }), facts)).toEqual({ do: 'delete', ground: 'absent' });
  });

  test('and the first list of the workspace is missing: deletion waits (S35)', () => {
    expect(nextStep(pairOf({ up: 'none' }), { ...facts, upstreamComplete: false })).toMatchObject({ do: 'wait' });
  });

  test('and goes already: its end is awaited', () => {
    expect(nextStep(pairOf({ up: 'none', down: { deleting: true } }), facts)).toEqual({ do: 'awaitGone' });
  });

  test('and an incident holds it: nothing', () => {
    expect(nextStep(pairOf({ up: 'none', pair: { incident: 'the type was deleted' } }), facts)).toEqual({
      do: 'nothing',
    });
  });
});

describe('workspace or type go (S27)', () => {
  const incident = { incident: 'workspace root:team-a is being deleted' };

  test('the finalizer is released at once, and the copy is not touched', () => {
    expect(nextStep(pairOf({ up: { deleting: true }, pair: incident }), facts)).toEqual({ do: 'release' });
  });

  test('the finalizer is released even while the copy is going by itself', () => {
    const both = pairOf({ up: { deleting: true }, down: { deleting: true }, pair: incident });
    expect(nextStep(both, facts)).toEqual({ do: 'release' });
  });

  test('an object from which the finalizer is off already is left alone', () => {
    expect(nextStep(pairOf({ up: { deleting: true, held: false }, pair: incident }), facts)).toEqual({ do: 'nothing' });
  });
});

describe('while the whole syncer is paused (S33)', () => {
  const paused = { ...facts, paused: true };

  test.each([
    ['a new object', pairOf({ down: 'none' })],
    ['a changed one', pairOf({ up: { content: 'new' } })],
    ['one that is deleted', pairOf({ up: { deleting: true } })],
    ['one that is not selected', pairOf({ up: { selected: false } })],
    ['a copy without its object', pairOf({ up: 'none' })],
    ['an object that waits for us alone', pairOf({ up: { deleting: true }, down: 'none' })],
  ])('%s: nothing', (_, pair) => {
    expect(nextStep(pair, facts)).not.toEqual({ do: 'nothing' });
    expect(nextStep(pair, paused)).toEqual({ do: 'nothing' });
  });

  test('an object that goes with its workspace or type: release (S27)', () => {
    expect(nextStep(pairOf({ up: { deleting: true }, pair: { incident: 'gone' } }), paused)).toEqual({ do: 'release' });
  });
});
