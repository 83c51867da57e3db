import { eventually } from '../harness/eventually.js';
import { sharedControlPlanes, uniqueName } from '../harness/shared.js';
import { prepareConnection } from './connected.fixture.js';
import type { Connected } from './connected.fixture.js';
import { widgets, type Thing } from './custom-types.fixture.js';
import {
  byName,
  configMapsIn,
  eventuallyEqual,
  forEach,
  identities,
  inWords,
  makeNamespace,
  names,
  versions,
  writeConfigMap,
  type ConfigMap,
} from './objects.fixture.js';

jest.setTimeout(240_000);

const synced = 500;
const maps = names('map', 480);
const things = names('widget', 20);
const namespace = uniqueName('restart');
const inMaps = configMapsIn(namespace);
const inWidgets = widgets.in(namespace);

let world: Connected;

/** Five hundred objects in step, of types with and without status. */
beforeAll(async () => {
  const { cluster } = await sharedControlPlanes();
  await widgets.serveIn(cluster.admin);
  world = await prepareConnection({
    prepare: async ({ admin }) => {
      await makeNamespace(admin, namespace);
      await forEach(maps, async (name) => await writeConfigMap(admin, { namespace, name }, name));
      await widgets.serveIn(admin);
      await forEach(things, async (name) => await widgets.write(admin, { namespace, name }, 1));
    },
  });
  await world.start();
  await world.eventuallyInStep(synced);
  await forEach(things, async (name) => {
    await widgets.report(world.down, { namespace, name }, 'Running');
  });
  await eventually('all statuses are in the workspace', async () => {
    const found = [...(await byName<Thing>(world.up, inWidgets)).values()];
    return found.every(({ status }) => status?.phase === 'Running');
  });
  await world.eventuallyInStep(synced);
});

afterAll(async () => {
  await world.stop();
});

async function everyVersion(): Promise<string[][]> {
  const sides = [world.up, world.down];
  return await Promise.all(sides.flatMap((admin) => [versions(admin, inMaps), versions(admin, inWidgets)]));
}

