import { mendIntOrString } from './int-or-string.js';
import { fieldOf, withField } from './mends.fixture.js';

test('an IntOrString is told by the keyword of CRDs', () => {
  const field = { description: 'port', format: 'int-or-string', oneOf: [{ type: 'integer' }, { type: 'string' }] };
  expect(fieldOf(mendIntOrString(withField(field)))).toEqual({
    description: 'port',
    'x-kubernetes-int-or-string': true,
  });
});

test('other formats stay', () => {
  const field = { type: 'integer', format: 'int32' };
  expect(fieldOf(mendIntOrString(withField(field)))).toEqual(field);
});
