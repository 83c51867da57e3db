import type { LabelSelector } from './label-selector.js';
import { selectionInWords } from './words.js';

const all = { include: ['*'], exclude: [] };

test.each([
  [all, all, 'all types in all namespaces'],
  [{ include: ['*'], exclude: ['secrets'] }, all, 'all types except secrets in all namespaces'],
  [
    { include: ['deployments.apps', '*.x.io'], exclude: [] },
    { include: ['team-*'], exclude: ['team-a', 'team-b'] },
    'types deployments.apps, *.x.io in namespaces team-* except team-a, team-b',
  ],
  [{ include: [], exclude: [] }, all, 'types (none) in all namespaces'],
])('%j and %j', (resources, namespaces, words) => {
  expect(selectionInWords({ resources, namespaces, objectSelector: {} })).toBe(words);
});

test('labels are told as kubectl takes them', () => {
  const objectSelector: LabelSelector = {
    matchLabels: { tier: 'web' },
    matchExpressions: [
      { key: 'env', operator: 'In', values: ['a', 'b'] },
      { key: 'zone', operator: 'NotIn', values: ['c'] },
      { key: 'team', operator: 'Exists' },
      { key: 'old', operator: 'DoesNotExist' },
    ],
  };
  expect(selectionInWords({ resources: all, namespaces: all, objectSelector })).toBe(
    'all types in all namespaces with tier=web,env in (a,b),zone notin (c),team,!old',
  );
});
