import { pairOf } from './pairs.fixture.js';
import { inStep, specInStep, statusIn, statusInStep } from './pair.js';
import { downFacts } from './pairs.fixture.js';

const rules = { hasStatus: true, epoch: 1 };
const dataRules = { hasStatus: false, epoch: 1 };

describe('a pair is in step', () => {
  test('when what was written is what both sides have', () => {
    expect(inStep(pairOf({}), rules)).toBe(true);
  });

  test('when neither side exists', () => {
    expect(inStep(pairOf({ up: 'none', down: 'none' }), rules)).toBe(true);
  });

  test('when only a copy is left and an incident holds it', () => {
    expect(inStep(pairOf({ up: 'none', pair: { incident: 'the type was deleted' } }), rules)).toBe(true);
  });

  test('when the object is not selected, and nothing of ours is left of it', () => {
    const untouched = { up: { selected: false, held: false }, down: 'none', wrote: 'none' } as const;
    expect(inStep(pairOf(untouched), rules)).toBe(true);
    expect(inStep(pairOf({ ...untouched, up: { ...untouched.up, deleting: true } }), rules)).toBe(true);
  });

  test('when its user froze it, whatever else is to be done', () => {
    expect(inStep(pairOf({ up: { paused: true, content: 'other', selected: false } }), rules)).toBe(true);
  });

  test('without our finalizer when the type has no status', () => {
    expect(inStep(pairOf({ up: { held: false } }), dataRules)).toBe(true);
  });

  test('when only the resourceVersions moved', () => {
    expect(inStep(pairOf({ up: { rv: '11' }, down: { rv: '21' } }), rules)).toBe(true);
  });
});

describe('a pair is out of step', () => {
  test.each([
    ['upstream content changed', { up: { content: 'other' } }],
    ['the upstream generation is not the one that the copy names', { up: { generation: 3 } }],
    ['another upstream object has the name', { up: { uid: 'up-2' } }],
    ['the upstream object is being deleted', { up: { deleting: true } }],
    ['the upstream status is not what we left there', { up: { status: 'foreign' } }],
    ['our finalizer was taken off', { up: { held: false } }],
    ['the copy is another object than the one we wrote', { down: { uid: 'down-2' } }],
    ['somebody took a field of ours', { down: { owns: 'fewer' } }],
    ['our entry in managedFields is gone', { down: { owns: '' } }],
    ['the copy is being deleted', { down: { deleting: true } }],
    ['the status of the copy changed', { down: { status: 'newer' } }],
    ['the generation of the copy changed, for observedGeneration depends on it', { down: { generation: 6 } }],
    ['the copy is gone', { down: 'none' }],
    ['nothing was written in this run', { wrote: 'none' }],
    ['only a copy is left', { up: 'none' }],
    ['an object that is not selected any more has a copy', { up: { selected: false, held: false } }],
    ['an object that is not selected any more has our finalizer', { up: { selected: false }, down: 'none' }],
    ['a frozen object goes', { up: { paused: true, deleting: true } }],
    [
      'an object that is not selected any more goes and still has our finalizer',
      { up: { selected: false, deleting: true } },
    ],
  ] as const)('when %s', (_, changes) => {
    expect(inStep(pairOf(changes), rules)).toBe(false);
  });

  test('when the options changed since it was written', () => {
    expect(inStep(pairOf({}), { hasStatus: true, epoch: 2 })).toBe(false);
  });
});

test('a status is not ours to write while another syncer is the first', () => {
  expect(statusInStep(pairOf({ up: { writer: false, status: 'foreign' } }), rules)).toBe(true);
});

test('a type without a status subresource has no status to bring in step', () => {
  expect(statusInStep(pairOf({ down: { status: 'newer' } }), dataRules)).toBe(true);
});

test('the spec is in step or not whatever the status is', () => {
  expect(specInStep(pairOf({ down: { status: 'newer' } }), rules)).toBe(true);
});

test('what a status is made from tells generations apart that lie side by side', () => {
  expect(statusIn({ ...downFacts, generation: 1, seenGeneration: 12 })).not.toBe(
    statusIn({ ...downFacts, generation: 11, seenGeneration: 2 }),
  );
});
