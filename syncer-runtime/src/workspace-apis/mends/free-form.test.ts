import { keepFreeForm } from './free-form.js';
import { fieldOf, withField } from './mends.fixture.js';

const kept = { 'x-kubernetes-preserve-unknown-fields': true };

test.each([
  ['an object without fields', { type: 'object' }],
  ['a value of which nothing is said', { description: 'anything' }],
])('%s keeps what it holds', (_, field) => {
  expect(fieldOf(keepFreeForm(withField(field)))).toEqual({ ...field, ...kept });
});

test.each([
  ['an object with fields', { type: 'object', properties: { a: { type: 'string' } } }],
  ['a map', { type: 'object', additionalProperties: { type: 'string' } }],
  ['a text', { type: 'string' }],
  ['an integer or string', { format: 'int-or-string', oneOf: [{ type: 'integer' }, { type: 'string' }] }],
  ['a quantity', { oneOf: [{ type: 'string' }, { type: 'number' }] }],
])('%s is not free-form', (_, field) => {
  expect(fieldOf(keepFreeForm(withField(field)))).toEqual(field);
});
