import { parseTypePattern } from './patterns.js';

test.each([
  ['*', { kind: 'all' }],
  ['*.example.com', { kind: 'group', group: 'example.com' }],
  ['*.apps', { kind: 'group', group: 'apps' }],
  ['services', { kind: 'type', group: '', resource: 'services' }],
  ['deployments.apps', { kind: 'type', group: 'apps', resource: 'deployments' }],
  ['networkpolicies.networking.k8s.io', { kind: 'type', group: 'networking.k8s.io', resource: 'networkpolicies' }],
  ['v1/services', { kind: 'type', group: '', resource: 'services' }],
  ['apps/v1/deployments', { kind: 'type', group: 'apps', resource: 'deployments' }],
  ['x.io/v1alpha2/things', { kind: 'type', group: 'x.io', resource: 'things' }],
])('%s', (text, pattern) => {
  expect(parseTypePattern(text)).toEqual(pattern);
});

test.each([
  '',
  ' ',
  '**',
  '*.',
  '.apps',
  'Deployments',
  'deployments.',
  'de*ts',
  'apps/deployments',
  'a/b/c/d',
  'v1/',
  '*/v1/x',
  'x\n',
])('%p names no type', (text) => {
  expect(() => parseTypePattern(text)).toThrow('names no type');
});
