import { syncerDeploymentCrd } from '@kcp-syncer/crds/generated/syncerdeployment-crd.js';
import { readSyncSection, syncFields } from '@kcp-syncer/crds/sync-section.js';
import { readSyncerDeployment } from '@kcp-syncer/crds/syncer-deployment.js';
import type { AdminClient, KubeObject } from '../harness/admin-client.js';
import { sharedControlPlanes, uniqueName } from '../harness/shared.js';
import { serveType } from '../stories/custom-types.fixture.js';

jest.setTimeout(120_000);

const collection = { apiVersion: 'workload.kcp.io/v1alpha1', resource: 'syncerdeployments', namespace: 'default' };

interface SyncerDeployment extends KubeObject {
  readonly spec: object;
}

const connection = {
  workspace: 'root:team-a',
  syncTarget: { name: 'my-cluster' },
  kcp: { kubeconfigSecretRef: { name: 'team-a-kcp' } },
};

let admin: AdminClient;

beforeAll(async () => {
  admin = (await sharedControlPlanes()).cluster.admin;
  await serveType(admin, syncerDeploymentCrd);
});

async function create(spec: object): Promise<SyncerDeployment> {
  const metadata = { name: uniqueName('sd'), namespace: 'default' };
  const { apiVersion } = collection;
  return await admin.create<SyncerDeployment>(collection, {
    apiVersion,
    kind: 'SyncerDeployment',
    metadata,
    spec: { ...connection, ...spec },
  });
}

/** The fields that say what is synced. */
function syncPart(spec: object): object {
  return Object.fromEntries(
    Object.entries(spec).filter(([field]) => (syncFields as readonly string[]).includes(field)),
  );
}

function mapped(namespaceMapping: object): object {
  return { namespaceMapping };
}

test.each<[string, object]>([
  ['nothing', {}],
  ['types and namespaces', { resources: { include: ['apps/v1/deployments'] }, namespaces: { exclude: ['a-*'] } }],
  ['a prefix', mapped({ strategy: 'Prefix', prefix: 'a-', useExisting: ['a-default'] })],
  ['a map', mapped({ strategy: 'Map', map: { default: 'team-a', a: 'default' } })],
  ['a template', mapped({ template: { labels: { 'example.com/a': '', b: 'c' }, annotations: { d: 'e f' } } })],
  ['policies', { whenExists: 'TakeOver', drift: 'Report', deletionGuard: { maxObjects: 0 }, paused: true }],
  ['labels', { objectSelector: { matchExpressions: [{ key: 'a', operator: 'In', values: ['b'] }] } }],
  [
    'transformations',
    {
      transformations: [
        {
          name: 'a',
          match: { resources: ['*'], selector: { matchLabels: { a: 'b' } } },
          mergePatch: { spec: { a: null } },
        },
        {
          name: 'b',
          patch: [
            { op: 'add', path: '/a~1b', value: [{}] },
            { op: 'move', from: '/a', path: '' },
          ],
        },
      ],
    },
  ],
])('%s is taken by a server as by us, with the same defaults', async (_, spec) => {
  const stored = (await create(spec)).spec;
  expect(readSyncSection(spec)).toEqual({ sync: syncPart(stored) });
  expect(readSyncerDeployment({ spec: { ...connection, ...spec } })).toEqual({ spec: stored });
});

test.each<[string, object]>([
  ['a type of a wrong form', { resources: { include: ['Deployments'] } }],
  ['a namespace of a wrong form', { namespaces: { include: ['A'] } }],
  ['an unknown strategy', mapped({ strategy: 'prefix' })],
  ['a prefix without its strategy', mapped({ prefix: 'a-' })],
  ['strategy Prefix without a prefix', mapped({ strategy: 'Prefix' })],
  ['a prefix of a wrong form', mapped({ strategy: 'Prefix', prefix: '-a' })],
  ['strategy Map without a map', mapped({ strategy: 'Map' })],
  ['an empty map', mapped({ strategy: 'Map', map: {} })],
  ['a map beside a prefix', mapped({ strategy: 'Prefix', prefix: 'a-', map: { a: 'b' } })],
  ['a map that is not one-to-one', mapped({ strategy: 'Map', map: { a: 'x', b: 'x' } })],
  ['a map from what is no namespace', mapped({ strategy: 'Map', map: { 'a.b': 'x' } })],
  ['a map to what is no namespace', mapped({ strategy: 'Map', map: { a: 'x.y' } })],
  ['a label of a wrong form', mapped({ template: { labels: { 'a b': '' } } })],
  ['a label with a wrong value', mapped({ template: { labels: { a: 'b c' } } })],
  ['a label of the syncer', mapped({ template: { labels: { 'syncer.kcp.io/owner': 'a' } } })],
  ['an annotation of the syncer', mapped({ template: { annotations: { 'syncer.kcp.io/created': 'a' } } })],
  ['labels without values', { objectSelector: { matchExpressions: [{ key: 'a', operator: 'In' }] } }],
  ['an unknown policy', { whenExists: 'Adopt' }],
  ['a transformation that does nothing', { transformations: [{ name: 'a' }] }],
  ['a transformation that does two things', { transformations: [{ name: 'a', patch: [], mergePatch: {} }] }],
  ['two transformations of one name', { transformations: ['a', 'a'].map((name) => ({ name, patch: [] })) }],
  ['a copy from nowhere', { transformations: [{ name: 'a', patch: [{ op: 'copy', path: '/a' }] }] }],
  ['a path of a wrong form', { transformations: [{ name: 'a', patch: [{ op: 'remove', path: 'a' }] }] }],
  [
    'an expression without values',
    {
      transformations: [
        { name: 'a', patch: [], match: { selector: { matchExpressions: [{ key: 'a', operator: 'In' }] } } },
      ],
    },
  ],
])('%s is refused by a server as by us', async (_, spec) => {
  await expect(create(spec)).rejects.toMatchObject({ code: 422 });
  expect(readSyncSection(spec)).toMatchObject({ mistakes: [expect.any(String)] });
});