describe('a syncer that is started again', () => {
  it('writes nothing and deletes nothing when 500 objects are in step', async () => {
    const before = await everyVersion();
    expect(before.map(({ length }) => length)).toEqual([480, 20, 480, 20]);
    await world.syncer.kill('SIGKILL');
    const [up, down] = [world.kcp.audit.mark(), world.cluster.audit.mark()];

    await world.start();
    await world.eventuallyCondition('Ready', 'True');
    await world.eventuallyInStep(synced);
    await world.twoHeartbeats();

    const writes = world.kcp.audit.writesSince(up, world.accounts.up.user);
    const reports = writes.filter(({ object }) => object.resource === 'synctargets');
    expect(reports.length).toBeGreaterThan(2);
    const told = writes.filter((entry) => !reports.includes(entry));
    // That a syncer started is an Event on its SyncTarget.
    expect(told.map(({ object }) => [object.resource, object.name?.split('.')[0]])).toEqual([['events', 'my-cluster']]);
    expect(world.downstreamWrites(down)).toEqual([]);
    expect(await everyVersion()).toEqual(before);
  });

  it('does right after its start what was deleted, made anew, made and changed meanwhile, and nothing else', async () => {
    const copies = await byName(world.down, inMaps);
    await world.syncer.kill('SIGKILL');
    const deleted = maps.slice(0, 6);
    const remade = maps.slice(6, 11);
    const changed = maps.slice(11, 16);
    const made = names('late', 4);
    const [dying = '', growing = ''] = things;
    await forEach([...deleted, ...remade], async (name) => {
      await world.up.delete({ ...inMaps, name });
    });
    await forEach([...remade, ...changed, ...made], async (name) => {
      return await writeConfigMap(world.up, { namespace, name }, 'new');
    });
    await world.up.delete({ ...inWidgets, name: dying });
    await widgets.write(world.up, { namespace, name: growing }, 2);
    const [up, down] = [world.kcp.audit.mark(), world.cluster.audit.mark()];

    await world.start();
    await eventuallyEqual(world, [inMaps, inWidgets]);
    await world.eventuallyInStep(synced - 3);
    expect(await world.up.find({ ...inWidgets, name: dying })).toBeUndefined();

    const after = await byName<ConfigMap>(world.down, inMaps);
    expect([...after.keys()].sort()).toEqual([...maps.slice(6), ...made].sort());
    // A copy whose upstream object was made anew unseen is taken over, not replaced.
    for (const name of [...remade, ...changed]) {
      expect(after.get(name)).toMatchObject({
        data: { value: 'new' },
        metadata: { uid: copies.get(name)?.metadata.uid },
      });
    }
    const applied = [...remade, ...changed, ...made].map((name) => `patch configmaps ${name}`);
    const removed = deleted.map((name) => `delete configmaps ${name}`);
    expect(inWords(world.downstreamWrites(down))).toEqual(
      [...applied, ...removed, `delete widgets ${dying}`, `patch widgets ${growing}`].sort(),
    );
    expect(inWords(world.upstreamWrites(up))).toEqual([`patch widgets ${dying}`]);
  });

  it('holds more than ten deletions that nobody saw, also after another restart, and forgets them when the objects are back', async () => {
    await world.syncer.kill('SIGKILL');
    const vanished = maps.slice(20, 50);
    await forEach(vanished, async (name) => {
      await world.up.delete({ ...inMaps, name });
    });
    const before = await identities(world.down, inMaps);
    const mark = world.cluster.audit.mark();

    for (const attempt of ['first', 'second']) {
      await world.start();
      const held = await world.eventuallyCondition('DeletionsAllowed', 'False', 'DeletionsHeld');
      expect({ attempt, message: held.message }).toEqual({
        attempt,
        message: expect.stringMatching(
          /^30 deletions are held back: 30 of \d+ objects vanished from the workspace unseen or are not selected any more, more than the 10 that may be removed from the cluster in ten minutes without being asked for one by one; such as configmaps restart-\w+\/map-0/,
        ) as string,
      });
      await world.eventuallyCondition('Ready', 'False', 'DeletionsHeld');
      await world.twoHeartbeats();
      await world.syncer.kill('SIGKILL');
    }
    await world.start();
    // The rest goes on meanwhile.
    await writeConfigMap(world.up, { namespace, name: 'beside' }, 'new');
    await eventually('another object is synced', async () => await world.down.find({ ...inMaps, name: 'beside' }));
    expect(inWords(world.downstreamWrites(mark))).toEqual(['patch configmaps beside']);
    await world.up.delete({ ...inMaps, name: 'beside' });
    await eventually('an object deleted before our eyes goes', async () => {
      return (await world.down.find({ ...inMaps, name: 'beside' })) === undefined;
    });
    expect(await identities(world.down, inMaps)).toEqual(before);

    await forEach(vanished, async (name) => await writeConfigMap(world.up, { namespace, name }, name));
    await world.eventuallyCondition('DeletionsAllowed', 'True');
    await eventuallyEqual(world, [inMaps, inWidgets]);
    expect(await identities(world.down, inMaps)).toEqual(before);
    expect(inWords(world.downstreamWrites(mark)).filter((line) => line.startsWith('delete'))).toEqual([
      'delete configmaps beside',
    ]);
  });

  it('that was killed three times while it made 200 objects makes each of them once', async () => {
    const burst = uniqueName('burst');
    await makeNamespace(world.up, burst);
    const [manyMaps, manyWidgets] = [names('map', 140), names('widget', 60)];
    await world.syncer.kill('SIGKILL');
    await forEach(manyMaps, async (name) => await writeConfigMap(world.up, { namespace: burst, name }, name));
    await forEach(manyWidgets, async (name) => await widgets.write(world.up, { namespace: burst, name }, 1));
    const mark = world.cluster.audit.mark();

    const inBurst = [configMapsIn(burst), widgets.in(burst)];
    const copiesNow = async (): Promise<string[]> =>
      (await Promise.all(inBurst.map(async (all) => await identities(world.down, all)))).flat();
    const seen = new Set<string>();
    for (const enough of [30, 80, 130]) {
      // Slow enough to be caught in the act.
      await world.launch({ qps: 80, burst: 5 });
      await eventually(`${enough} copies are made`, async () => (await copiesNow()).length >= enough);
      await world.syncer.kill('SIGKILL');
      const copies = await copiesNow();
      expect(copies.length).toBeLessThan(200);
      for (const copy of copies) seen.add(copy);
    }
    await world.start();
    await eventuallyEqual(world, inBurst);

    const copies = await copiesNow();
    expect(copies).toHaveLength(200);
    expect(copies).toEqual(expect.arrayContaining([...seen]));
    const writes = world.downstreamWrites(mark).filter(({ object }) => object.namespace === burst);
    const made = writes.filter(({ code }) => code === 201).map(({ object }) => object.name);
    expect(made.sort()).toEqual([...manyMaps, ...manyWidgets].sort());
    // What was made before a kill was whole: no later start wrote it again, or removed it.
    expect(writes.filter(({ code }) => code === 200)).toEqual([]);
    const finalizers = [...(await byName(world.up, widgets.in(burst))).values()].map(
      ({ metadata }) => metadata.finalizers?.length,
    );
    expect(finalizers).toEqual(manyWidgets.map(() => 1));
  });
});
