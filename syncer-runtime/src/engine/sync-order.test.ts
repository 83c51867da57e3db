import { inSyncOrder } from './sync-order.js';

const type = (resource: string, group = ''): { group: string; resource: string } => ({ group, resource });

test('what workloads lean on begins before them, and the rest keeps its order (S13)', () => {
  const types = [
    type('deployments', 'apps'),
    type('services'),
    type('widgets', 'example.com'),
    type('secrets'),
    type('configmaps'),
    type('persistentvolumeclaims'),
    type('serviceaccounts'),
  ];
  expect(inSyncOrder(types).map(({ resource }) => resource)).toEqual([
    'serviceaccounts',
    'configmaps',
    'secrets',
    'persistentvolumeclaims',
    'services',
    'deployments',
    'widgets',
  ]);
});

test('a type of another group is not taken for a core one by its name', () => {
  expect(inSyncOrder([type('deployments', 'apps'), type('secrets', 'example.com')]).map(({ group }) => group)).toEqual([
    'apps',
    'example.com',
  ]);
});

test('what is given is not changed', () => {
  const types = [type('services'), type('secrets')];
  inSyncOrder(types);
  expect(types[0]?.resource).toBe('services');
});
