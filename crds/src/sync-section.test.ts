import { readSyncSection } from './sync-section.js';

const everything = {
  resources: { include: ['*'], exclude: [] },
  namespaces: { include: ['*'], exclude: [] },
  namespaceMapping: { strategy: 'Identity', useExisting: [], template: { labels: {}, annotations: {} } },
};

test('what is not said has its default', () => {
  expect(readSyncSection({})).toEqual({ sync: everything });
  expect(readSyncSection({ namespaceMapping: { template: { labels: { team: 'a' } } } })).toEqual({
    sync: {
      ...everything,
      namespaceMapping: { ...everything.namespaceMapping, template: { labels: { team: 'a' }, annotations: {} } },
    },
  });
});

test('the value that is judged stays as it is', () => {
  const value = { namespaceMapping: { strategy: 'Prefix', prefix: 'a-' } };
  const before = structuredClone(value);
  readSyncSection(value);
  expect(value).toEqual(before);
});

test.each<[unknown, string]>([
  [{ resource: {} }, 'sync.resource is not known; known are resources, namespaces, namespaceMapping'],
  [{ resources: { includes: [] } }, 'sync.resources.includes is not known; known are include, exclude'],
  [JSON.parse('{"__proto__":{}}'), 'sync.__proto__ is not known; known are resources, namespaces, namespaceMapping'],
  [[], 'sync must be object'],
  [
    { resources: { include: ['Deployments'] } },
    'sync.resources.include[0] does not have the right form; it is: A type as deployments.apps, services or apps/v1/deployments, *.example.com for one group, or * for all.',
  ],
  [{ namespaces: { exclude: 'kube-*' } }, 'sync.namespaces.exclude must be array'],
  [{ namespaceMapping: { strategy: 'prefix' } }, 'sync.namespaceMapping.strategy must be one of Identity, Prefix, Map'],
  [
    { namespaceMapping: { strategy: 'Prefix' } },
    'sync.namespaceMapping.prefix is needed for strategy Prefix, and for no other',
  ],
  [{ namespaceMapping: { map: { a: 'b' } } }, 'sync.namespaceMapping.map is needed for strategy Map, and for no other'],
  [
    { namespaceMapping: { strategy: 'Map', map: { a: 'x', b: 'x' } } },
    'sync.namespaceMapping.map: two namespaces of the workspace cannot have one name in the cluster, x',
  ],
  [
    { namespaceMapping: { strategy: 'Map', map: { 'A b': 'x' } } },
    'sync.namespaceMapping.map: every key is the name of a namespace',
  ],
  [
    { namespaceMapping: { template: { labels: { 'a b': '' } } } },
    "sync.namespaceMapping.template.labels: every key has the form of a label's, such as example.com/team",
  ],
  [
    { namespaceMapping: { template: { annotations: { 'syncer.kcp.io/created': '' } } } },
    'sync.namespaceMapping.template.annotations: keys of syncer.kcp.io/ belong to the syncer',
  ],
])('%j is refused', (value, mistake) => {
  expect(readSyncSection(value)).toEqual({ mistakes: [mistake] });
});

test('the types that are written in other forms are accepted', () => {
  const include = ['services', 'deployments.apps', 'apps/v1/deployments', 'v1/services', '*.example.com', '*'];
  expect(readSyncSection({ resources: { include } })).toHaveProperty('sync');
});
