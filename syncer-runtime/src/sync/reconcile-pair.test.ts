import { configMaps } from '../informer/fake-server.fixture.js';
import { annotations } from '../object/marks.js';
import type { KubeObject, ResourceType } from '../object/types.js';
import { carryStatusAlone, reconcilePair } from './reconcile-pair.js';
import { configMap, identity, webDeployment, World } from './world.fixture.js';

const key = 'default/web';

function withSpec(spec: object): (object: KubeObject) => KubeObject {
  return (object) => ({ ...object, spec });
}

/** resourceVersions of everything of the type on both sides. */
function versions(world: World): unknown[] {
  return [world.up, world.down].map((server) =>
    server.list(world.type).map(({ metadata }) => [metadata.name, metadata.resourceVersion]),
  );
}

const kinds: { what: string; type: ResourceType | undefined; field: 'spec' | 'data'; object: KubeObject }[] = [
  {
    what: 'a Deployment',
    type: undefined,
    field: 'spec',
    object: webDeployment({ replicas: 3, template: { spec: { containers: [{ name: 'web', image: 'nginx' }] } } }),
  },
  { what: 'a ConfigMap', type: configMaps, field: 'data', object: configMap({ a: '1', empty: '' }) },
];

describe.each(kinds)('a restart with $what', ({ type, field, object }) => {
  async function synced(): Promise<World> {
    return await new World(type && { type }).synced(object);
  }

  test('in step changes no resourceVersion and asks for nothing (S35)', async () => {
    const world = await synced();
    const before = versions(world);
    world.restart();
    expect(await world.converge()).toMatchObject({ operation: 'none', outcome: { kind: 'done' } });
    expect(versions(world)).toEqual(before);
    expect([...world.up.requests, ...world.down.requests]).toEqual([]);
  });

  test('in step remembers after its first pass that it is', async () => {
    const world = await synced();
    world.restart();
    await world.reconcile();
    expect(await world.reconcile()).toMatchObject({ operation: 'none' });
    expect(world.pair()?.wrote).toMatchObject({ downUid: world.copy()?.metadata.uid });
    expect([...world.up.requests, ...world.down.requests]).toEqual([]);
  });

  test('that changed meanwhile writes it once', async () => {
    const world = await synced();
    world.up.edit(world.type, key, ({ metadata, ...before }) => ({
      ...before,
      metadata: { ...metadata, labels: { changed: 'yes' } },
    }));
    world.restart();
    await world.converge();
    expect(world.copy()?.metadata.labels).toMatchObject({ changed: 'yes' });
    expect(world.down.writes().filter((write) => write.endsWith('/web'))).toHaveLength(1);
  });

  test('whose copy somebody changed meanwhile puts it back', async () => {
    const world = await synced();
    world.down.edit(world.type, key, (copy) => ({ ...copy, [field]: { replicas: 99, a: 'theirs' } }));
    world.restart();
    await world.converge();
    expect(world.copy()?.[field]).toMatchObject(object[field] as object);
  });

  test('whose copy was deleted meanwhile makes it again', async () => {
    const world = await synced();
    world.down.purge(world.type, key);
    world.restart();
    await world.converge();
    expect(world.copy()).toBeDefined();
  });

  test('that was killed right after the copy was made makes no second one, and writes nothing', async () => {
    const world = new World(type && { type });
    world.see();
    world.up.put(world.type, object);
    world.hear();
    world.down.beforeReply = ({ path }) =>
      path.includes('/web') ? Promise.reject(new Error('the process is killed')) : undefined;
    await expect(world.reconcile()).rejects.toThrow('killed');
    world.down.beforeReply = () => undefined;
    const copy = world.copy();
    world.restart();
    await world.converge();
    expect(world.copy()).toBe(copy);
  });
});

describe('a restart with a status', () => {
  test("in step writes nothing, although neither side shows the other's generation", async () => {
    const world = await new World().synced(webDeployment());
    world.up.edit(world.type, key, withSpec({ replicas: 4 }));
    await world.converge();
    world.down.edit(world.type, key, (copy) => ({ ...copy, status: { observedGeneration: 2, readyReplicas: 4 } }));
    await world.converge();
    const before = versions(world);
    world.restart();
    await world.converge();
    expect(versions(world)).toEqual(before);
  });

  test('that moved meanwhile carries it up', async () => {
    const world = await new World().synced(webDeployment());
    world.down.edit(world.type, key, (copy) => ({ ...copy, status: { readyReplicas: 2 } }));
    world.restart();
    await world.converge();
    expect(world.upstreamObject()?.['status']).toEqual({ readyReplicas: 2 });
  });
});

describe('a restart after a kill between the two writes of a creation', () => {
  test('goes on with the finalizer that is there', async () => {
    const world = new World();
    world.see();
    world.up.put(world.type, webDeployment());
    world.hear();
    world.down.fault = ({ path }) => (path.includes('/deployments/') ? new Error('the process is killed') : undefined);
    await expect(world.reconcile()).rejects.toThrow('killed');
    world.down.fault = () => undefined;
    expect(world.upstreamObject()?.metadata.finalizers).toEqual([identity.finalizer]);
    world.restart();
    world.up.requests.length = 0;
    await world.converge();
    expect([world.copy() !== undefined, world.up.writes()]).toEqual([true, []]);
  });
});

