import { keepKnownKeywords } from './known-keywords.js';
import { fieldOf, withField } from './mends.fixture.js';

test('what servers do not know in a CRD goes', () => {
  const field = {
    type: 'array',
    items: { type: 'string' },
    'x-kubernetes-list-type': 'atomic',
    'x-kubernetes-patch-strategy': 'merge',
    'x-kubernetes-patch-merge-key': 'name',
    'x-kubernetes-group-version-kind': [],
    'x-kubernetes-unions': [],
  };
  expect(fieldOf(keepKnownKeywords(withField(field)))).toEqual({
    type: 'array',
    items: { type: 'string' },
    'x-kubernetes-list-type': 'atomic',
  });
});

test('fields may be named like keywords that go', () => {
  const schema = withField({ type: 'object', properties: { 'x-kubernetes-unions': { type: 'string' } } });
  expect(keepKnownKeywords(schema)).toEqual(schema);
});
