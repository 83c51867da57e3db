import type { Crd, CrdVersion } from './crd.js';
import { narrowings } from './widening.js';

const v1: CrdVersion = {
  name: 'v1',
  served: true,
  storage: true,
  schema: { openAPIV3Schema: { type: 'object', properties: { spec: { type: 'object' } } } },
  subresources: { status: {}, scale: {} },
};

function crd(change: { version?: Partial<CrdVersion>; spec?: Partial<Crd['spec']> } = {}): Crd {
  return {
    metadata: { name: 'deployments.apps' },
    spec: {
      group: 'apps',
      scope: 'Namespaced',
      names: { plural: 'deployments', kind: 'Deployment', shortNames: ['deploy'] },
      versions: [{ ...v1, ...change.version }],
      ...change.spec,
    },
  };
}

test('the same type is no narrower', () => {
  expect(narrowings(crd(), crd())).toEqual([]);
});

test('a second version widens', () => {
  const next = crd({ spec: { versions: [v1, { ...v1, name: 'v2', storage: false }] } });
  expect(narrowings(crd(), next)).toEqual([]);
});

test.each<[string, Crd, string]>([
  ['a version gone', crd({ version: { name: 'v2' } }), 'version v1: would disappear'],
  ['a version not served', crd({ version: { served: false } }), 'served: would disappear'],
  ['a version not stored', crd({ version: { storage: false } }), 'stored: would disappear'],
  ['scale gone', crd({ version: { subresources: { status: {} } } }), 'subresource scale: would disappear'],
  ['status gone', crd({ version: { subresources: { scale: {} } } }), 'subresource status: would disappear'],
  [
    'another kind',
    crd({ spec: { names: { plural: 'deployments', kind: 'D', shortNames: ['deploy'] } } }),
    'kind: D in place of Deployment',
  ],
  ['another scope', crd({ spec: { scope: 'Cluster' } }), 'scope: Cluster in place of Namespaced'],
  [
    'a short name gone',
    crd({ spec: { names: { plural: 'deployments', kind: 'Deployment' } } }),
    'short name deploy: would disappear',
  ],
  [
    'a field gone',
    crd({ version: { schema: { openAPIV3Schema: { type: 'object', properties: {} } } } }),
    '.spec: would disappear',
  ],
])('%s is a narrowing', (_, next, found) => {
  expect(narrowings(crd(), next)).toEqual([found]);
});
