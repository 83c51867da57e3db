import { configMaps, deployments, type FakeServer } from '../../informer/fake-server.fixture.js';
import type { ApiRequest } from '../../kube/client.js';
import {
  bindings,
  crds,
  deploymentsCrd,
  fakeWorkspace,
  identity,
  logicalCluster,
  workspaceUid,
} from '../world.fixture.js';
import { lookAtChain } from './chain.js';
import type { ChainVerdict, TypeDefinition } from './verdict.js';

const builtIn: TypeDefinition = { kind: 'builtIn' };
const binding: TypeDefinition = { kind: 'binding', name: 'kubernetes', uid: 'binding-uid', deleting: false };

function workspace(): FakeServer {
  const server = fakeWorkspace();
  server.serve(deployments);
  server.serve(configMaps);
  server.put(bindings, { metadata: { name: 'kubernetes', uid: 'binding-uid' } });
  return server;
}

async function look(server: FakeServer, definition: TypeDefinition = deploymentsCrd): Promise<ChainVerdict> {
  return await lookAtChain({
    upstream: server.client(),
    workspace: { path: identity.workspace, uid: workspaceUid },
    type: definition.kind === 'builtIn' ? configMaps : deployments,
    definition,
    signal: new AbortController().signal,
  });
}

/** The server answers requests whose path holds `part` like this. */
function answer(server: FakeServer, part: string, error: Error): void {
  server.fault = ({ path }: ApiRequest) => (path.includes(part) ? error : undefined);
}

describe('the chain is intact', () => {
  test.each([deploymentsCrd, binding, builtIn])('with what serves the type as it was: %j', async (definition) => {
    expect(await look(workspace(), definition)).toEqual({ kind: 'intact' });
  });

  test('when everything answers, and each link was asked', async () => {
    const server = workspace();
    await look(server);
    expect(server.requests.map(({ path }) => path).sort()).toEqual([
      '/apis/apiextensions.k8s.io/v1/customresourcedefinitions/deployments.apps',
      '/apis/apps/v1/deployments?limit=1',
      '/apis/core.kcp.io/v1alpha1/logicalclusters/cluster',
      '/readyz',
    ]);
  });
});

describe('it is an incident', () => {
  const going = (object: object & { metadata: object }): never =>
    ({
      ...object,
      metadata: { ...object.metadata, deletionTimestamp: '2026-01-01T00:00:00Z', finalizers: ['x'] },
    }) as never;

  test('when the workspace is being deleted', async () => {
    const server = workspace();
    logicalCluster(server, going);
    expect(await look(server)).toEqual({ kind: 'incident', cause: 'workspace root:team-a is being deleted' });
  });

  test('when another workspace has the name', async () => {
    const server = workspace();
    const verdict = await lookAtChain({
      upstream: server.client(),
      workspace: { path: identity.workspace, uid: 'former-uid' },
      type: deployments,
      definition: deploymentsCrd,
      signal: new AbortController().signal,
    });
    expect(verdict).toEqual({ kind: 'incident', cause: 'workspace root:team-a was deleted and made anew' });
  });

  test('when the CRD is being deleted', async () => {
    const server = workspace();
    server.edit(crds, 'deployments.apps', going);
    expect(await look(server)).toMatchObject({
      kind: 'incident',
      cause: expect.stringContaining('CustomResourceDefinition deployments.apps') as string,
    });
  });

  test('when the CRD is gone', async () => {
    const server = workspace();
    server.remove(crds, 'deployments.apps');
    expect(await look(server)).toMatchObject({
      kind: 'incident',
      cause: expect.stringContaining('was deleted') as string,
    });
  });

  test('when the CRD was deleted and made anew, however perfect its 404s are', async () => {
    const server = workspace();
    server.remove(crds, 'deployments.apps');
    server.put(crds, { metadata: { name: 'deployments.apps', uid: 'crd-uid-2' } });
    expect(await look(server)).toMatchObject({
      kind: 'incident',
      cause: expect.stringContaining('made anew') as string,
    });
  });

  test('when the APIBinding is gone, being deleted, or another one', async () => {
    const gone = workspace();
    gone.remove(bindings, 'kubernetes');
    const leaving = workspace();
    leaving.edit(bindings, 'kubernetes', going);
    const other = workspace();
    other.remove(bindings, 'kubernetes');
    other.put(bindings, { metadata: { name: 'kubernetes', uid: 'binding-uid-2' } });
    for (const server of [gone, leaving, other])
      expect(await look(server, binding)).toMatchObject({ kind: 'incident' });
  });

  test('and stays one when the rest does not answer', async () => {
    const server = workspace();
    logicalCluster(server, going);
    answer(server, '/apis/apps', server.refusal(503, 'ServiceUnavailable'));
    expect(await look(server)).toMatchObject({ kind: 'incident' });
  });
});

describe('nothing is known', () => {
  test('while kcp is not ready, although everything answers', async () => {
    const server = workspace();
    server.ready = false;
    expect(await look(server)).toMatchObject({ kind: 'unknown', why: expect.stringContaining('500') as string });
  });

  test('of a CRD that seems gone while kcp is not ready: it starts, and answers false 404s', async () => {
    const server = workspace();
    server.remove(crds, 'deployments.apps');
    server.ready = false;
    expect(await look(server)).toMatchObject({ kind: 'unknown' });
  });

  test.each(['/readyz', '/logicalclusters/cluster', '/customresourcedefinitions/', '/apis/apps/v1/deployments'])(
    'when %s is refused, does not answer, or is not found without a Status',
    async (part) => {
      for (const status of [401, 403, 404, 429, 500, 503]) {
        const server = workspace();
        answer(server, part, server.refusal(status, 'Whatever'));
        expect(await look(server)).toMatchObject({
          kind: 'unknown',
          why: expect.stringContaining(String(status)) as string,
        });
      }
      const server = workspace();
      answer(server, part, server.unreachable());
      expect(await look(server)).toMatchObject({
        kind: 'unknown',
        why: expect.stringContaining('nothing listens') as string,
      });
    },
  );

  test('when the workspace answers that it has no LogicalCluster', async () => {
    const server = workspace();
    const details = { name: 'cluster', group: 'core.kcp.io', kind: 'logicalclusters' };
    answer(server, '/logicalclusters/cluster', server.refusal(404, 'NotFound', { details }));
    expect(await look(server)).toMatchObject({ kind: 'unknown' });
  });

  test('when the CRD is not found under another name than was asked', async () => {
    const server = workspace();
    const details = { name: 'other', group: 'apiextensions.k8s.io', kind: 'customresourcedefinitions' };
    answer(server, '/customresourcedefinitions/', server.refusal(404, 'NotFound', { details }));
    expect(await look(server)).toMatchObject({ kind: 'unknown' });
  });

  test('of the type when nobody may say what serves it, but of the workspace', async () => {
    const definition: TypeDefinition = { kind: 'unknown', why: 'CRDs may not be listed' };
    expect(await look(workspace(), definition)).toEqual({ kind: 'unidentified', why: 'CRDs may not be listed' });
    const server = workspace();
    server.ready = false;
    expect(await look(server, definition)).toMatchObject({ kind: 'unknown' });
  });
});
