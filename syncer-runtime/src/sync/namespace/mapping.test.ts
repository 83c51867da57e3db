import { createMapping, mappedNamespace } from './mapping.js';

test('Identity leaves names as they are', () => {
  const mapping = createMapping({ strategy: 'Identity' });
  expect([mapping.toDownstream('default'), mapping.toUpstream('default')]).toEqual(['default', 'default']);
});

test('Prefix puts the prefix before each name, and takes it off again', () => {
  const mapping = createMapping({ strategy: 'Prefix', prefix: 'a-' });
  expect(mapping.toDownstream('default')).toBe('a-default');
  expect(mapping.toUpstream('a-default')).toBe('default');
  expect(mapping.toUpstream('a-a-x')).toBe('a-x');
  expect(['default', 'a-', 'b-default'].map((name) => mapping.toUpstream(name))).toEqual([
    undefined,
    undefined,
    undefined,
  ]);
});

test('Map names namespaces one by one, and no others are mapped', () => {
  const mapping = createMapping({ strategy: 'Map', map: { default: 'team-a', web: 'default' } });
  expect(mapping.toDownstream('default')).toBe('team-a');
  expect(mapping.toUpstream('default')).toBe('web');
  expect(mapping.toDownstream('constructor')).toBeUndefined();
  expect(mapping.toUpstream('web')).toBeUndefined();
  expect(mapping.named).toEqual(['default', 'web']);
  expect(() => mappedNamespace(mapping, 'other')).toThrow('namespaceMapping does not name namespace other');
});
