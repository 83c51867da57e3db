import { configMaps } from '../../informer/fake-server.fixture.js';
import type { KubeObject } from '../../object/types.js';
import { configMap, identity, logicalCluster, webDeployment, World } from '../world.fixture.js';

const key = 'default/web';

function annotate(world: World, annotations: Record<string, string>): void {
  world.up.edit(world.type, key, ({ metadata, ...object }) => ({ ...object, metadata: { ...metadata, annotations } }));
  world.hear();
}

function finalizers(object: KubeObject | undefined): readonly string[] {
  return object?.metadata.finalizers ?? [];
}

describe('an object that its user takes out of the cluster', () => {
  test.each([{ 'syncer.kcp.io/sync': 'disabled' }, { 'syncer.kcp.io/target-clusters': 'another' }])(
    'loses its copy by one delete, and our finalizer last: %p',
    async (annotations) => {
      const world = await new World().synced(webDeployment());
      const held: boolean[] = [];
      world.down.beforeReply = ({ method }) => {
        if (method === 'DELETE') held.push(finalizers(world.upstreamObject()).includes(identity.finalizer));
        return undefined;
      };
      annotate(world, annotations);
      await world.converge();
      expect(world.copy()).toBeUndefined();
      expect(held).toEqual([true]);
      expect(finalizers(world.upstreamObject())).toEqual([]);
      expect(world.up.writes()).toHaveLength(1);
    },
  );

  test('goes however many are held by the guard: it was asked for', async () => {
    const world = await new World().synced(webDeployment());
    world.census = { owned: 100, pending: 50 };
    annotate(world, { 'syncer.kcp.io/sync': 'disabled' });
    await world.converge();
    expect(world.copy()).toBeUndefined();
  });

  test('comes back when he takes it back', async () => {
    const world = await new World().synced(webDeployment());
    annotate(world, { 'syncer.kcp.io/sync': 'disabled' });
    await world.converge();
    annotate(world, { 'syncer.kcp.io/sync': 'enabled' });
    await world.converge();
    expect(world.copy()).toBeDefined();
    expect(finalizers(world.upstreamObject())).toEqual([identity.finalizer]);
  });

  test('stays when the workspace goes (S27)', async () => {
    const world = await new World().synced(webDeployment());
    logicalCluster(world.up, ({ metadata, ...object }) => ({
      ...object,
      metadata: { ...metadata, deletionTimestamp: '2026-01-01T00:00:00Z', finalizers: ['x'] },
    }));
    annotate(world, { 'syncer.kcp.io/sync': 'disabled' });
    await world.reconcile();
    await world.reconcile();
    expect(world.copy()).toBeDefined();
    expect(world.down.writes()).toEqual([]);
  });

  test('without status goes as well', async () => {
    const world = await new World({ type: configMaps, definition: { kind: 'builtIn' } }).synced(configMap());
    annotate(world, { 'syncer.kcp.io/sync': 'disabled' });
    await world.converge();
    expect(world.copy()).toBeUndefined();
    expect(world.up.writes()).toEqual([]);
  });
});

describe('an object that the configuration does not select any more', () => {
  async function leftOut(pending: number): Promise<World> {
    let selected = true;
    const world = await new World({ isSelected: () => selected }).synced(webDeployment());
    selected = false;
    world.census = { owned: 100, pending };
    world.restart();
    return world;
  }

  test('goes, after a restart too, and is counted by the guard', async () => {
    const world = await leftOut(1);
    await world.converge();
    expect(world.copy()).toBeUndefined();
    expect(finalizers(world.upstreamObject())).toEqual([]);
    world.census = { owned: 100, pending: 10 };
    expect(world.ctx.guard.holds()).toContain('11 of 101');
  });

  test('is held with its finalizer when too many would go at once (S26)', async () => {
    const world = await leftOut(11);
    expect(await world.converge()).toMatchObject({ waiting: { reason: 'DeletionsHeld' } });
    expect(world.copy()).toBeDefined();
    expect(finalizers(world.upstreamObject())).toEqual([identity.finalizer]);
  });
});

describe('an object that is left out while the syncer runs, and shall be kept in the cluster (S26)', () => {
  /** Held, and decided on. */
  async function kept(): Promise<World> {
    let selected = true;
    const world = await new World({ isSelected: () => selected }).synced(webDeployment());
    selected = false;
    world.census = { owned: 100, pending: 11 };
    annotate(world, { note: 'so that it is looked at again' });
    expect(await world.converge()).toMatchObject({ waiting: { reason: 'DeletionsHeld' } });
    world.decided.set(world.copy()?.metadata.uid ?? '', 'keep');
    return world;
  }

  function expectLetGo(world: World): void {
    expect(finalizers(world.upstreamObject())).toEqual([]);
    expect(Object.keys(world.copy()?.metadata.annotations ?? {})).toEqual(['syncer.kcp.io/upstream-uid']);
    expect(world.copy()).toMatchObject({ spec: { replicas: 3 } });
  }

  test('loses our marks and its finalizer, and is a copy of nothing from then on', async () => {
    const world = await kept();
    await world.converge();
    expectLetGo(world);
    const writes = world.down.writes().length;
    world.restart();
    await world.converge();
    expect(world.down.writes()).toHaveLength(writes);
  });

  test('is not taken back when the watch tells of it before the answer is read', async () => {
    const world = await kept();
    world.down.beforeReply = ({ method }) => {
      if (method === 'PATCH') world.hear();
      return undefined;
    };
    await world.converge();
    expectLetGo(world);
  });
});

describe('an object that its user froze', () => {
  test('is carried in neither direction, and catches up afterwards', async () => {
    const world = await new World().synced(webDeployment());
    annotate(world, { 'syncer.kcp.io/sync': 'pause' });
    world.up.edit(world.type, key, (object) => ({ ...object, spec: { replicas: 9 } }));
    world.down.edit(world.type, key, (object) => ({ ...object, status: { replicas: 3 } }));
    await world.converge();
    expect([...world.up.writes(), ...world.down.writes()]).toEqual([]);
    annotate(world, {});
    await world.converge();
    expect(world.copy()).toMatchObject({ spec: { replicas: 9 } });
    expect(world.upstreamObject()).toMatchObject({ status: { replicas: 3 } });
  });

  test('goes when it is deleted', async () => {
    const world = await new World().synced(webDeployment());
    annotate(world, { 'syncer.kcp.io/sync': 'pause' });
    world.up.remove(world.type, key);
    await world.converge();
    expect([world.copy(), world.upstreamObject()]).toEqual([undefined, undefined]);
  });
});
