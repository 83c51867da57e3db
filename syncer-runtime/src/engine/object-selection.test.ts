import { configMaps, deployments, fakeType, namespacesType } from '../informer/fake-server.fixture.js';
import { ObjectMap } from '../informer/object-map.js';
import type { KubeObject, OwnerReference } from '../object/types.js';
import { namespaceFactsOf, type NamespaceFacts } from '../sync/namespace/facts.js';
import type { LabelSelector } from '../select/label-selector.js';
import type { Selection } from '../select/selection.js';
import type { TypeChoice } from '../select/types.js';
import { identityMapping } from '../sync/namespace/mapping.fixture.js';
import { createMapping, type NamespaceMapping } from '../sync/namespace/mapping.js';
import { ObjectSelection } from './object-selection.js';
import type { TypeSet } from './type-set.js';

const replicaSets = fakeType({ group: 'apps', resource: 'replicasets', kind: 'ReplicaSet' });

function choice(group: string, resource: string, outcome: TypeChoice['outcome']): TypeChoice {
  return { group, resource, named: false, outcome };
}

const synced = choice('apps', 'deployments', { upstream: deployments, downstream: deployments });
const notSynced = choice('example.com', 'webs', { state: 'NotServed', message: 'no' });

function selection(
  namespaces: Selection = { include: ['*'], exclude: [] },
  options: { seen?: string[]; mapping?: NamespaceMapping; labels?: LabelSelector } = {},
): ObjectSelection {
  const upstreamNamespaces = new ObjectMap<NamespaceFacts>({
    factsOf: namespaceFactsOf,
    onChange: () => undefined,
    onTrouble: () => undefined,
  });
  upstreamNamespaces.page((options.seen ?? []).map((name) => ({ ...namespacesType, metadata: { name } })));
  const types = { values: () => [{ choice: synced }, { choice: notSynced }].values() };
  return new ObjectSelection({
    namespaces,
    labels: options.labels ?? {},
    types: types as unknown as TypeSet,
    upstreamNamespaces,
    mapping: options.mapping ?? identityMapping,
  });
}

function object(name: string, namespace: string, owner?: Partial<OwnerReference>): KubeObject {
  const reference = { apiVersion: 'apps/v1', kind: 'Deployment', name: 'web', uid: 'u', controller: true, ...owner };
  return { metadata: { name, namespace, ...(owner && { ownerReferences: [reference] }) } };
}

test('of these, objects with the selected labels', () => {
  const some = selection(undefined, { labels: { matchLabels: { tier: 'web' } } });
  const labelled = (labels: Record<string, string>): KubeObject => ({
    metadata: { name: 'a', namespace: 'b', labels },
  });
  expect(some.selects(configMaps, labelled({ tier: 'web', app: 'x' }))).toBe(true);
  expect(some.selects(configMaps, labelled({ tier: 'db' }))).toBe(false);
  expect(some.selects(configMaps, object('a', 'b'))).toBe(false);
});

test('objects of selected namespaces are synced', () => {
  const some = selection({ include: ['team-*'], exclude: ['team-x'] });
  expect(some.selects(configMaps, object('a', 'team-a'))).toBe(true);
  expect(some.selects(configMaps, object('a', 'team-x'))).toBe(false);
  expect(some.selects(configMaps, object('a', 'other'))).toBe(false);
});

test('what belongs to its side stays there', () => {
  expect(selection().selects(configMaps, object('kube-root-ca.crt', 'team-a'))).toBe(false);
});

test('an object that a controller made goes down only where its owner does not (S17)', () => {
  const all = selection();
  expect(all.selects(replicaSets, object('web-1', 'team', {}))).toBe(false);
  expect(all.selects(replicaSets, object('web-1', 'team', { controller: false }))).toBe(true);
  expect(all.selects(replicaSets, object('web-1', 'team', { apiVersion: 'example.com/v1', kind: 'Web' }))).toBe(true);
  expect(all.selects(replicaSets, object('web-1', 'team', { apiVersion: 'other/v1' }))).toBe(true);
});

test('namespaces to try are those that are named and those that were seen, where they are selected', () => {
  const some = selection(
    { include: ['named', 'team-*'], exclude: ['team-x'] },
    { seen: ['team-a', 'team-x', 'other', 'named'] },
  );
  expect(some.candidateNamespaces('upstream')).toEqual(['named', 'team-a']);
});

test('namespaces to try downstream are named as they are there', () => {
  const mapping = createMapping({ strategy: 'Prefix', prefix: 'a-' });
  const some = selection({ include: ['*'], exclude: [] }, { seen: ['team'], mapping });
  expect(some.candidateNamespaces('downstream')).toEqual(['a-team']);
});

test('with a map only the namespaces that it names are selected, and they are worth a try', () => {
  const mapping = createMapping({ strategy: 'Map', map: { default: 'team-a', hidden: 'team-b' } });
  const some = selection({ include: ['*'], exclude: ['hidden'] }, { seen: ['other'], mapping });
  expect(some.candidateNamespaces('upstream')).toEqual(['default']);
  expect(some.candidateNamespaces('downstream')).toEqual(['team-a']);
  expect(some.selects(configMaps, object('a', 'default'))).toBe(true);
  expect(some.selects(configMaps, object('a', 'other'))).toBe(false);
});
