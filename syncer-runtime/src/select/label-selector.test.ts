import { matchesLabels, type LabelExpression } from './label-selector.js';

const labels = { app: 'web', tier: '' };

test.each<[LabelExpression, boolean]>([
  [{ key: 'app', operator: 'In', values: ['db', 'web'] }, true],
  [{ key: 'app', operator: 'In', values: ['db'] }, false],
  [{ key: 'none', operator: 'In', values: ['db'] }, false],
  [{ key: 'app', operator: 'NotIn', values: ['web'] }, false],
  [{ key: 'none', operator: 'NotIn', values: ['web'] }, true],
  [{ key: 'tier', operator: 'Exists' }, true],
  [{ key: 'toString', operator: 'Exists' }, false],
  [{ key: 'none', operator: 'DoesNotExist' }, true],
  [{ key: 'tier', operator: 'DoesNotExist' }, false],
])('%j', (expression, fits) => {
  expect(matchesLabels({ matchExpressions: [expression] }, labels)).toBe(fits);
});

test('all parts of a selector must fit, and one without parts fits everything', () => {
  expect(matchesLabels({}, undefined)).toBe(true);
  expect(matchesLabels({ matchLabels: { app: 'web', tier: '' } }, labels)).toBe(true);
  expect(matchesLabels({ matchLabels: { app: 'web', other: '' } }, labels)).toBe(false);
  const matchExpressions = [{ key: 'app', operator: 'DoesNotExist' as const }];
  expect(matchesLabels({ matchLabels: { app: 'web' }, matchExpressions }, labels)).toBe(false);
});