describe('events', () => {
  test('that come twice, or late, change nothing', async () => {
    const world = await new World().synced(webDeployment());
    const before = versions(world);
    world.seeSide('upstream');
    world.seeSide('downstream');
    await world.converge();
    world.seeSide('downstream');
    await world.converge();
    expect(versions(world)).toEqual(before);
    expect([...world.up.writes(), ...world.down.writes()]).toEqual([]);
  });

  test('of our own writes make no further ones', async () => {
    const world = await new World().synced(webDeployment());
    world.up.edit(world.type, key, withSpec({ replicas: 5 }));
    await world.converge();
    expect(world.hear()).toEqual([]);
    expect(world.down.writes()).toHaveLength(1);
  });
});

describe('payloads', () => {
  test('that are parked save the reads', async () => {
    const world = await new World().synced(webDeployment());
    world.up.edit(world.type, key, withSpec({ replicas: 5 }));
    world.hear();
    await world.reconcile();
    expect([...world.up.requests, ...world.down.requests].map(({ method }) => method)).toEqual(['PATCH']);
  });

  test('that were pushed out are read anew', async () => {
    const world = await new World().synced(webDeployment());
    world.up.edit(world.type, key, withSpec({ replicas: 5 }));
    world.hear();
    world.ctx.parked.drop(`deployments.apps upstream ${key}`);
    await world.reconcile();
    expect(world.copy()?.['spec']).toEqual({ replicas: 5 });
    expect(world.up.requests.map(({ method }) => method)).toEqual(['GET']);
  });

  test('that were read are not undone by older events that come after them', async () => {
    const world = await new World().synced(webDeployment());
    world.up.edit(world.type, key, withSpec({ replicas: 4 }));
    world.hear();
    world.up.edit(world.type, key, withSpec({ replicas: 5 }));
    world.up.edit(world.type, key, withSpec({ replicas: 6 }));
    world.ctx.parked.drop(`deployments.apps upstream ${key}`);
    await world.reconcile();
    expect(world.hear()).toEqual([]);
    expect(mark(world, annotations.syncGeneration)).toBe('4');
    expect(world.down.writes()).toHaveLength(1);
  });

  test('that came while their pair was brought in step are not kept', async () => {
    const world = new World({ type: configMaps });
    world.see();
    world.up.put(configMaps, configMap());
    world.hear();
    world.down.beforeReply = () => {
      world.hearSide('downstream');
      return undefined;
    };
    expect(await world.reconcile()).toMatchObject({ operation: 'create' });
    expect(world.ctx.parked.bytes).toBe(0);
  });

  test('of pairs in step are not kept', async () => {
    const world = await new World().synced(webDeployment());
    world.restart();
    await world.converge();
    expect(world.ctx.parked.bytes).toBe(0);
  });
});

function mark(world: World, name: string): string | undefined {
  return world.copy()?.metadata.annotations?.[name];
}

describe('a reconcile', () => {
  test('of a key that nobody knows does nothing', async () => {
    const world = new World();
    world.see();
    expect(await reconcilePair(world.ctx, 'default/unknown')).toEqual({
      outcome: { kind: 'done' },
      operation: 'none',
    });
  });

  test('that fails leaves the pair free for the next', async () => {
    const world = await new World().synced(webDeployment());
    world.up.edit(world.type, key, withSpec({ replicas: 5 }));
    world.hear();
    world.down.fault = () => world.down.unreachable();
    await expect(world.reconcile()).rejects.toMatchObject({ code: 'ECONNREFUSED' });
    expect(world.pair()?.busy).toBeUndefined();
    world.down.fault = () => undefined;
    await world.reconcile();
    expect(world.copy()?.['spec']).toEqual({ replicas: 5 });
  });

  test('says in numbers what it carried', async () => {
    const world = await new World().synced(webDeployment());
    world.up.edit(world.type, key, withSpec({ replicas: 5 }));
    await world.converge();
    world.down.edit(world.type, key, (copy) => ({ ...copy, status: { readyReplicas: 5 } }));
    await world.converge();
    world.down.edit(world.type, key, withSpec({ replicas: 1 }));
    await world.converge();
    expect(world.recorder.carried).toEqual(['kcp-to-cluster', 'cluster-to-kcp']);
  });
});

describe('a status alone', () => {
  test('goes up although the spec has to wait', async () => {
    const world = await new World().synced(webDeployment());
    world.up.edit(world.type, key, withSpec({ replicas: 5 }));
    world.down.edit(world.type, key, (copy) => ({ ...copy, status: { readyReplicas: 2 } }));
    world.hear();
    await carryStatusAlone(world.ctx, key);
    expect(world.upstreamObject()?.['status']).toEqual({ readyReplicas: 2 });
    expect(world.down.writes()).toEqual([]);
  });

  test('of a copy of the former object does not go up to its successor (S19)', async () => {
    const world = await new World().synced(webDeployment());
    world.up.purge(world.type, key);
    world.up.put(world.type, webDeployment({ replicas: 7 }));
    world.down.edit(world.type, key, (copy) => ({ ...copy, status: { readyReplicas: 3 } }));
    world.seeSide('upstream');
    world.seeSide('downstream');
    await carryStatusAlone(world.ctx, key);
    expect(world.upstreamObject()).not.toHaveProperty('status');
  });

  test("that fails is nobody's failure", async () => {
    const world = await new World().synced(webDeployment());
    world.down.edit(world.type, key, (copy) => ({ ...copy, status: { readyReplicas: 2 } }));
    world.hear();
    world.up.fault = () => world.up.unreachable();
    await expect(carryStatusAlone(world.ctx, key)).resolves.toBeUndefined();
    expect(world.pair()?.busy).toBeUndefined();
  });
});
