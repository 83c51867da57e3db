import { safeErrorText, withoutValues } from './safe-text.js';

test.each([
  [
    'Job.batch "j" is invalid: spec.template: Invalid value: {"env":"canary"}: field is immutable',
    'Job.batch "j" is invalid: spec.template',
  ],
  ['x is invalid: spec.type: Unsupported value: "canary": supported values: "A"', 'x is invalid: spec.type'],
  ['spec.ports[1]: Duplicate value: {"port":1, "name":"canary"}', 'spec.ports[1]'],
  [
    '.stringData.pw: expected string, got &value.valueUnstructured{\n\tValue: int64(4711),\n}',
    '.stringData.pw: expected string',
  ],
  [
    'spec: Forbidden: spec is immutable after creation\n@@ -1,2 +1,2 @@\n-canary',
    'spec: Forbidden: spec is immutable after creation',
  ],
  ['spec.image: Required value', 'spec.image: Required value'],
  ['exceeded quota: q, requested: pods=1', 'exceeded quota: q, requested: pods=1'],
])('%j is shown as %j', (message, shown) => {
  expect(withoutValues(message)).toBe(shown);
});

test('anything thrown has a safe message', () => {
  expect(safeErrorText(new Error('a: Invalid value: canary'))).toBe('a');
  expect(safeErrorText('text')).toBe('text');
});
