import type { Discovered } from '../kube/discovery.js';
import type { ResourceType } from '../object/types.js';
import { chooseTypes, isChosen, type TypeChoice } from './types.js';

const all = ['get', 'list', 'watch', 'create', 'update', 'patch', 'delete'];

/** A namespaced type from `apps/v1/deployments`. */
function type(text: string, change: Partial<ResourceType> = {}): ResourceType {
  const [resource = '', version = '', group = ''] = text.split('/').reverse();
  return {
    group,
    version,
    resource,
    kind: `Kind of ${resource}`,
    namespaced: true,
    verbs: all,
    subresources: [],
    ...change,
  };
}

const serves = (types: readonly (string | ResourceType)[], failedGroups: readonly string[] = []): Discovered => ({
  types: types.map((each) => (typeof each === 'string' ? type(each) : each)),
  complete: failedGroups.length === 0,
  failedGroups,
});

function choose(
  upstream: Discovered | readonly (string | ResourceType)[],
  downstream: Discovered | readonly (string | ResourceType)[],
  { include = ['*'], exclude = [] }: { include?: string[]; exclude?: string[] } = {},
): string[] {
  const discovered = (side: typeof upstream): Discovered => ('types' in side ? side : serves(side));
  const question = {
    upstream: discovered(upstream),
    downstream: discovered(downstream),
    selection: { include, exclude },
  };
  return chooseTypes(question).map(inWords);
}

function inWords({ group, resource, named, outcome }: TypeChoice): string {
  const name = `${group}/${resource}${named ? ' (named)' : ''}`;
  if (!isChosen(outcome)) return `${name} ${outcome.state}: ${outcome.message}`;
  expect(outcome.upstream.version).toBe(outcome.downstream.version);
  return `${name} ${outcome.upstream.version}`;
}

describe('the version', () => {
  test('is the one that both sides serve', () => {
    expect(choose(['apps/v1/deployments', 'v1/services'], ['apps/v1/deployments', 'v1/services'])).toEqual([
      'apps/deployments v1',
      '/services v1',
    ]);
  });

  test.each([
    [['v1', 'v1beta1'], ['v1', 'v1beta1'], 'v1'],
    [['v1beta1', 'v1'], ['v1', 'v1beta1'], 'v1beta1'],
    [['v3', 'v1alpha1', 'v1', 'v2beta2'], ['v2beta2', 'v1alpha1', 'v1'], 'v1'],
    [['v3', 'v1alpha1', 'v2beta2', 'v2beta11'], ['v1alpha1', 'v2beta2', 'v2beta11'], 'v2beta11'],
    [['v3', 'v2', 'v10'], ['v2', 'v10'], 'v10'],
  ])('upstream %p, downstream %p: %s', (upstream, downstream, version) => {
    const types = (versions: string[]): string[] => versions.map((each) => `x.io/${each}/things`);
    expect(choose(types(upstream), types(downstream))).toEqual([`x.io/things ${version}`]);
  });

  test('passes over one that a side does not let be written', () => {
    const up = ['x.io/v2/things', 'x.io/v1/things'];
    expect(choose(up, [type('x.io/v2/things', { verbs: ['get', 'list', 'watch'] }), 'x.io/v1/things'])).toEqual([
      'x.io/things v1',
    ]);
  });

  test('is not chosen by a pattern', () => {
    const both = ['x.io/v2/things', 'x.io/v1/things'];
    expect(choose(both, both, { include: ['x.io/v1/things'] })).toEqual(['x.io/things (named) v2']);
  });
});

describe('a type that cannot be synced says why', () => {
  test.each([
    {
      which: 'not served by the cluster',
      upstream: ['x.io/v1/things'],
      downstream: [],
      why: 'NotServed: The cluster does not serve things.x.io.',
    },
    {
      which: 'without a common version',
      upstream: ['x.io/v1alpha1/things', 'x.io/v1/things'],
      downstream: ['x.io/v2/things'],
      why: 'Incompatible: The workspace serves things.x.io as v1alpha1, v1, the cluster as v2: no version is common.',
    },
    {
      which: 'cluster-scoped in the cluster',
      upstream: ['x.io/v1/things'],
      downstream: [type('x.io/v1/things', { namespaced: false })],
      why: 'Incompatible: The cluster serves things.x.io without namespaces.',
    },
    {
      which: 'of another kind',
      upstream: ['x.io/v1/things'],
      downstream: [type('x.io/v1/things', { kind: 'Stuff' })],
      why: 'Incompatible: things.x.io is kind Kind of things in the workspace and Stuff in the cluster.',
    },
    {
      which: 'that the cluster does not let be written',
      upstream: ['x.io/v1/things'],
      downstream: [type('x.io/v1/things', { verbs: ['get', 'list', 'watch', 'delete'] })],
      why: 'Incompatible: things.x.io does not offer create in the cluster, patch in the cluster.',
    },
  ])('$which', ({ upstream, downstream, why }) => {
    expect(choose(upstream, downstream)).toEqual([`x.io/things ${why}`]);
  });

  test.each(['upstream', 'downstream'])('a group of which discovery failed %s is waited for', (side) => {
    const up = side === 'upstream' ? serves([], ['x.io']) : serves(['x.io/v1/things']);
    const down = side === 'upstream' ? serves(['x.io/v1/things']) : serves([], ['x.io']);
    const server = side === 'upstream' ? 'workspace' : 'cluster';
    expect(choose(up, down, { include: ['things.x.io'] })).toEqual([
      `x.io/things (named) Pending: The ${server} has not told what it serves of group x.io.`,
    ]);
  });

  test('a group that was told from memory is taken as told', () => {
    expect(choose(serves(['x.io/v1/things'], ['x.io']), ['x.io/v1/things'])).toEqual(['x.io/things v1']);
  });

  test('one that is named but not in the workspace, with what may be meant', () => {
    const types = ['apps/v1/deployments'];
    expect(choose(types, types, { include: ['deployments', 'things.x.io'] })).toEqual([
      '/deployments (named) NotServed: The workspace does not serve deployments. It serves deployments.apps.',
      'x.io/things (named) NotServed: The workspace does not serve things.x.io.',
    ]);
  });

  test('one that is named but cannot be watched', () => {
    const upstream = [type('x.io/v1/reviews', { verbs: ['create'] })];
    expect(choose(upstream, ['x.io/v1/reviews'], { include: ['reviews.x.io'] })).toEqual([
      'x.io/reviews (named) Incompatible: reviews.x.io does not offer get in the workspace, list in the workspace, watch in the workspace.',
    ]);
  });
});

