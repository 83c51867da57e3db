import { asUpstream } from '../base/sides.js';
import type { KubeObject, ResourceType } from '../object/types.js';
import { compileTransformations } from './compile.js';
import { desiredObject, type Desired } from './desired.js';
import type { PatchStep, Transformation } from './transformation.js';
import { typeOf } from './types.fixture.js';

const deployments = typeOf('apps/v1/Deployment/deployments');
const configMaps = typeOf('v1/ConfigMap/configmaps');

const deployment: KubeObject = {
  metadata: { name: 'a', namespace: 'up', labels: { app: 'web' }, annotations: { 'kcp.io/cluster': 'x' } },
  spec: { replicas: 2, template: { spec: { containers: [{ name: 'c' }] } } },
};

function desired(
  transformations: readonly Transformation[],
  object: KubeObject = deployment,
  type: ResourceType = deployments,
): Desired {
  const context = { type, downstreamNamespace: 'down', transformations: compileTransformations(transformations) };
  return desiredObject(asUpstream(object), context);
}

const patch = (...steps: PatchStep[]): Transformation[] => [{ name: 'pool', patch: steps }];
const refusal = (reason: string, message: string): Error =>
  expect.objectContaining({ reason, message: expect.stringContaining(message) as string }) as Error;

test('transformations run in order, each on what the former made', () => {
  const { object, transformedBy } = desired([
    { name: 'pool', patch: [{ op: 'add', path: '/spec/template/spec/nodeSelector', value: { pool: 'tenants' } }] },
    { name: 'two', mergePatch: { spec: { template: { spec: { nodeSelector: { zone: 'a' } } }, replicas: null } } },
  ]);
  expect(object['spec']).toEqual({
    template: { spec: { containers: [{ name: 'c' }], nodeSelector: { pool: 'tenants', zone: 'a' } } },
  });
  expect(transformedBy).toEqual(['pool', 'two']);
});

test('the upstream object is not changed', () => {
  const before = structuredClone(deployment);
  desired(patch({ op: 'remove', path: '/spec/replicas' }));
  expect(deployment).toEqual(before);
});

test.each<[string, Transformation['match'], boolean]>([
  ['another type', { resources: ['services', '*.example.com'] }, false],
  ['its type', { resources: ['services', 'apps/v1/deployments'] }, true],
  ['another namespace', { namespaces: ['down'] }, false],
  ['its namespace in the workspace', { namespaces: ['u*'] }, true],
  ['other labels', { selector: { matchLabels: { app: 'db' } } }, false],
  ['its labels', { selector: { matchLabels: { app: 'web' } } }, true],
  ['its type and other labels', { resources: ['*'], selector: { matchLabels: { app: 'db' } } }, false],
  ['no type', { resources: [] }, false],
])('a transformation for %s', (_, match, applied) => {
  const { transformedBy } = desired([{ name: 'n', match: match ?? {}, mergePatch: {} }]);
  expect(transformedBy).toEqual(applied ? ['n'] : []);
});

test('labels that an earlier transformation set do not change what a later one is meant for', () => {
  const { transformedBy } = desired([
    { name: 'relabel', mergePatch: { metadata: { labels: { app: 'db' } } } },
    { name: 'web', match: { selector: { matchLabels: { app: 'web' } } }, mergePatch: {} },
  ]);
  expect(transformedBy).toEqual(['relabel', 'web']);
});

test('a failing operation is told with its transformation and path, and without values', () => {
  const steps = patch({ op: 'test', path: '/spec/replicas', value: 2 }, { op: 'remove', path: '/spec/paused' });
  expect(() => desired(steps)).toThrow(
    refusal(
      'TransformationFailed',
      'Transformation "pool" cannot be applied: patch[1] (remove /spec/paused): the object has no /spec/paused.',
    ),
  );
});

test('a test that fails holds the object back: its copy would lack what was asked for', () => {
  const steps = patch({ op: 'test', path: '/spec/replicas', value: 3 });
  expect(() => desired(steps)).toThrow(refusal('TransformationFailed', 'patch[0] (test /spec/replicas)'));
});

