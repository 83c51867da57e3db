import { homedir } from 'node:os';
import { decimal, duration, filePath, integer, listOf, matching, oneOf } from './values.js';

test.each(['1', '64', '007'])('%s is a whole number from 1 to 64', (text) => {
  expect(integer({ min: 1, max: 64 })(text)).toBe(Number(text));
});

test.each(['0', '65', '-1', '2.5', 'two', '1e1', '0x10', ' 2', '2 ', 'NaN', 'Infinity', '9'.repeat(400)])(
  '%s is not',
  (text) => {
    expect(() => integer({ min: 1, max: 64 })(text)).toThrow('must be a whole number from 1 to 64');
  },
);

test('a decimal number keeps its fraction', () => {
  expect(decimal({ min: 0, max: 10 })('2.5')).toBe(2.5);
  expect(() => decimal({ min: 0, max: 10 })('10.1')).toThrow('must be a number from 0 to 10');
  expect(() => decimal({ min: 0, max: 10 })('-1')).toThrow('must be a number from 0 to 10');
});

test('a duration keeps to its bounds, which are named', () => {
  const parse = duration({ min: 1_000, max: 300_000 });
  expect(parse('1m')).toBe(60_000);
  expect(() => parse('999ms')).toThrow('must be from 1s to 5m');
  expect(() => parse('301s')).toThrow('must be from 1s to 5m');
  expect(() => parse('60')).toThrow('must be a duration');
});

test('one of a few words is taken as written', () => {
  expect(oneOf('text', 'json')('json')).toBe('json');
  expect(() => oneOf('text', 'json')('JSON')).toThrow('must be one of text, json');
});

test('a text of the wrong form is told the rule', () => {
  expect(matching(/^a+$/, 'only the letter a')('aa')).toBe('aa');
  expect(() => matching(/^a+$/, 'only the letter a')('ab')).toThrow('must be only the letter a');
});

test('a list is cut at commas, blanks do not count, every entry is checked', () => {
  const parse = listOf(/^[a-z]+$/, 'words');
  expect(parse('a, b ,c')).toEqual(['a', 'b', 'c']);
  expect(() => parse('a,,b')).toThrow('must list words, separated by commas');
  expect(() => parse('a,B')).toThrow('must list words, separated by commas');
});

test('a leading ~ is the home directory, any other is part of a name', () => {
  expect(filePath('~/x/y')).toBe(`${homedir()}/x/y`);
  expect(filePath('~')).toBe(homedir());
  expect(filePath('/a/~/b')).toBe('/a/~/b');
  expect(filePath('~other/x')).toBe('~other/x');
});