describe('what is never synced', () => {
  test.each([
    type('v1/namespaces', { namespaced: false }),
    type('rbac.authorization.k8s.io/v1/roles'),
    type('rbac.authorization.k8s.io/v1/rolebindings'),
    type('admissionregistration.k8s.io/v1/validatingadmissionpolicies', { namespaced: false }),
    type('apiextensions.k8s.io/v1/customresourcedefinitions', { namespaced: false }),
    type('certificates.k8s.io/v1beta1/podcertificaterequests'),
    type('coordination.k8s.io/v1/leases'),
    type('v1/events'),
    type('events.k8s.io/v1/events'),
    type('v1/endpoints'),
    type('discovery.k8s.io/v1/endpointslices'),
    type('apps/v1/controllerrevisions'),
    type('apis.kcp.io/v1alpha2/apibindings'),
    type('kcp.io/v1/things'),
    type('workload.kcp.io/v1alpha1/syncerdeployments'),
    type('metrics.k8s.io/v1beta1/pods'),
    type('authorization.k8s.io/v1/localsubjectaccessreviews', { verbs: ['create'] }),
  ])('$group $resource', (never) => {
    const name = never.group === '' ? never.resource : `${never.resource}.${never.group}`;
    expect(choose([never], [never])).toEqual([]);
    expect(choose([never], [never], { include: [name] })).toEqual([
      expect.stringContaining(`Incompatible: ${name} is never synced: `),
    ]);
  });

  test.each([type('v1/bindings', { verbs: ['create'] }), type('x.io/v1/reviews', { verbs: ['create'] })])(
    'by wildcard, what cannot be watched: $resource',
    (unwatchable) => {
      expect(choose([unwatchable], [unwatchable])).toEqual([]);
    },
  );

  test("a group whose name only looks like kcp's is an ordinary one", () => {
    expect(choose(['notkcp.io/v1/things'], ['notkcp.io/v1/things'])).toEqual(['notkcp.io/things v1']);
  });

  test('names that every JavaScript object has are ordinary ones', () => {
    const types = ['constructor/v1/valueof', 'v1/constructor'];
    expect(choose(types, types)).toEqual(['constructor/valueof v1', '/constructor v1']);
  });
});

test.each(['apps/v1/replicasets', 'v1/pods', 'v1/resourcequotas', 'v1/limitranges'])(
  '%s is synced only by name',
  (name) => {
    const [resource = '', , group = ''] = name.split('/').reverse();
    expect(choose([name], [name], { include: ['*', ...(group ? [`*.${group}`] : [])] })).toEqual([]);
    expect(choose([name], [name], { include: ['*', name] })).toEqual([`${group}/${resource} (named) v1`]);
  },
);

describe('the selection', () => {
  const types = ['apps/v1/deployments', 'apps/v1/daemonsets', 'v1/services', 'x.io/v1/things'];

  test.each([
    [['*'], [], ['apps/deployments v1', 'apps/daemonsets v1', '/services v1', 'x.io/things v1']],
    [['*.apps'], [], ['apps/deployments v1', 'apps/daemonsets v1']],
    [['services', '*.x.io'], [], ['/services (named) v1', 'x.io/things v1']],
    [['v1/services', 'apps/v1/daemonsets'], [], ['/services (named) v1', 'apps/daemonsets (named) v1']],
    [['*'], ['*.apps', 'services'], ['x.io/things v1']],
    [['services'], ['services'], []],
    [[], [], []],
  ])('include %p, exclude %p', (include, exclude, chosen) => {
    expect(choose(types, types, { include, exclude })).toEqual(chosen);
  });

  test('a malformed pattern is refused in one line', () => {
    expect(() => choose(types, types, { include: ['Deployments'] })).toThrow('"Deployments" names no type: write ');
  });
});

test("a type that only the cluster serves is nobody's business", () => {
  expect(choose([], ['x.io/v1/things'])).toEqual([]);
});
