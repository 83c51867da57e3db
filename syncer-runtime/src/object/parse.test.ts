import { TerminalError } from '../base/outcome.js';
import { ExactNumber } from './json.js';
import { parseJson, stringifyJson } from './parse.js';
import { RandomJson } from './random.fixture.js';

const roundTrip = (text: string): string => stringifyJson(parseJson(text));

test.each([
  ['an integer beyond 2^53', '9007199254740993'],
  ['the largest 64-bit integer', '{"a":[9223372036854775807,-9223372036854775808]}'],
  ['an integer of 16 digits', '{"a":1234567890123456}'],
  ['a decimal whose digits stand on both sides of the point', '{"a":1234567890.1234567}'],
  ['a decimal of many digits', '{"a":-0.12345678901234567890}'],
  ['a number too large for a double', '{"a":1e400,"b":-1E+400}'],
  ['a number too small for a double', '[1e-400,-5.5e-321]'],
  ['the marks that the parser itself uses', '[1e-300,2e-300,12345678901234567890]'],
  ['an exact number at the top', '-123456789012345678901234567890'],
])('%s keeps its text', (_, text) => {
  expect(roundTrip(text)).toBe(text);
});

test.each([
  ['small numbers', '[0,1,-1,0.5,-2.25,123456789012345]'],
  ['strings with long runs of digits', '{"1234567890123456":"1234567890123456","a":"x\\"1e400\\\\"}'],
  ['strings that end in a backslash before digits', '["\\\\",123,"\\\\\\"",1234567890123456]'],
  ['an exponent inside a string', '{"uid":"4e123456"}'],
  ['an empty string, list and object', '["",[],{}]'],
])('%s come back as they were', (_, text) => {
  expect(roundTrip(text)).toBe(text);
});

test('numbers that a double holds are plain numbers also beside exact ones', () => {
  expect(parseJson('{"a":12345678901234567890,"b":1.5,"c":-7,"d":1e21,"e":0}')).toEqual({
    a: new ExactNumber('12345678901234567890'),
    b: 1.5,
    c: -7,
    d: 1e21,
    e: 0,
  });
});

test('exponents of up to two digits keep their value', () => {
  expect(parseJson('[1E5,1e-7,2.5e+20,12345678901234567890]')).toEqual([
    100_000,
    1e-7,
    2.5e20,
    new ExactNumber('12345678901234567890'),
  ]);
});

test.each(['{"a":1}', '{"a":12345678901234567890}'])('__proto__ is a key like any other beside %s', (other) => {
  const text = `{"__proto__":{"a":12345678901234567890,"b":1},"x":${other}}`;
  const parsed = parseJson(text) as object;
  expect(Object.getPrototypeOf(parsed)).toBe(Object.prototype);
  expect(Object.keys(parsed)).toEqual(['__proto__', 'x']);
  expect(stringifyJson({ ...parsed })).toBe(text);
});

test.each([
  '',
  '{',
  '{"a":1234567890123456',
  '[01234567890123456789]',
  '[--1234567890123456]',
  '[1234567890123456.]',
  '[1234567890123456e]',
  '[1.2.3456789012345678901]',
  '[1e400e5]',
  '[1234567890123456 7]',
  'NaN1234567890123456',
  '["1234567890123456]',
])('what is no JSON is refused: %s', (text) => {
  expect(() => parseJson(text)).toThrow(SyntaxError);
});

test('a text without an end is refused quickly, however many quotes it holds', () => {
  const started = performance.now();
  expect(() => parseJson(`["1234567890123456${'\\"'.repeat(200_000)}`)).toThrow(SyntaxError);
  expect(performance.now() - started).toBeLessThan(2_000);
});

test('long strings and long numbers are no trouble', () => {
  const text = `{"a":"${'1'.repeat(5_000_000)}","b":${'9'.repeat(1_000_000)}}`;
  expect(roundTrip(text) === text).toBe(true);
});

test('an object nested too deep is terminal, with and without exact numbers', () => {
  for (const core of ['1', '12345678901234567890']) {
    const deep = parseJson('['.repeat(20_000) + core + ']'.repeat(20_000));
    expect(() => stringifyJson(deep)).toThrow(expect.objectContaining({ reason: 'ObjectTooDeep' }) as Error);
    expect(() => stringifyJson(deep)).toThrow(TerminalError);
  }
});

test('an exact number is never written by JSON.stringify', () => {
  expect(() => JSON.stringify(parseJson('[12345678901234567890]'))).toThrow('stringifyJson');
});

test('undefined fields are left out beside exact numbers too', () => {
  expect(stringifyJson({ a: undefined, b: [undefined, new ExactNumber('1e999')] })).toBe('{"b":[null,1e999]}');
});

test('any JSON comes back with the same meaning', () => {
  const random = new RandomJson(1);
  for (let i = 0; i < 3_000; i++) {
    const plain = JSON.stringify(random.value());
    expect(roundTrip(plain)).toBe(plain);
    const sprinkled = `[${plain},12345678901234567890,${plain}]`;
    expect(roundTrip(sprinkled)).toBe(sprinkled);
  }
});
