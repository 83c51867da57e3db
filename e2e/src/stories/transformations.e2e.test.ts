import type { KubeObject } from '../harness/admin-client.js';
import { eventually } from '../harness/eventually.js';
import { uniqueName } from '../harness/shared.js';
import { runSyncer } from '../harness/syncer.js';
import { configFile } from './config-file.fixture.js';
import { prepareConnection, type Connected } from './connected.fixture.js';
import { deploymentOf, deployments, eventuallyObject, type Deployment } from './kinds.fixture.js';
import { configMaps, inWords, makeNamespace, writeConfigMap, type ConfigMap } from './objects.fixture.js';

jest.setTimeout(180_000);

const namespace = uniqueName('shaped');
const elsewhere = uniqueName('plain');
const app = { ...deployments, namespace, name: 'app' };
const named = (name: string) => ({ ...configMaps, namespace, name });

const pool = {
  name: 'pool',
  match: { resources: ['deployments.apps'], namespaces: [namespace] },
  patch: [
    { op: 'test', path: '/spec/replicas', value: 1 },
    { op: 'add', path: '/spec/template/spec/nodeSelector', value: { pool: 'tenants' } },
  ],
};
const marked = {
  name: 'marked',
  match: { namespaces: [namespace] },
  mergePatch: { metadata: { labels: { 'example.com/from': 'kcp' } } },
};
/** Takes everything away that it can. */
const bare = {
  name: 'bare',
  match: { selector: { matchLabels: { bare: 'yes' } } },
  mergePatch: { metadata: { labels: null, annotations: null } },
};
const renaming = {
  name: 'renaming',
  match: { selector: { matchLabels: { rename: 'yes' } } },
  mergePatch: { metadata: { name: 'other', namespace: 'kube-system' } },
};
/** Doubles the data again and again. */
const growing = {
  name: 'growing',
  match: { selector: { matchLabels: { grow: 'yes' } } },
  patch: Array.from({ length: 30 }, (_, i) => ({ op: 'copy', from: '/data', path: `/data/x${i}` })),
};

let world: Connected;

function fileOf(transformations: readonly object[]): string {
  return configFile(world, { transformations });
}

async function restartWith(...transformations: object[]): Promise<void> {
  await world.stop();
  await world.start({ config: fileOf(transformations) });
}

async function labelled(name: string, labels: Readonly<Record<string, string>>): Promise<void> {
  await world.up.apply(named(name), { kind: 'ConfigMap', metadata: { labels }, data: { a: '1' } });
}

async function eventuallyBlocked(name: string): Promise<object> {
  return await eventually(`${name} is blocked`, async () => {
    return (await world.syncTarget()).status?.blocked?.find((one) => one.name === name);
  });
}

beforeAll(async () => {
  world = await prepareConnection({
    publish: ['deployments.apps'],
    flags: { resources: 'deployments.apps,configmaps', 'heartbeat-period': '1s' },
  });
  for (const one of [namespace, elsewhere]) await makeNamespace(world.up, one);
  await world.start({ config: fileOf([pool, marked, bare, renaming, growing]) });
});

afterAll(async () => {
  await world.stop();
});

it('copies are what the transformations make, in their order; objects in kcp stay as they are', async () => {
  await world.up.apply(app, deploymentOf('app'));
  await world.up.apply({ ...app, namespace: elsewhere }, deploymentOf('app'));
  const copy = await eventuallyObject<Deployment & { spec: { template: { spec: object } } }>(world.down, app);
  expect(copy.spec.template.spec).toMatchObject({ nodeSelector: { pool: 'tenants' } });
  expect(copy.metadata.labels).toMatchObject({ 'example.com/from': 'kcp' });
  const plain = await eventuallyObject<KubeObject>(world.down, { ...app, namespace: elsewhere });
  expect(JSON.stringify(plain)).not.toMatch(/tenants|example\.com\/from/);
  expect(JSON.stringify(await world.up.get(app))).not.toMatch(/tenants|example\.com\/from/);
});

