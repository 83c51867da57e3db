import { pairOf } from '../../informer/pairs.fixture.js';
import { isInferred } from './inferred.js';

test('an absence is inferred when this run never saw the object', () => {
  expect(isInferred(pairOf({ up: 'none' }))).toBe(true);
});

test('an absence is inferred when a list did not bring the object', () => {
  expect(isInferred(pairOf({ up: 'none', pair: { gone: 'up-0', inferred: true } }))).toBe(true);
});

test('an absence is not inferred when the object went before our eyes', () => {
  expect(isInferred(pairOf({ up: 'none', pair: { gone: 'up-1' } }))).toBe(false);
});

test('an object that is there is not absent', () => {
  expect(isInferred(pairOf({ pair: { inferred: true } }))).toBe(false);
});