test.each<[Record<string, unknown>, string]>([
  [{ metadata: { name: 'b' } }, 'name and namespace of an object cannot be changed'],
  [{ metadata: { namespace: 'kube-system' } }, 'name and namespace of an object cannot be changed'],
  [{ kind: 'Pod' }, 'cannot be changed'],
  [{ apiVersion: null }, 'cannot be changed'],
  [{ metadata: null }, 'no metadata'],
  [{ status: {} }, 'status comes from the cluster'],
  [{ metadata: { ownerReferences: [] } }, 'metadata.ownerReferences cannot be set'],
  [{ metadata: { finalizers: ['a/b'] } }, 'metadata.finalizers cannot be set'],
  [{ metadata: { uid: 'x' } }, 'metadata.uid cannot be set'],
  [{ metadata: { labels: 'app' } }, 'metadata.labels must map names to strings'],
  [{ metadata: { annotations: { a: 1 } } }, 'metadata.annotations must map names to strings'],
])('%j is refused', (mergePatch, message) => {
  expect(() => desired([{ name: 'pool', mergePatch }])).toThrow(refusal('TransformationFailed', message));
});

test('a fault is found where it is made, also when a later transformation would hide it', () => {
  const hidden = [
    { name: 'first', mergePatch: { metadata: { name: 'b' } } },
    { name: 'second', mergePatch: { metadata: { name: 'a' } } },
  ];
  expect(() => desired(hidden)).toThrow(refusal('TransformationFailed', '"first"'));
});

test('keys of kcp and of the syncer, nulls and empty maps that a transformation makes do not go down', () => {
  const annotations = { 'syncer.kcp.io/upstream': 'x/y', 'kcp.io/a': 'b' };
  const { object } = desired([
    { name: 'a', mergePatch: { metadata: { labels: { app: null, 'syncer.kcp.io/owner': 'me' }, annotations } } },
    { name: 'b', patch: [{ op: 'replace', path: '/spec/replicas', value: null }] },
  ]);
  expect(object.metadata).toEqual({ name: 'a', namespace: 'down' });
  expect(object['spec']).not.toHaveProperty('replicas');
});

test('an object that is copied into itself again and again is refused', () => {
  const again = (i: number): PatchStep => ({ op: 'copy', from: '/data', path: `/data/x${i}` });
  const object = { metadata: { name: 'a', namespace: 'up' }, data: { a: 'x' } };
  const steps = Array.from({ length: 32 }, (_, i) => again(i));
  expect(() => desired(patch(...steps), object, configMaps)).toThrow(refusal('ObjectTooLarge', 'bytes'));
});

test.each<[Transformation[], string]>([
  [[{ name: 'a' }], 'transformation "a": give either patch or mergePatch'],
  [[{ name: 'a', patch: [], mergePatch: {} }], 'give either patch or mergePatch'],
  [
    [
      { name: 'a', patch: [] },
      { name: 'a', patch: [] },
    ],
    'transformations[1].name: "a" is the name of another one',
  ],
  [
    [{ name: 'a', match: { resources: ['Deployment'] }, patch: [] }],
    'transformation "a": match.resources[0]: "Deployment" names no type',
  ],
  [patch({ op: 'remove', path: 'spec' }), 'transformation "pool": patch[0]: "spec" is no path'],
  [patch({ op: 'remove', path: '/a~2' }), 'write ~0 for ~'],
  [patch({ op: 'add', path: '/a' }), 'patch[0]: add needs "value"'],
  [patch({ op: 'copy', path: '/a' }), 'patch[0]: copy needs "from"'],
  [patch(...Array.from({ length: 33 }, () => ({ op: 'remove' as const, path: '/a' }))), 'has 33 operations'],
])('a mistake in the configuration is told with its place: %j', (transformations, message) => {
  expect(() => compileTransformations(transformations)).toThrow(message);
});
