import { eventually } from '../harness/eventually.js';
import { sharedControlPlanes, uniqueName } from '../harness/shared.js';
import type { Daemon } from '../harness/daemon.js';
import { prepareConnection, syncTargetName, syncTargets, type Connected } from './connected.fixture.js';
import { widgets } from './custom-types.fixture.js';
import {
  configMapsIn,
  forEach,
  identities,
  inWords,
  makeNamespace,
  names,
  versions,
  writeConfigMap,
  type ConfigMap,
} from './objects.fixture.js';

jest.setTimeout(180_000);

const namespace = uniqueName('orphaned');
const maps = configMapsIn(namespace);
const things = widgets.in(namespace);
const target = { ...syncTargets, name: syncTargetName };

let world: Connected;
let uid: string;

beforeAll(async () => {
  const { cluster } = await sharedControlPlanes();
  await widgets.serveIn(cluster.admin);
  world = await prepareConnection({
    prepare: async ({ admin }) => {
      await widgets.serveIn(admin);
      await makeNamespace(admin, namespace);
      await forEach(names('map', 5), async (name) => await writeConfigMap(admin, { namespace, name }, 'old'));
      await forEach(names('thing', 3), async (name) => await widgets.write(admin, { namespace, name }, 1));
    },
  });
  uid = (await world.syncTarget()).metadata.uid ?? '';
  await world.start();
  await world.eventuallyInStep(8);
});

afterAll(async () => {
  await world.stop();
});

/** Versions of all objects on both sides: equal only if nobody wrote anything. */
async function everyVersion(): Promise<string[][]> {
  return await Promise.all([world.up, world.down].flatMap((admin) => [versions(admin, maps), versions(admin, things)]));
}

async function copies(): Promise<string[]> {
  return [...(await identities(world.down, maps)), ...(await identities(world.down, things))];
}

/** How a syncer ended that could not go on: its exit code, and all that it printed to standard error. */
async function ended(syncer: Daemon): Promise<{ code: number | null; errors: string[] }> {
  const { code } = await syncer.exit;
  return { code, errors: syncer.lines.filter((line) => line.startsWith('error: ')) };
}

describe('after its SyncTarget was deleted', () => {
  it('a syncer ends with one line; no object is touched, and finalizers stay', async () => {
    const before = await everyVersion();
    const marks = { up: world.kcp.audit.mark(), down: world.cluster.audit.mark() };
    await world.up.delete(target);

    expect(await ended(world.syncer)).toEqual({
      code: 1,
      errors: [
        `error: SyncTarget my-cluster is not there any more: synctargets.workload.kcp.io "my-cluster" not found`,
      ],
    });
    expect(world.syncer.lines.at(-1)).toMatch(/^error: /);
    expect(world.downstreamWrites(marks.down)).toEqual([]);
    expect(world.upstreamWrites(marks.up)).toEqual([]);
    expect(await everyVersion()).toEqual(before);
    const held = (await world.up.list(things)).map(({ metadata }) => metadata.finalizers?.length);
    expect(held).toEqual([1, 1, 1]);
  });

  it('no syncer starts without one, nor with the uid of the old one', async () => {
    const marks = { up: world.kcp.audit.mark(), down: world.cluster.audit.mark() };
    const without = await ended(await world.launch({ 'sync-target-uid': uid }));
    expect(without).toEqual({
      code: 1,
      errors: [expect.stringContaining('has no SyncTarget my-cluster; create it: ') as string],
    });
    const { metadata } = await world.up.create(syncTargets, {
      apiVersion: syncTargets.apiVersion,
      kind: 'SyncTarget',
      metadata: { name: syncTargetName },
    });
    const old = await ended(await world.launch({ 'sync-target-uid': uid }));
    expect(old).toEqual({
      code: 1,
      errors: [expect.stringContaining(`has uid ${metadata.uid ?? ''}, not ${uid}`) as string],
    });
    expect(world.downstreamWrites(marks.down)).toEqual([]);
    expect(world.upstreamWrites(marks.up)).toEqual([]);
  });

  it('the syncer of a new one goes on with the same copies, and writes only what must change', async () => {
    const before = await copies();
    await writeConfigMap(world.up, { namespace, name: 'map-000' }, 'new');
    await world.up.delete({ ...maps, name: 'map-001' });
    await world.up.delete({ ...things, name: 'thing-000' });
    const marks = { up: world.kcp.audit.mark(), down: world.cluster.audit.mark() };

    await world.start();
    await world.eventuallyInStep(6);
    await world.eventuallyCondition('Ready', 'True');
    await eventually('the deleted Widget is let go', async () => {
      return (await world.up.find({ ...things, name: 'thing-000' })) === undefined;
    });
    await world.twoHeartbeats();
    expect(inWords(world.downstreamWrites(marks.down))).toEqual([
      'delete configmaps map-001',
      'delete widgets thing-000',
      'patch configmaps map-000',
    ]);
    expect(inWords(world.upstreamWrites(marks.up))).toEqual(['patch widgets thing-000']);
    expect((await world.down.get<ConfigMap>({ ...maps, name: 'map-000' })).data).toEqual({ value: 'new' });
    const gone = before.filter((copy) => /^(map-001|thing-000) /.test(copy));
    expect(gone).toHaveLength(2);
    expect(await copies()).toEqual(before.filter((copy) => !gone.includes(copy)));
  });
});

describe('after its workspace was deleted and nobody could tell the syncer', () => {
  it('a syncer ends once kcp has denied the workspace for half a minute, and touches nothing', async () => {
    const { cluster } = await sharedControlPlanes();
    const lone = uniqueName('lone');
    // ConfigMaps carry no finalizer, so nothing keeps the workspace.
    const tenant = await prepareConnection({
      prepare: async ({ admin }) => {
        await makeNamespace(admin, lone);
        await forEach(names('map', 3), async (name) => await writeConfigMap(admin, { namespace: lone, name }, 'old'));
      },
    });
    const syncer = await tenant.start();
    await tenant.eventuallyInStep(3);
    const before = await versions(cluster.admin, configMapsIn(lone));
    process.kill(syncer.pid, 'SIGSTOP');
    await tenant.workspace.delete();
    await tenant.workspace.gone();
    process.kill(syncer.pid, 'SIGCONT');

    expect(await ended(syncer)).toEqual({
      code: 1,
      errors: [`error: WorkspaceGone: workspace ${tenant.workspace.path} was deleted; its objects in the cluster stay`],
    });
    expect(await versions(cluster.admin, configMapsIn(lone))).toEqual(before);
    expect(await ended(await tenant.launch({ 'sync-target-uid': uid }))).toEqual({
      code: 1,
      errors: [expect.stringContaining(`has no workspace ${tenant.workspace.path}`) as string],
    });
  });
});
