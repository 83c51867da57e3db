import { pairOf } from '../../informer/pairs.fixture.js';
import { writeDue } from './write-due.js';

const whole = { sent: 'v1:sent', isWhole: true };

test('what was sent and is whole needs no write', () => {
  expect(writeDue(pairOf({}), whole)).toBe('nothing');
});

test.each([
  ['the desired object differs from what was sent', {}, { sent: 'v1:other', isWhole: true }],
  ['the copy names another upstream object', { up: { uid: 'up-2' } }, whole],
  ['the copy names another generation', { up: { generation: 3 } }, whole],
  ['the applied mark is gone', { down: { sent: '' } }, whole],
] as const)('a write is due because it changed when %s', (_, changes, now) => {
  expect(writeDue(pairOf(changes), now)).toBe('changed');
});

test('a copy of which a field of ours was taken has drifted', () => {
  expect(writeDue(pairOf({}), { sent: 'v1:sent', isWhole: false })).toBe('drifted');
});

test('a copy that changed and drifted counts as changed: an update is no repair', () => {
  expect(writeDue(pairOf({}), { sent: 'v1:other', isWhole: false })).toBe('changed');
});

test.each([{ up: 'none' }, { down: 'none' }] as const)('nothing is due when a side is missing: %j', (changes) => {
  expect(writeDue(pairOf(changes), { sent: 'v1:other', isWhole: false })).toBe('nothing');
});
