import { readSyncSection } from './sync-section.js';

const everything = {
  resources: { include: ['*'], exclude: [] },
  namespaces: { include: ['*'], exclude: [] },
  namespaceMapping: { strategy: 'Identity', useExisting: [], template: { labels: {}, annotations: {} } },
  objectSelector: {},
  transformations: [],
  whenExists: 'Refuse',
  drift: 'Correct',
  deletionGuard: { maxObjects: 10, maxPercent: 30 },
  paused: false,
};

function transformation(of: object): object {
  return { transformations: [{ name: 'a', ...of }] };
}

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
  [
    { resource: {} },
    'sync.resource is not known; known are resources, namespaces, objectSelector, namespaceMapping, transformations, whenExists, drift, deletionGuard, paused',
  ],
  [{ resources: { includes: [] } }, 'sync.resources.includes is not known; known are include, exclude'],
  [
    JSON.parse('{"__proto__":{}}'),
    'sync.__proto__ is not known; known are resources, namespaces, objectSelector, namespaceMapping, transformations, whenExists, drift, deletionGuard, paused',
  ],
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
  [{ whenExists: 'adopt' }, 'sync.whenExists must be one of Refuse, AdoptIfEqual, TakeOver'],
  [{ drift: 'report' }, 'sync.drift must be one of Correct, Report'],
  [{ deletionGuard: { maxPercent: 101 } }, 'sync.deletionGuard.maxPercent must be <= 100'],
  [{ deletionGuard: { max: 1 } }, 'sync.deletionGuard.max is not known; known are maxObjects, maxPercent'],
  [{ paused: 'yes' }, 'sync.paused must be boolean'],
  [
    { objectSelector: { matchExpressions: [{ key: 'a', operator: 'Exists', values: ['b'] }] } },
    'sync.objectSelector.matchExpressions[0]: values are needed for operators In and NotIn, and for no other',
  ],
  [{ transformations: [{}] }, 'sync.transformations[0].name is missing'],
  [transformation({}), 'sync.transformations[0]: give either patch or mergePatch'],
  [transformation({ patch: [], mergePatch: {} }), 'sync.transformations[0]: give either patch or mergePatch'],
  [
    {
      transformations: [
        { name: 'a', patch: [] },
        { name: 'a', patch: [] },
      ],
    },
    'sync.transformations[1].name: another one has the name a',
  ],
  [
    transformation({ patch: [{ op: 'copy', path: '/a' }] }),
    'sync.transformations[0].patch[0]: from is needed for move and copy, and for no other',
  ],
  [
    transformation({
      patch: [
        { op: 'add', path: '/a', value: 1 },
        { op: 'replace', path: '/a' },
      ],
    }),
    'sync.transformations[0].patch[1]: value is needed for add, replace and test',
  ],
  [
    transformation({ patch: [{ op: 'remove', path: 'spec' }] }),
    "sync.transformations[0].patch[0].path does not have the right form; it is: A JSON Pointer such as /spec/replicas, with ~0 for ~ and ~1 for / in a field's name.",
  ],
  [
    transformation({ patch: [{ op: 'merge', path: '' }] }),
    'sync.transformations[0].patch[0].op must be one of add, remove, replace, move, copy, test',
  ],
  [
    transformation({ mergePatch: {}, match: { selector: { matchExpressions: [{ key: 'a', operator: 'In' }] } } }),
    'sync.transformations[0].match.selector.matchExpressions[0]: values are needed for operators In and NotIn, and for no other',
  ],
  [
    transformation({ patch: Array.from({ length: 33 }, () => ({ op: 'remove', path: '/a' })) }),
    'sync.transformations[0].patch must not have more than 32 items',
  ],
])('%j is refused', (value, mistake) => {
  expect(readSyncSection(value)).toEqual({ mistakes: [mistake] });
});

test('the types that are written in other forms are accepted', () => {
  const include = ['services', 'deployments.apps', 'apps/v1/deployments', 'v1/services', '*.example.com', '*'];
  expect(readSyncSection({ resources: { include } })).toHaveProperty('sync');
});

test('values and merge patches may hold anything', () => {
  const transformations = [
    { name: 'a', mergePatch: { spec: { paused: null, nodeSelector: { pool: 'x' } } } },
    { name: 'b', match: { selector: {} }, patch: [{ op: 'add', path: '/spec', value: [{ a: 1 }] }] },
  ];
  expect(readSyncSection({ transformations })).toEqual({ sync: { ...everything, transformations } });
});
