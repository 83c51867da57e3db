import { FakeServer } from '../informer/fake-server.fixture.js';
import { FakeController } from './fake-controller.fixture.js';
import type { RunningSyncer } from './running-syncer.js';
import { unresolvedNamespaces } from './unresolved-namespaces.js';

const forbidden = new FakeServer('upstream').refusal(403, 'Forbidden');
const wildcard = { include: ['a', 'b-*'], exclude: [] };

/** A syncer that may read types in namespace a alone, and whose list of namespaces failed with `trouble`. */
function syncer({ trouble = forbidden } = {}): RunningSyncer {
  const controller = new FakeController();
  Object.assign(controller.sides.upstream, { narrowTo: 'a' });
  const types = { controllers: () => [controller.real] };
  return { types, namespaces: { upstream: { namespaces: { trouble } } } } as unknown as RunningSyncer;
}

test('a wildcard that nobody can resolve is told with the rule to add', () => {
  const [told] = unresolvedNamespaces(syncer(), wildcard);
  expect(told).toMatchObject({ resource: 'namespaces', state: 'NotPermitted', required: true });
  expect(told?.message).toContain('which ones b-* stands for');
  expect(told?.message).toContain('{"apiGroups":[""],"resources":["namespaces"],"verbs":["list","watch"]}');
});

test('so it is where a type may not be read at all', () => {
  const running = syncer();
  for (const { sides } of running.types.controllers())
    Object.assign(sides.upstream, { narrowTo: undefined, trouble: forbidden });
  expect(unresolvedNamespaces(running, wildcard)).toHaveLength(1);
});

test('nothing is told of names, where everything may be read, or where namespaces may be listed', () => {
  expect(unresolvedNamespaces(syncer(), { include: ['a'], exclude: ['b-*'] })).toEqual([]);
  const everywhere = syncer();
  for (const { sides } of everywhere.types.controllers()) Object.assign(sides.upstream, { narrowTo: undefined });
  expect(unresolvedNamespaces(everywhere, wildcard)).toEqual([]);
  expect(unresolvedNamespaces(syncer({ trouble: new Error('503') }), wildcard)).toEqual([]);
});