test.each<[string, object]>([
  [
    'the example of the documentation',
    { cluster: { kubeconfigSecretRef: null }, workers: 4, heartbeatPeriod: '1m30s' },
  ],
  [
    'a SyncTarget with all that it may have',
    {
      syncTarget: {
        name: 'my-cluster',
        uid: '',
        createPolicy: 'Never',
        labels: { 'example.com/a': 'b' },
        workloadCluster: { name: 'production-us-west-2', endpoint: 'https://k8s.example.com' },
        supportedAPIExports: [{ resource: 'deployments.apps' }],
        capabilities: [{ type: 'Compute', resource: 'cpu', capacity: '64' }],
      },
    },
  ],
  ['another cluster', { cluster: { kubeconfigSecretRef: { name: 'a' } } }],
  ['types to publish', { workspaceAPIs: { resources: ['*.example.com', 'services'] } }],
  ['types to demand', { workspaceAPIs: { mode: 'Require' } }],
])('%s is taken by a server as by us, with the same defaults for a connection', async (_, spec) => {
  expect(readSyncerDeployment({ spec: { ...connection, ...spec } })).toEqual({ spec: (await create(spec)).spec });
});

test.each<[string, object]>([
  ['a URL as workspace', { workspace: 'https://kcp' }],
  ['no workspace', { workspace: undefined }],
  ['a SyncTarget without a name', { syncTarget: {} }],
  ['a Secret of another namespace', { kcp: { kubeconfigSecretRef: { name: 'a/b' } } }],
  ['a Secret without a name', { cluster: { kubeconfigSecretRef: {} } }],
  ['an unknown policy', { syncTarget: { name: 'a', createPolicy: 'Always' } }],
  ['a label of a wrong form for the SyncTarget', { syncTarget: { name: 'a', labels: { 'a b': '' } } }],
  ['too rare heartbeats', { heartbeatPeriod: '6m' }],
  ['too many resyncs', { resyncPeriod: '500ms' }],
  ['a duration without a unit', { resyncPeriod: '30' }],
  ['too many workers', { workers: 65 }],
  ['too many words', { logVerbosity: 5 }],
])('%s is refused by a server as by us, whatever is synced', async (_, spec) => {
  await expect(create(spec)).rejects.toMatchObject({ code: 422 });
  expect(readSyncerDeployment({ spec: { ...connection, ...spec } })).toMatchObject({ mistakes: [expect.any(String)] });
});

test.each<[string, object]>([
  ['workspace', { workspace: 'root:team-b' }],
  ['the name of the SyncTarget', { syncTarget: { name: 'another' } }],
])('%s is never changed', async (words, change) => {
  const { metadata } = await create({});
  const changing = admin.patch({ ...collection, name: metadata.name }, { spec: change });
  await expect(changing).rejects.toMatchObject({
    code: 422,
    message: expect.stringContaining(`${words} is never changed`) as string,
  });
});

test.each<[string, { before: object; after: object; words: string }]>([
  [
    'the strategy',
    { before: {}, after: mapped({ strategy: 'Prefix', prefix: 'a-' }), words: 'strategy is never changed' },
  ],
  [
    'the prefix',
    {
      before: mapped({ strategy: 'Prefix', prefix: 'a-' }),
      after: mapped({ prefix: 'b-' }),
      words: 'prefix is never changed',
    },
  ],
  [
    'an entry of the map',
    {
      before: mapped({ strategy: 'Map', map: { a: 'b' } }),
      after: mapped({ map: { a: 'c' } }),
      words: 'an entry of map is never changed',
    },
  ],
  [
    'that an entry of the map is there',
    {
      before: mapped({ strategy: 'Map', map: { a: 'b', c: 'd' } }),
      after: mapped({ map: { a: null } }),
      words: 'an entry of map is never changed',
    },
  ],
])('%s cannot be changed', async (_, { before, after, words }) => {
  const { metadata } = await create(before);
  const change = admin.patch({ ...collection, name: metadata.name }, { spec: after });
  await expect(change).rejects.toMatchObject({ code: 422, message: expect.stringContaining(words) as string });
});

test('a map may grow, and what is used and made may change', async () => {
  const { metadata } = await create(mapped({ strategy: 'Map', map: { a: 'b' } }));
  const wider = mapped({ map: { c: 'd' }, useExisting: ['d'], template: { labels: { a: 'b' } } });
  const { spec } = await admin.patch<SyncerDeployment>({ ...collection, name: metadata.name }, { spec: wider });
  expect(spec).toMatchObject(mapped({ map: { a: 'b', c: 'd' }, useExisting: ['d'] }));
});
