import { decideNamespace, type NamespaceQuestion } from './decide.js';
import type { NamespaceFacts } from './facts.js';

const existing: NamespaceFacts = {
  name: 'team',
  uid: 'u',
  rv: '1',
  deleting: false,
  claim: '',
  released: '',
  created: false,
};
const question: NamespaceQuestion = {
  name: 'team',
  existing: undefined,
  claim: 'owner/my-cluster/team',
  isProtected: false,
  mayUseExisting: false,
};

function decide(changes: Partial<NamespaceQuestion>, facts?: Partial<NamespaceFacts>): unknown {
  return decideNamespace({ ...question, ...changes, ...(facts && { existing: { ...existing, ...facts } }) });
}

test('a namespace that is not there is created', () => {
  expect(decide({})).toEqual({ do: 'create' });
});

test('one with our claim is used, whoever made it, and whether or not it is named as usable', () => {
  expect(decide({}, { claim: question.claim })).toEqual({ do: 'use' });
  expect(decide({}, { claim: question.claim, created: true })).toEqual({ do: 'use' });
});

test('one that was there before is claimed only when it may be used', () => {
  expect(decide({ mayUseExisting: true }, {})).toEqual({ do: 'claim' });
  expect(decide({ mayUseExisting: false }, {})).toMatchObject({ do: 'refuse', reason: 'NamespaceUnowned' });
});

test('one that another syncer made and let go is claimed like any other', () => {
  expect(decide({ mayUseExisting: true }, { created: true })).toEqual({ do: 'claim' });
});

test.each(['other/my-cluster/team', 'owner/other-cluster/team', 'owner/my-cluster/other', 'owner/my-cluster/team-b'])(
  'one that %s claims is refused, also when it may be used',
  (claim) => {
    expect(decide({ mayUseExisting: true }, { claim })).toMatchObject({ do: 'refuse', reason: 'NamespaceClaimed' });
  },
);

test('who else claims it is not told: it may be another tenant', () => {
  expect(JSON.stringify(decide({}, { claim: 'secret-owner/secret-cluster/secret' }))).not.toContain('secret');
});

test('one that goes is waited for, also when it is ours', () => {
  expect(decide({}, { claim: question.claim, deleting: true })).toMatchObject({
    do: 'refuse',
    reason: 'NamespaceTerminating',
  });
});

test('a protected one is refused, whatever else is true', () => {
  for (const facts of [undefined, {}, { claim: question.claim }, { deleting: true }])
    expect(decide({ isProtected: true, mayUseExisting: true }, facts)).toMatchObject({
      do: 'refuse',
      reason: 'NamespaceProtected',
    });
});

test('a namespace that was let go may be taken up by whoever had it, and by nobody else', () => {
  expect(decide({}, { created: true, released: question.claim })).toEqual({ do: 'claim' });
  expect(decide({}, { created: true, released: 'another/my-cluster/team' })).toMatchObject({ do: 'refuse' });
});
