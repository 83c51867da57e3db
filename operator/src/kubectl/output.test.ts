import { age, inFormat, table } from './output.js';

test('columns are as wide as their widest cell, and an empty cell shows', () => {
  expect(
    table(
      ['A', 'B'],
      [
        ['long', ''],
        ['x', 'y'],
      ],
    ),
  ).toBe('A      B\nlong   -\nx      y\n');
});

test('no cell can break its line or command the terminal', () => {
  expect(table(['A'], [['a\nREADY True\u001b[2J']])).toBe('A\na\\nREADY True\\u001b[2J\n');
});

test.each([
  ['2026-01-01T00:00:00Z', '1d'],
  ['2026-01-01T22:30:00Z', '1h'],
  ['2026-01-01T23:55:00Z', '5m'],
  ['2026-01-01T23:59:58Z', '2s'],
  ['2026-01-02T00:00:05Z', '0s'],
  ['no time', ''],
  [undefined, ''],
])('%s is %s ago', (time, words) => {
  expect(age(time, Date.parse('2026-01-02T00:00:00Z'))).toBe(words);
});

test('a document is written in the form that was asked for', () => {
  expect(inFormat({ a: 'yes' }, 'json')).toBe('{\n  "a": "yes"\n}\n');
  expect(inFormat({ a: 'yes' }, 'yaml')).toBe('a: yes\n');
});
