import { annotations } from '../../object/marks.js';
import { claimedFor, claimOf, namespaceFactsOf } from './facts.js';

test("a namespace without marks is nobody's", () => {
  expect(namespaceFactsOf({ metadata: { name: 'team', uid: 'u', resourceVersion: '7' } })).toEqual({
    name: 'team',
    uid: 'u',
    rv: '7',
    deleting: false,
    claim: '',
    created: false,
    released: '',
  });
});

test('marks and deletion are read', () => {
  const metadata = {
    name: 'team',
    deletionTimestamp: '2026-01-01T00:00:00Z',
    annotations: { [annotations.namespaceClaim]: 'o/t/n', [annotations.namespaceCreated]: 'true' },
  };
  expect(namespaceFactsOf({ metadata })).toMatchObject({ deleting: true, claim: 'o/t/n', created: true });
});

test('a claim names its upstream namespace, to its owner alone', () => {
  const claim = claimOf('owner', 'my-cluster', 'team');
  expect([claimedFor(claim, 'owner'), claimedFor(claim, 'own'), claimedFor('', 'owner')]).toEqual([
    'team',
    undefined,
    undefined,
  ]);
});

test('claims of different owners, SyncTargets and namespaces differ', () => {
  const claims = [claimOf('a', 'b', 'c'), claimOf('x', 'b', 'c'), claimOf('a', 'x', 'c'), claimOf('a', 'b', 'x')];
  expect(new Set(claims).size).toBe(4);
});
