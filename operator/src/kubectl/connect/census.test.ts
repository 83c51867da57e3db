import { plural } from './census.js';

test.each([
  ['Deployment', 'Deployments'],
  ['Ingress', 'Ingresses'],
  ['NetworkPolicy', 'NetworkPolicies'],
  ['Gateway', 'Gateways'],
  ['Batch', 'Batches'],
])('several of a kind %s are %s', (kind, kinds) => {
  expect(plural(kind)).toBe(kinds);
});
