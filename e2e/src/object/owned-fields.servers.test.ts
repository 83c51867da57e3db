import { asDownstream, asUpstream, type Downstream } from '@kcp-syncer/syncer-runtime/base/sides.js';
import { sentHash } from '@kcp-syncer/syncer-runtime/object/fingerprint.js';
import { fieldManager } from '@kcp-syncer/syncer-runtime/object/marks.js';
import { firstUnownedLeaf, ourEntry, ownsHash } from '@kcp-syncer/syncer-runtime/object/owned-fields.js';
import { apiVersionOf, type KubeObject, type ResourceType } from '@kcp-syncer/syncer-runtime/object/types.js';
import { desiredObject } from '@kcp-syncer/syncer-runtime/transforms/desired.js';
import { withMarks } from '@kcp-syncer/syncer-runtime/transforms/marks.js';
import type { ApplyBody, Ref } from '../harness/admin-client.js';
import { startCluster, type Cluster } from '../harness/cluster.js';
import { eventually } from '../harness/eventually.js';
import { samples, thing, thingDefinition, thingType } from './objects.fixture.js';

jest.setTimeout(120_000);

let cluster: Cluster;

beforeAll(async () => {
  cluster = await startCluster({ controllers: 'none' });
  const crds = { apiVersion: 'apiextensions.k8s.io/v1', resource: 'customresourcedefinitions' };
  await cluster.admin.create(crds, thingDefinition);
  const things = { apiVersion: apiVersionOf(thingType), resource: thingType.resource, namespace: 'default' };
  await eventually('things are served', async () => await cluster.admin.list(things));
});

afterAll(async () => {
  await cluster.stop();
});

function desired(type: ResourceType, object: KubeObject): Downstream<KubeObject> {
  const plain = desiredObject(asUpstream(object), { type, downstreamNamespace: 'default', transformations: [] }).object;
  return withMarks(plain, {
    owner: '0123456789abcdef',
    syncTarget: 'cluster',
    workspace: 'root:team',
    upstreamKey: 'default/sample',
    upstreamUid: 'u1',
    generation: 1,
    applied: sentHash(plain),
    adopted: false,
    lastSync: '2026-01-01T00:00:00Z',
  });
}

function refOf(type: ResourceType): Ref {
  return { apiVersion: apiVersionOf(type), resource: type.resource, namespace: 'default', name: 'sample' };
}

async function apply(type: ResourceType, object: Downstream<KubeObject>): Promise<Downstream<KubeObject>> {
  const live = await cluster.admin.apply<KubeObject>(refOf(type), object as ApplyBody, { fieldManager });
  return asDownstream(live);
}

async function foreignWrite(type: ResourceType, patch: readonly object[]): Promise<Downstream<KubeObject>> {
  const options = { type: 'json', fieldManager: 'somebody-else' } as const;
  return asDownstream(await cluster.admin.patch<KubeObject>(refOf(type), patch, options));
}

async function remove(type: ResourceType): Promise<void> {
  await cluster.admin.delete(refOf(type));
}

