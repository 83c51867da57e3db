import { safeErrorText, withoutValues } from './safe-text.js';

test('a message that quotes no value stays whole', () => {
  expect(withoutValues('deployments.apps "web" not found')).toBe('deployments.apps "web" not found');
});

test.each([
  ['Secret "s" is invalid: data[k]: Invalid value: "canary": must be base64', 'Secret "s" is invalid: data[k]'],
  ['spec.type: Unsupported value: "canary": supported values: "A"', 'spec.type'],
  ['spec.ports[1]: Duplicate value: {"port":80}', 'spec.ports[1]'],
  ['quantities must match; Value: canary', 'quantities must match'],
])('%s loses what it quotes', (message, expected) => {
  expect(withoutValues(message)).toBe(expected);
});

test('what a parser quotes is not repeated', () => {
  const parse = (): unknown => JSON.parse('{"token": canary-of-a-secret}');
  let error: unknown;
  try {
    parse();
  } catch (e) {
    error = e;
  }
  expect(safeErrorText(error)).toBe('a text could not be parsed');
});

test('something thrown that is no error still has a text', () => {
  expect(safeErrorText(undefined)).toBe('unknown error');
  expect(safeErrorText('as text; Value: canary')).toBe('as text');
  expect(safeErrorText(new Error(''))).toBe('Error');
});
