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
  expect(selectionInWords({ resources, namespaces })).toBe(words);
});
