import { omit } from '../../object/json.js';
import { annotations } from '../../object/marks.js';
import type { KubeObject } from '../../object/types.js';
import { webDeployment, World } from '../world.fixture.js';

const key = 'default/web';

function ignoring(fields: string | undefined, spec?: object): (object: KubeObject) => KubeObject {
  return ({ metadata, ...object }) => {
    const rest = omit(metadata.annotations ?? {}, [annotations.ignoreFields]) as Record<string, string>;
    const said = fields === undefined ? rest : { ...rest, [annotations.ignoreFields]: fields };
    return { ...object, ...(spec && { spec }), metadata: { ...metadata, annotations: said } };
  };
}

function scaled(spec: object): (object: KubeObject) => KubeObject {
  return (object) => ({ ...object, spec });
}

/** A world in which every value that a field of the copy ever had is known. */
async function synced(spec: object): Promise<{ world: World; values: (field: string) => unknown[] }> {
  const seen: Record<string, unknown>[] = [];
  const world = await new World().synced(webDeployment(spec));
  world.down.beforeReply = () => {
    seen.push(world.copy()?.['spec'] as Record<string, unknown>);
    return undefined;
  };
  return { world, values: (field) => [...new Set(seen.map((one) => one[field]))] };
}

describe('a field that is left to the cluster', () => {
  test('keeps its value at every moment, and is not written any more', async () => {
    const { world, values } = await synced({ replicas: 3, paused: true });
    world.up.edit(world.type, key, ignoring('spec.replicas', { replicas: 5, paused: false }));
    await world.converge();
    expect(world.copy()?.['spec']).toEqual({ replicas: 3, paused: false });
    expect(values('replicas')).toEqual([3]);
    world.down.edit(world.type, key, scaled({ replicas: 7, paused: false }));
    world.up.edit(world.type, key, ignoring('spec.replicas', { replicas: 5, paused: true }));
    await world.converge();
    expect(world.copy()?.['spec']).toEqual({ replicas: 7, paused: true });
  });

  test('keeps it too when the next field is left to the cluster', async () => {
    const { world, values } = await synced({ replicas: 3, paused: true, limit: 1 });
    world.up.edit(world.type, key, ignoring('spec.replicas'));
    await world.converge();
    world.up.edit(world.type, key, ignoring('spec.replicas,spec.paused', { replicas: 9, paused: false, limit: 2 }));
    await world.converge();
    expect(world.copy()?.['spec']).toEqual({ replicas: 3, paused: true, limit: 2 });
    expect([values('replicas'), values('paused')]).toEqual([[3], [true]]);
  });

  test('is taken back without being dropped when another one is left in its place', async () => {
    const { world, values } = await synced({ replicas: 3, paused: true });
    world.up.edit(world.type, key, ignoring('spec.replicas'));
    await world.converge();
    world.up.edit(world.type, key, ignoring('spec.paused', { replicas: 4, paused: false }));
    await world.converge();
    expect(world.copy()?.['spec']).toEqual({ replicas: 4, paused: true });
    expect(values('replicas')).toEqual([3, 4]);
  });

  test('is wholly of kcp again without the annotation: what is removed there goes', async () => {
    const { world } = await synced({ replicas: 3, paused: true });
    world.up.edit(world.type, key, ignoring('spec.paused'));
    await world.converge();
    world.up.edit(world.type, key, ignoring(undefined));
    await world.converge();
    expect(world.copy()?.metadata.managedFields).toMatchObject([{ manager: 'kcp-syncer' }]);
    world.up.edit(world.type, key, scaled({ replicas: 3 }));
    await world.converge();
    expect(world.copy()?.['spec']).toEqual({ replicas: 3 });
  });

  test('is handed over again when somebody changes the copy in between', async () => {
    const { world } = await synced({ replicas: 3, paused: true });
    world.up.edit(world.type, key, ignoring('spec.replicas'));
    world.hear();
    const { beforeReply } = world.down;
    world.down.beforeReply = ({ method }) => {
      if (method !== 'GET') return undefined;
      world.down.beforeReply = beforeReply;
      world.down.edit(world.type, key, scaled({ replicas: 8, paused: true }));
      return undefined;
    };
    await expect(world.reconcile()).rejects.toMatchObject({ status: 409 });
    await world.converge();
    expect(world.copy()?.['spec']).toEqual({ replicas: 8, paused: true });
  });
});

describe('drift that is only reported', () => {
  async function reporting(): Promise<World> {
    const world = await new World({ policy: { drift: 'Report' } }).synced(webDeployment({ replicas: 3, paused: true }));
    world.down.edit(world.type, key, (copy) => ({
      ...copy,
      spec: { replicas: 8, paused: true },
      status: { readyReplicas: 8 },
    }));
    return world;
  }

  test('is left as it is and named, and the status goes up all the same', async () => {
    const world = await reporting();
    expect(await world.converge()).toMatchObject({
      waiting: { reason: 'Drifted', message: expect.stringContaining('.spec.replicas is not what kcp says') as string },
    });
    expect(world.copy()?.['spec']).toEqual({ replicas: 8, paused: true });
    expect(world.upstreamObject()?.['status']).toEqual({ readyReplicas: 8 });
    expect(world.down.requests.filter(({ method, path }) => method !== 'GET' && !path.includes('dryRun'))).toEqual([]);
  });

  test('stays so after a restart', async () => {
    const world = await reporting();
    await world.converge();
    world.restart();
    expect(await world.converge()).toMatchObject({ waiting: { reason: 'Drifted' } });
    expect(world.copy()?.['spec']).toEqual({ replicas: 8, paused: true });
  });

  test('ends with the next change in kcp', async () => {
    const world = await reporting();
    await world.converge();
    world.up.edit(world.type, key, scaled({ replicas: 3, paused: false }));
    await world.converge();
    expect(world.copy()?.['spec']).toEqual({ replicas: 3, paused: false });
  });

  test('is none where somebody wrote what was there: the field is taken back', async () => {
    const world = await new World({ policy: { drift: 'Report' } }).synced(webDeployment());
    world.down.edit(world.type, key, ({ metadata, ...copy }) => ({
      ...copy,
      metadata: { ...metadata, managedFields: [] },
    }));
    await world.converge();
    expect(world.copy()?.metadata.managedFields).toMatchObject([{ manager: 'kcp-syncer' }]);
  });
});
