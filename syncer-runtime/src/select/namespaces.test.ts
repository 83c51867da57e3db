import { isProtectedNamespace, mayUseExisting, selectsNamespace } from './namespaces.js';

test.each([
  { include: ['*'], exclude: [], namespace: 'default', selected: true },
  { include: ['*'], exclude: ['default'], namespace: 'default', selected: false },
  { include: ['team-*'], exclude: ['team-test'], namespace: 'team-a', selected: true },
  { include: ['team-*'], exclude: ['team-test'], namespace: 'team-test', selected: false },
  { include: ['team-*'], exclude: [], namespace: 'a-team-a', selected: false },
  { include: [], exclude: [], namespace: 'default', selected: false },
])('include $include, exclude $exclude: is $namespace selected? $selected', ({ namespace, selected, ...selection }) => {
  expect(selectsNamespace(selection, namespace)).toBe(selected);
});

test.each([
  ['kube-system', [], true],
  ['kube-', [], true],
  ['kube', [], false],
  ['my-kube-system', [], false],
  ['kcp-syncer-system', ['kcp-syncer-system'], true],
  ['infra-dns', ['infra-*'], true],
  ['default', ['infra-*'], false],
])('is %s protected, beside %p? %p', (namespace, list, is) => {
  expect(isProtectedNamespace(namespace, list)).toBe(is);
});

test('a namespace that existed is used only where that is said', () => {
  expect(mayUseExisting('default', ['default'])).toBe(true);
  expect(mayUseExisting('default', ['*'])).toBe(true);
  expect(mayUseExisting('default', ['team-*'])).toBe(false);
  expect(mayUseExisting('default', [])).toBe(false);
});
