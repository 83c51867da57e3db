import { compareVersions } from './version-order.js';

test('stable before beta before alpha, then higher numbers, then what has another form', () => {
  const ranked = [
    'v10',
    'v2',
    'v1',
    'v11beta2',
    'v10beta3',
    'v3beta1',
    'v12alpha1',
    'v11alpha2',
    'foo1',
    'foo10',
    'v1.2',
  ];
  expect([...ranked].reverse().sort(compareVersions)).toEqual(ranked);
  expect([...ranked].sort(compareVersions)).toEqual(ranked);
});
