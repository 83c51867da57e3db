import { mendQuantity } from './quantity.js';
import { fieldOf, withField } from './mends.fixture.js';

const quantity = { oneOf: [{ type: 'string' }, { type: 'number' }] };
const mended = fieldOf(mendQuantity(withField(quantity)));
const pattern = new RegExp(String(mended?.['pattern']));

test('a quantity has no type, so that text and every number fit, and leaves lists and maps no room', () => {
  expect(mended).toEqual({
    'x-kubernetes-preserve-unknown-fields': true,
    pattern: expect.any(String) as unknown,
    maxItems: 0,
    maxProperties: 0,
  });
});

test.each(['1', '0.5', '.5', '5.', '500m', '1Gi', '1.5Gi', '+1k', '-1', '12e6', '1E3', '1e-3', '100n', '10u', '4Ei'])(
  '%s is a quantity',
  (text) => {
    expect(text).toMatch(pattern);
  },
);

test.each(['', 'Gi', '1 Gi', '1gb', '1KI', 'one', '1m1', '--1', '1e', '.'])('"%s" is no quantity', (text) => {
  expect(text).not.toMatch(pattern);
});

test('other alternatives stay', () => {
  const field = { oneOf: [{ required: ['a'] }, { required: ['b'] }] };
  expect(fieldOf(mendQuantity(withField(field)))).toEqual(field);
});
