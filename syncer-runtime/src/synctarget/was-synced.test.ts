import { wasSynced } from './was-synced.js';

test.each([
  [{ version: 'v1' }, true],
  [{ version: '' }, false],
  [{}, false],
])('%j: %s', (resource, was) => {
  expect(wasSynced(resource)).toBe(was);
});