it('what somebody changes of them in the cluster is put back', async () => {
  await world.down.patch(app, { spec: { template: { spec: { nodeSelector: { pool: 'mine' } } } } });
  await eventuallyObject<KubeObject>(world.down, app, (object) => JSON.stringify(object).includes('"pool":"tenants"'));
});

it('the marks of the syncer stay, whatever a transformation takes away', async () => {
  await labelled('bare', { bare: 'yes' });
  const { metadata } = await eventuallyObject(world.down, named('bare'));
  expect(Object.keys(metadata.labels ?? {})).toEqual(['syncer.kcp.io/owner']);
  expect(metadata.annotations).toMatchObject({ 'syncer.kcp.io/upstream': `${namespace}/bare` });
});

it('an object that one cannot be applied to is held back with a reason, and the others go on', async () => {
  await world.up.patch(app, { spec: { replicas: 2 } });
  await labelled('renamed', { rename: 'yes' });
  await labelled('grown', { grow: 'yes' });
  expect(await eventuallyBlocked('app')).toMatchObject({
    reason: 'TransformationFailed',
    message: expect.stringContaining(
      'Transformation "pool" cannot be applied: patch[0] (test /spec/replicas)',
    ) as string,
  });
  expect(await eventuallyBlocked('renamed')).toMatchObject({
    reason: 'TransformationFailed',
    message: expect.stringContaining('"renaming"') as string,
  });
  expect(await eventuallyBlocked('grown')).toMatchObject({ reason: 'ObjectTooLarge' });
  await writeConfigMap(world.up, { namespace, name: 'next' }, 'a');
  await eventuallyObject(world.down, named('next'));
  expect((await world.down.get<Deployment>(app)).spec.replicas).toBe(1);
  expect(await world.down.find({ ...configMaps, namespace: 'kube-system', name: 'other' })).toBeUndefined();
});

it('a start with the same transformations writes nothing; changed ones are applied to all their objects', async () => {
  await world.up.patch(app, { spec: { replicas: 1 } });
  for (const name of ['renamed', 'grown']) await world.up.delete(named(name));
  await world.eventuallyInStep(4);
  const before = world.cluster.audit.mark();
  await restartWith(pool, marked, bare);
  await world.eventuallyInStep(4);
  await world.twoHeartbeats();
  expect(inWords(world.downstreamWrites(before))).toEqual([]);

  const after = world.cluster.audit.mark();
  await restartWith(pool, { ...marked, mergePatch: { data: { b: '2' } }, match: { resources: ['configmaps'] } });
  await eventuallyObject<ConfigMap>(world.down, named('next'), ({ data }) => data?.['b'] === '2');
  const copy = await eventuallyObject(
    world.down,
    app,
    ({ metadata }) => !('example.com/from' in (metadata.labels ?? {})),
  );
  expect(JSON.stringify(copy)).toContain('tenants');
  await world.eventuallyInStep(4);
  expect(inWords(world.downstreamWrites(after))).toEqual([
    'patch configmaps bare',
    'patch configmaps next',
    'patch deployments app',
  ]);
});

it.each([
  [{ name: 'a' }, 'sync.transformations[0]: give either patch or mergePatch'],
  [{ name: 'a', patch: [{ op: 'add', path: '/a' }] }, 'sync.transformations[0].patch[0]: value is needed'],
  [
    { name: 'a', patch: [{ op: 'remove', path: 'a' }] },
    'sync.transformations[0].patch[0].path does not have the right form',
  ],
])('a mistake in one ends the command with one line: %j', async (transformation, words) => {
  const config = fileOf([transformation]);
  const { code, stderr } = await runSyncer([
    `--config=${config}`,
    '--sync-target-name=a',
    '--sync-target-uid=b',
    '--workspace-cluster=root:a',
    `--kcp-kubeconfig=${world.accounts.up.kubeconfigPath}`,
    `--cluster-kubeconfig=${world.accounts.down.kubeconfigPath}`,
  ]);
  expect({ code, stderr }).toEqual({
    code: 2,
    stderr: expect.stringContaining(`error: ${config}: ${words}`) as string,
  });
  expect(stderr.trimEnd().split('\n')).toHaveLength(1);
});
