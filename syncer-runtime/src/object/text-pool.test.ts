import { TextPool } from './text-pool.js';

test('equal texts become one', () => {
  const pool = new TextPool();
  expect(pool.one('a')).toBe('a');
  expect(pool.one(['a'].join(''))).toBe('a');
});

test('a full pool starts again', () => {
  const pool = new TextPool(2);
  expect(['a', 'b', 'c', 'a'].map((text) => pool.one(text))).toEqual(['a', 'b', 'c', 'a']);
});