describe.each(samples)('$type.kind', ({ type, object, foreign, lost }) => {
  const wanted = desired(type, object);
  let live: Downstream<KubeObject>;

  beforeAll(async () => {
    live = await apply(type, wanted);
  });
  afterAll(async () => {
    await remove(type);
  });

  test('what was applied is all ours', () => {
    expect(firstUnownedLeaf(wanted, live)).toBeUndefined();
  });

  test('a field that nobody applied is not', () => {
    const more = asDownstream<KubeObject>({
      ...wanted,
      metadata: { ...wanted.metadata, labels: { ...wanted.metadata.labels, more: 'x' } },
    });
    expect(firstUnownedLeaf(more, live)).toBe('.metadata.labels.more');
  });

  test('a label of somebody else takes nothing from us', async () => {
    const after = await foreignWrite(type, [{ op: 'add', path: '/metadata/labels/foreign', value: 'x' }]);
    expect(ownsHash(ourEntry(after))).toBe(ownsHash(ourEntry(live)));
    expect(firstUnownedLeaf(wanted, after)).toBeUndefined();
  });

  test('a field that somebody else wrote is no longer ours, until we apply again', async () => {
    const taken = await foreignWrite(type, foreign);
    expect(firstUnownedLeaf(wanted, taken)).toBe(lost);
    expect(ownsHash(ourEntry(taken))).not.toBe(ownsHash(ourEntry(live)));
    const repaired = await apply(type, wanted);
    expect(firstUnownedLeaf(wanted, repaired)).toBeUndefined();
    expect(ownsHash(ourEntry(repaired))).toBe(ownsHash(ourEntry(live)));
  });

  test('without managed fields nothing is ours', async () => {
    const bare = await foreignWrite(type, [{ op: 'replace', path: '/metadata/managedFields', value: [{}] }]);
    expect(ourEntry(bare)).toBeUndefined();
    expect(ownsHash(ourEntry(bare))).toBe('');
    expect(firstUnownedLeaf(wanted, bare)).toBeDefined();
  });
});

describe('a custom resource with every kind of list and map', () => {
  const wanted = desired(thingType, thing);

  beforeEach(async () => {
    const live = await apply(thingType, wanted);
    expect(firstUnownedLeaf(wanted, live)).toBeUndefined();
  });
  afterEach(async () => {
    await remove(thingType);
  });

  test.each([
    ['an item of a set', [{ op: 'remove', path: '/spec/words/0' }], '.spec.words[="a"]'],
    ['a number of a set', [{ op: 'remove', path: '/spec/numbers/1' }], '.spec.numbers[=20]'],
    ['a list that is one value', [{ op: 'replace', path: '/spec/plainList/0/x', value: 2 }], '.spec.plainList'],
    [
      'a leaf of a keyed item',
      [{ op: 'replace', path: '/spec/parts/1/size', value: 3 }],
      '.spec.parts[name="p",zone="b"].size',
    ],
    ['a keyed item', [{ op: 'remove', path: '/spec/parts/2' }], '.spec.parts[name="q",zone="a"].name'],
    ['an item whose key was filled in', [{ op: 'remove', path: '/spec/parts/0' }], '.spec.parts[name="p"].name'],
    [
      'an item of a set in a keyed item',
      [{ op: 'remove', path: '/spec/parts/1/more/1' }],
      '.spec.parts[name="p",zone="b"].more[="y"]',
    ],
    [
      'one leaf of a map entry',
      [{ op: 'replace', path: '/spec/entries/two/color', value: 'blue' }],
      '.spec.entries.two.color',
    ],
    [
      'the only leaf of a map entry',
      [{ op: 'replace', path: '/spec/entries/one/size', value: 9 }],
      '.spec.entries.one',
    ],
    ['the only leaf of a map entry, removed', [{ op: 'remove', path: '/spec/entries/one/size' }], '.spec.entries.one'],
    ['an empty map entry', [{ op: 'remove', path: '/spec/entries/none' }], '.spec.entries.none'],
    ['a map that is one value', [{ op: 'replace', path: '/spec/whole/b', value: 'y' }], '.spec.whole.a'],
    ['free data', [{ op: 'replace', path: '/spec/free/deep/text', value: 'y' }], '.spec.free.deep.text'],
    ['a list in free data', [{ op: 'replace', path: '/spec/free/deep/list/0/a', value: 2 }], '.spec.free.deep.list'],
    ['an empty object in free data', [{ op: 'remove', path: '/spec/free/deep/empty' }], '.spec.free.deep.empty'],
    ['an int-or-string', [{ op: 'replace', path: '/spec/either', value: 1 }], '.spec.either'],
  ])('%s that somebody else took is not ours', async (_, patch, lost) => {
    const taken = await foreignWrite(thingType, patch);
    expect(firstUnownedLeaf(wanted, taken)).toBe(lost);
  });
});
