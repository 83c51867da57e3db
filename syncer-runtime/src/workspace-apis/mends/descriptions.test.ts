import { shortenDescriptions } from './descriptions.js';
import { fieldOf, withField } from './mends.fixture.js';

test.each([
  ['Number of desired pods. This is a pointer. Defaults to 1.', 'Number of desired pods.'],
  ['Name of a class, e.g. "gold". More.', 'Name of a class, e.g. "gold".'],
  ['One of i.e. Foo and etc. Bar', 'One of i.e. Foo and etc. Bar'],
  ['First line\n\nPossible values:\n - a', 'First line'],
  ['Version 1.2 is meant. no capital follows', 'Version 1.2 is meant. no capital follows'],
  ['', ''],
])('of %j the first sentence stays', (whole, first) => {
  expect(fieldOf(shortenDescriptions(withField({ description: whole })))).toEqual({ description: first });
});

test('a field may be named description', () => {
  const schema = withField({ type: 'object', properties: { description: { type: 'string' } } });
  expect(shortenDescriptions(schema)).toEqual(schema);
});
