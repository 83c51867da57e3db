import { allowNulls } from './nulls.js';
import { fieldOf, withField } from './mends.fixture.js';

test('an optional field may be null', () => {
  const field = { type: 'string', format: 'date-time' };
  expect(fieldOf(allowNulls(withField(field)))).toEqual({ ...field, nullable: true });
});

test.each([
  ['a required field', { type: 'string' }, ['field']],
  ['a field with a default, which null would replace', { type: 'string', default: 'TCP' }, []],
  ['a field with an enum, where servers refuse null all the same', { type: 'string', enum: ['a'] }, []],
])('%s may not be null', (_, field, required) => {
  expect(fieldOf(allowNulls(withField(field, required)))).toEqual(field);
});
