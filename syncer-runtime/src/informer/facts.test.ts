import { asDownstream, asUpstream } from '../base/sides.js';
import { annotations, finalizerOf, ownerLabel } from '../object/marks.js';
import type { KubeObject, ObjectMeta } from '../object/types.js';
import { downFactsOf, hasOurMarks, isCopyOf, upFactsOf, type FactRules } from './facts.js';

const rules: FactRules = {
  owner: 'owner',
  syncTarget: 'my-cluster',
  workspace: 'root:team-a',
  finalizer: finalizerOf('owner'),
  isSelected: ({ metadata }) => metadata.labels?.['skip'] === undefined,
};

function object(metadata: Partial<ObjectMeta> = {}, fields: object = {}): KubeObject {
  return { metadata: { name: 'web', namespace: 'default', uid: 'u', resourceVersion: '7', ...metadata }, ...fields };
}

const marks = {
  [annotations.syncTarget]: 'my-cluster',
  [annotations.workspace]: 'root:team-a',
  [annotations.upstream]: 'default/web',
};
const marked = { labels: { [ownerLabel]: 'owner' }, annotations: marks };
const managedFields = [{ manager: 'kcp-syncer', operation: 'Apply', fieldsV1: { 'f:spec': {} } }];

describe('of an upstream object', () => {
  const factsOf = (metadata: Partial<ObjectMeta>, fields: object = {}): ReturnType<typeof upFactsOf> =>
    upFactsOf(asUpstream<KubeObject>(object(metadata, fields)), rules);

  test('what is not there has its zero value', () => {
    expect(factsOf({})).toMatchObject({
      uid: 'u',
      rv: '7',
      generation: 0,
      deleting: false,
      orphan: false,
      held: false,
      writer: true,
      selected: true,
      status: '',
      shownGeneration: undefined,
    });
  });

  test('finalizers tell whether we hold it, and whether dependents are to stay', () => {
    expect(factsOf({ finalizers: ['orphan', rules.finalizer] })).toMatchObject({ held: true, orphan: true });
    expect(factsOf({ finalizers: [finalizerOf('other'), 'foregroundDeletion'] })).toMatchObject({
      held: false,
      orphan: false,
    });
  });

  test.each([
    [[], true],
    [[rules.finalizer], true],
    [['a.example.com/x', rules.finalizer], true],
    [[finalizerOf('zzz'), rules.finalizer], true],
    [[rules.finalizer, finalizerOf('aaa')], false],
    [[finalizerOf('aaa')], false],
  ])('the syncer whose finalizer sorts first writes the status: %j (S20)', (finalizers, writer) => {
    expect(factsOf({ finalizers }).writer).toBe(writer);
  });

  test('content changes with what the user wrote, and with nothing else', () => {
    const { content } = factsOf({ labels: { a: '1' } }, { spec: { replicas: 3 } });
    const same = factsOf(
      { labels: { a: '1' }, resourceVersion: '9', managedFields: [{ manager: 'x' }], finalizers: ['x'], uid: 'v' },
      { spec: { replicas: 3 }, status: { x: 1 } },
    );
    expect(same.content).toBe(content);
    for (const other of [
      factsOf({ labels: { a: '2' } }, { spec: { replicas: 3 } }),
      factsOf({ labels: { a: '1' }, annotations: { b: '1' } }, { spec: { replicas: 3 } }),
      factsOf({ labels: { a: '1' } }, { spec: { replicas: 4 } }),
      factsOf({ labels: { a: '1' }, generation: 2 }, { spec: { replicas: 3 } }),
    ])
      expect(other.content).not.toBe(content);
  });

  test('an observedGeneration that is no number is none', () => {
    expect(factsOf({}, { status: { observedGeneration: 4 } }).shownGeneration).toBe(4);
    expect(factsOf({}, { status: { observedGeneration: '4' } }).shownGeneration).toBeUndefined();
    expect(factsOf({}, { status: null }).shownGeneration).toBeUndefined();
  });

  test('a selection is asked of the whole object', () => {
    expect(factsOf({ labels: { skip: 'yes' } }).selected).toBe(false);
  });
});

describe('of a downstream object', () => {
  const factsOf = (metadata: Partial<ObjectMeta>, fields: object = {}): ReturnType<typeof downFactsOf> =>
    downFactsOf(asDownstream<KubeObject>(object(metadata, fields)));

  test('marks are read', () => {
    const given = {
      [annotations.upstreamUid]: 'up-1',
      [annotations.applied]: 'v1:abc',
      [annotations.lastSync]: '2026-01-01T00:00:00Z',
      [annotations.syncGeneration]: '12',
    };
    expect(factsOf({ annotations: given, generation: 3, deletionTimestamp: 'x' })).toMatchObject({
      upstreamUid: 'up-1',
      sent: 'v1:abc',
      lastSync: '2026-01-01T00:00:00Z',
      seenGeneration: 12,
      generation: 3,
      deleting: true,
    });
  });

  test('marks that are missing are empty', () => {
    expect(factsOf({})).toMatchObject({ upstreamUid: '', sent: '', lastSync: '', seenGeneration: 0, owns: '' });
  });

  test('what we own is told by our Apply entry alone', () => {
    const { owns } = factsOf({ managedFields });
    expect(owns).not.toBe('');
    expect(factsOf({ managedFields: [...managedFields, { manager: 'kubectl', operation: 'Update' }] }).owns).toBe(owns);
    expect(factsOf({ managedFields: [{ ...managedFields[0], manager: 'kubectl' }] }).owns).toBe('');
    expect(factsOf({ managedFields: [{ ...managedFields[0], operation: 'Update' }] }).owns).toBe('');
    expect(factsOf({ managedFields: [{ ...managedFields[0], subresource: 'status' }] }).owns).toBe('');
  });
});

describe('an object is our copy (S2)', () => {
  test('when all marks name exactly this object and this syncer', () => {
    expect(hasOurMarks(object(marked), 'default/web', rules)).toBe(true);
  });

  test.each<[string, Partial<ObjectMeta>]>([
    ['the label is missing', { annotations: marks }],
    ["the label is another syncer's", { ...marked, labels: { [ownerLabel]: 'other' } }],
    ['annotations are missing', { labels: marked.labels }],
    ['it names another SyncTarget', { ...marked, annotations: { ...marks, [annotations.syncTarget]: 'other' } }],
    ['it names another workspace', { ...marked, annotations: { ...marks, [annotations.workspace]: 'root:b' } }],
    ['it names another object', { ...marked, annotations: { ...marks, [annotations.upstream]: 'default/x' } }],
    [
      'it has a controller owner',
      { ...marked, ownerReferences: [{ apiVersion: 'v1', kind: 'A', name: 'a', uid: 'a', controller: true }] },
    ],
  ])('and not when %s', (_, metadata) => {
    expect(hasOurMarks(object(metadata), 'default/web', rules)).toBe(false);
  });

  test('also with an owner that does not control it', () => {
    const ownerReferences = [{ apiVersion: 'v1', kind: 'A', name: 'a', uid: 'a' }];
    expect(hasOurMarks(object({ ...marked, ownerReferences }), 'default/web', rules)).toBe(true);
  });

  test('when we applied it: whoever copies objects with their marks does not apply in our name', () => {
    expect(isCopyOf(object({ ...marked, managedFields }), 'default/web', rules)).toBe(true);
    expect(isCopyOf(object(marked), 'default/web', rules)).toBe(false);
    expect(isCopyOf(object({ managedFields }), 'default/web', rules)).toBe(false);
  });
});
