import { FakeServer, namespacesType } from '../informer/fake-server.fixture.js';
import { annotations } from '../object/marks.js';
import { claimOf } from '../sync/namespace/facts.js';
import { createMapping, type NamespaceMappingRules } from '../sync/namespace/mapping.js';
import { StartError } from '../synctarget/start-error.js';
import { assertKnownMapping } from './known-mapping.js';

const { signal } = new AbortController();

/** A cluster whose namespaces serve namespaces of the workspace, by the names of both. */
function clusterWith(served: Readonly<Record<string, string>>, owner = 'owner'): FakeServer {
  const server = new FakeServer('downstream');
  for (const [name, upstream] of Object.entries(served)) {
    const claim = claimOf(owner, 'my-cluster', upstream);
    server.put(namespacesType, { metadata: { name, annotations: { [annotations.namespaceClaim]: claim } } });
  }
  return server;
}

async function check(server: FakeServer, rules: NamespaceMappingRules): Promise<unknown> {
  const question = { downstream: server.client(), owner: 'owner', mapping: createMapping(rules), signal };
  return await assertKnownMapping(question).catch((error: unknown) => error);
}

const prefixed: NamespaceMappingRules = { strategy: 'Prefix', prefix: 'a-' };

test('the mapping that there was goes on', async () => {
  expect(await check(clusterWith({ 'a-default': 'default', 'a-web': 'web' }), prefixed)).toBeUndefined();
  expect(await check(clusterWith({}), prefixed)).toBeUndefined();
});

test('another mapping is refused by a namespace that it names otherwise', async () => {
  const error = await check(clusterWith({ default: 'default' }), prefixed);
  expect(error).toEqual(
    new StartError(
      'namespaceMapping is never changed: namespace default of the cluster serves namespace default of the workspace, and the mapping calls that one a-default; give the mapping that there was',
    ),
  );
});

test('a map may gain entries, and lose none that is in use', async () => {
  const server = clusterWith({ 'team-a': 'default' });
  expect(await check(server, { strategy: 'Map', map: { default: 'team-a', web: 'team-w' } })).toBeUndefined();
  expect(await check(server, { strategy: 'Map', map: { web: 'team-w' } })).toMatchObject({
    message: expect.stringContaining('and the mapping does not name that one') as string,
  });
});

test("a copy of a namespace with its claim beside the one it was made of is nobody's business", async () => {
  expect(await check(clusterWith({ 'a-default': 'default', restored: 'default' }), prefixed)).toBeUndefined();
});

test('claims of others say nothing', async () => {
  expect(await check(clusterWith({ default: 'default' }, 'another'), prefixed)).toBeUndefined();
});

test('where namespaces may not be listed nothing is known, and any other trouble is told', async () => {
  const server = clusterWith({ default: 'default' });
  server.fault = () => server.refusal(403, 'Forbidden');
  expect(await check(server, prefixed)).toBeUndefined();
  server.fault = () => server.refusal(503, 'ServiceUnavailable');
  expect(await check(server, prefixed)).toMatchObject({ message: expect.stringContaining('answers 503') as string });
});
