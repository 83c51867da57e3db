import { configMaps } from '../../informer/fake-server.fixture.js';
import type { ApiRequest } from '../../kube/client.js';
import type { KubeObject } from '../../object/types.js';
import { configMap, crds, identity, logicalCluster, webDeployment, World } from '../world.fixture.js';

const key = 'default/web';
const web = '/apis/apps/v1/namespaces/default/deployments/web';
const data = '/api/v1/namespaces/default/configmaps/web';

function going(object: KubeObject): KubeObject {
  const { metadata } = object;
  return { ...object, metadata: { ...metadata, deletionTimestamp: '2026-01-01T00:00:00Z', finalizers: ['x'] } };
}

function withFinalizer(finalizer: string): (object: KubeObject) => KubeObject {
  return ({ metadata, ...object }) => ({
    ...object,
    metadata: { ...metadata, finalizers: [...(metadata.finalizers ?? []), finalizer] },
  });
}

function withoutFinalizers({ metadata, ...object }: KubeObject): KubeObject {
  return { ...object, metadata: { ...metadata, finalizers: [] } };
}

async function syncedDeployment(): Promise<World> {
  return await new World().synced(webDeployment());
}

async function syncedConfigMap(): Promise<World> {
  return await new World({ type: configMaps, definition: { kind: 'builtIn' } }).synced(configMap());
}

/** kcp answers every GET whose path holds `part` like this. */
function answer(world: World, part: string, error: Error): void {
  world.up.fault = ({ method, path }: ApiRequest) => (method === 'GET' && path.includes(part) ? error : undefined);
}

/** The reconcile that asks for evidence, and the one that has it. */
async function decide(world: World): Promise<Awaited<ReturnType<World['reconcile']>>> {
  await world.reconcile();
  return await world.reconcile();
}

describe('an object that somebody deletes in kcp', () => {
  test('takes its copy with it, and goes only then (S23)', async () => {
    const world = await syncedDeployment();
    const stillThere: boolean[] = [];
    world.up.beforeReply = ({ method }) => {
      if (method === 'PATCH') stillThere.push(world.copy() !== undefined);
      return undefined;
    };
    world.up.remove(world.type, key);
    expect(world.upstreamObject()).toBeDefined();
    await world.converge();
    expect([world.copy(), world.upstreamObject(), world.pair()]).toEqual([undefined, undefined, undefined]);
    expect(stillThere).toEqual([false]);
  });

  test('costs one delete of exactly the copy that we know, with its dependents in the background (S28)', async () => {
    const world = await syncedDeployment();
    const { uid } = world.copy()!.metadata;
    world.up.remove(world.type, key);
    await world.converge();
    expect(world.down.writes()).toEqual([`DELETE ${web}`]);
    expect(JSON.parse(world.down.requests.find(({ method }) => method === 'DELETE')?.body ?? '')).toMatchObject({
      preconditions: { uid },
      propagationPolicy: 'Background',
    });
  });

  test('keeping its dependents keeps them in the cluster too (S28)', async () => {
    const world = await syncedDeployment();
    world.up.edit(world.type, key, withFinalizer('orphan'));
    world.up.remove(world.type, key);
    world.hear();
    await decide(world);
    expect(JSON.parse(world.down.requests.find(({ method }) => method === 'DELETE')?.body ?? '')).toMatchObject({
      propagationPolicy: 'Orphan',
    });
  });

  test('takes its copy with it although the workspace was not listed yet: the mark was seen', async () => {
    const world = await syncedDeployment();
    world.up.remove(world.type, key);
    world.hear();
    world.ctx.store.invalidate('upstream');
    await world.converge();
    expect(world.copy()).toBeUndefined();
  });

  test('is not asked for: the chain alone is looked at', async () => {
    const world = await syncedDeployment();
    world.up.remove(world.type, key);
    world.hear();
    await world.reconcile();
    expect(world.up.requests.map(({ path }) => path).filter((path) => path.includes('/deployments/web'))).toEqual([]);
    expect(world.up.requests).toHaveLength(4);
  });

  test('waits while kcp does not say that workspace and type are the ones we know', async () => {
    const world = await syncedDeployment();
    world.up.remove(world.type, key);
    world.hear();
    world.up.ready = false;
    expect(await decide(world)).toMatchObject({
      outcome: { kind: 'requeueAfter', ms: 5_000 },
      waiting: { reason: 'EvidenceMissing' },
    });
    expect(world.down.writes()).toEqual([]);
    world.up.ready = true;
    await world.converge();
    expect(world.copy()).toBeUndefined();
  });

  test('waits while it is not known which cluster answers (S7)', async () => {
    const world = await syncedDeployment();
    world.up.remove(world.type, key);
    world.hear();
    await world.reconcile();
    world.doubt = new Error('another cluster');
    await expect(world.reconcile()).rejects.toThrow('another cluster');
    expect(world.down.writes()).toEqual([]);
  });
});

describe('an object without finalizer that is gone', () => {
  test('takes its copy with it when kcp says so itself (S24)', async () => {
    const world = await syncedConfigMap();
    world.up.remove(world.type, key);
    await world.converge();
    expect(world.down.writes()).toEqual([`DELETE ${data}`]);
    expect([world.copy(), world.pair()]).toEqual([undefined, undefined]);
  });

  test('is looked for before anything is deleted: an event is no evidence', async () => {
    const world = await syncedConfigMap();
    world.up.remove(world.type, key);
    world.hear();
    expect(await world.reconcile()).toMatchObject({ operation: 'wait' });
    expect(world.down.writes()).toEqual([]);
    expect(world.up.requests.map(({ path }) => path)).toContain(data);
  });

  test('only for the watch keeps its copy, and stays in step', async () => {
    const world = await syncedConfigMap();
    world.ctx.store.removeUp(world.pair()!, true);
    await world.converge();
    expect([...world.up.writes(), ...world.down.writes()]).toEqual([]);
    expect(world.pair()?.up?.uid).toBe(world.upstreamObject()?.metadata.uid);
  });

  test('only for a list keeps its copy, and stays in step: kcp may answer an empty one', async () => {
    const world = await syncedConfigMap();
    world.ctx.store.removeUp(world.pair()!, false);
    await world.converge();
    expect(world.down.writes()).toEqual([]);
    expect(world.copy()).toBeDefined();
  });

  test('waits for the first list of the workspace (S35)', async () => {
    const world = await syncedConfigMap();
    world.up.remove(world.type, key);
    world.restart();
    world.ctx.store.invalidate('upstream');
    expect(await world.reconcile()).toMatchObject({ waiting: { reason: 'Starting' } });
    expect(world.down.writes()).toEqual([]);
  });

  test('while the syncer was away takes its copy with it after the start', async () => {
    const world = await syncedConfigMap();
    world.up.remove(world.type, key);
    world.restart();
    await world.converge();
    expect(world.copy()).toBeUndefined();
  });
});

describe('no answer of kcp but one proves that an object is gone (S24)', () => {
  const named = (name: string, kind = 'configmaps'): object => ({ details: { name, group: '', kind } });
  const object = configMap().metadata.name;

  const workspace = { name: 'root:x', group: 'tenancy.kcp.io', kind: 'workspaces' };
  test.each<{ what: string; status: number; reason: string; more?: object }>([
    { what: '401', status: 401, reason: 'Unauthorized' },
    { what: '403', status: 403, reason: 'Forbidden' },
    { what: '404 of the workspace', status: 404, reason: 'NotFound', more: { details: workspace } },
    { what: '404 of the namespace', status: 404, reason: 'NotFound', more: named('default', 'namespaces') },
    { what: '404 of another object', status: 404, reason: 'NotFound', more: named('other') },
    { what: '404 of another type', status: 404, reason: 'NotFound', more: named(object, 'secrets') },
    { what: '404 that names nothing', status: 404, reason: 'NotFound' },
    { what: '410', status: 410, reason: 'Expired', more: named(object) },
    { what: '429', status: 429, reason: 'TooManyRequests' },
    { what: '500', status: 500, reason: 'InternalError' },
    { what: '503', status: 503, reason: 'ServiceUnavailable' },
    { what: '504', status: 504, reason: 'Timeout', more: named(object) },
  ])('not $what', async ({ status, reason, more }) => {
    const world = await syncedConfigMap();
    world.up.remove(world.type, key);
    world.hear();
    answer(world, data, world.up.refusal(status, reason, more));
    expect(await decide(world)).toMatchObject({ waiting: { reason: 'EvidenceMissing' } });
    expect(world.down.writes()).toEqual([]);
    expect(world.pair()?.held).toBeDefined();
  });

  test('not a text that says "404 page not found"', async () => {
    const world = await syncedConfigMap();
    world.up.remove(world.type, key);
    world.hear();
    world.up.unserve(configMaps);
    expect(await decide(world)).toMatchObject({ waiting: { reason: 'EvidenceMissing' } });
    expect(world.down.writes()).toEqual([]);
  });

  test('not silence', async () => {
    const world = await syncedConfigMap();
    world.up.remove(world.type, key);
    world.hear();
    answer(world, '/', world.up.unreachable());
    expect(await decide(world)).toMatchObject({ waiting: { reason: 'EvidenceMissing' } });
    expect(world.down.writes()).toEqual([]);
  });

  test('not a perfect 404 of a server that is not ready', async () => {
    const world = await syncedConfigMap();
    world.up.remove(world.type, key);
    world.hear();
    world.up.ready = false;
    expect(await decide(world)).toMatchObject({ waiting: { reason: 'EvidenceMissing' } });
    expect(world.down.writes()).toEqual([]);
  });

  test('not a perfect 404 of six seconds ago', async () => {
    const world = await syncedConfigMap();
    world.up.remove(world.type, key);
    world.hear();
    await world.reconcile();
    await world.clock.advance(6_000);
    expect(await world.reconcile()).toMatchObject({ operation: 'wait' });
    expect(world.down.writes()).toEqual([]);
  });

  test('not a perfect 404 from before the object came back and went again', async () => {
    const world = await syncedConfigMap();
    world.up.remove(world.type, key);
    world.hear();
    await world.reconcile();
    world.up.put(world.type, configMap({ a: '2' }));
    world.hear();
    world.ctx.store.removeUp(world.pair()!, false);
    await world.reconcile();
    expect(world.down.writes()).toEqual([]);
  });

  test('and when it is proven in the end, the copy goes', async () => {
    const world = await syncedConfigMap();
    world.up.remove(world.type, key);
    world.hear();
    answer(world, data, world.up.refusal(503, 'ServiceUnavailable'));
    await decide(world);
    world.up.fault = () => undefined;
    await world.converge();
    expect([world.copy(), world.pair()]).toEqual([undefined, undefined]);
  });
});

describe('workspace or type go: nothing is touched downstream, and no finalizer keeps them (S25, S27)', () => {
  test('a workspace that is being deleted takes no copy with it, and our finalizer goes at once', async () => {
    const world = await syncedDeployment();
    logicalCluster(world.up, going);
    world.up.remove(world.type, key);
    await world.converge();
    expect(world.down.writes()).toEqual([]);
    expect([world.copy() !== undefined, world.upstreamObject()]).toEqual([true, undefined]);
    expect(world.pair()?.incident).toContain('is being deleted');
  });

  test('also when the cluster does not answer, and when it is not known which one does', async () => {
    for (const trouble of [
      (world: World) => (world.down.fault = () => world.down.unreachable()),
      (world: World) => (world.doubt = new Error('another cluster')),
    ]) {
      const world = await syncedDeployment();
      trouble(world);
      logicalCluster(world.up, going);
      world.up.remove(world.type, key);
      await world.converge();
      expect(world.upstreamObject()).toBeUndefined();
    }
  });

  test('also while the copy is going by itself, and does not go', async () => {
    const world = await syncedDeployment();
    world.down.edit(world.type, key, withFinalizer('example.com/stuck'));
    world.up.remove(world.type, key);
    await world.converge();
    expect(world.upstreamObject()).toBeDefined();
    world.pair()!.incident = 'workspace root:team-a is being deleted';
    await world.converge();
    expect(world.upstreamObject()).toBeUndefined();
    expect(world.copy()).toBeDefined();
  });

  test('a CRD that is deleted takes no copy with it, although its objects vanish one by one', async () => {
    const world = await syncedDeployment();
    world.up.remove(crds, 'deployments.apps');
    world.up.purge(world.type, key);
    world.hear();
    await decide(world);
    expect(world.incidents).toHaveLength(1);
    expect(world.down.writes()).toEqual([]);
    expect(await world.converge()).toMatchObject({ operation: 'none' });
    expect(world.copy()).toBeDefined();
  });

  test('a CRD that is deleted and made anew takes no copy with it, however perfect its 404s are', async () => {
    const world = await syncedDeployment();
    world.up.remove(crds, 'deployments.apps');
    world.up.purge(world.type, key);
    world.up.put(crds, { metadata: { name: 'deployments.apps', uid: 'crd-uid-2' } });
    world.hear();
    await decide(world);
    expect(world.pair()?.incident).toContain('made anew');
    expect(world.down.writes()).toEqual([]);
  });

  test('objects that come back after an incident get their copies back as they are (S16)', async () => {
    const world = await syncedDeployment();
    const { uid } = world.copy()!.metadata;
    world.up.remove(crds, 'deployments.apps');
    world.up.purge(world.type, key);
    world.hear();
    await decide(world);
    world.up.put(crds, { metadata: { name: 'deployments.apps', uid: 'crd-uid-2' } });
    world.definition = { kind: 'crd', name: 'deployments.apps', uid: 'crd-uid-2', deleting: false };
    world.up.put(world.type, webDeployment({ replicas: 4 }));
    await world.converge();
    expect(world.copy()).toMatchObject({ metadata: { uid }, spec: { replicas: 4 } });
    expect(world.pair()?.incident).toBeUndefined();
  });
});

describe('the guard (S26)', () => {
  test('holds removals that are inferred when there are too many, and asks kcp for nothing', async () => {
    const world = await syncedConfigMap();
    world.up.remove(world.type, key);
    world.restart();
    world.census = { owned: 100, pending: 11 };
    world.up.requests.length = 0;
    expect(await decide(world)).toMatchObject({
      outcome: { kind: 'requeueAfter', ms: 30_000 },
      waiting: { reason: 'DeletionsHeld', message: expect.stringContaining('11 of 100') as string },
    });
    expect([world.up.requests, world.down.writes()]).toEqual([[], []]);
    expect(world.pair()?.held).toMatchObject({ reason: 'DeletionsHeld' });
  });

  test('does not hold what was seen to go, however much else is held', async () => {
    const world = await syncedConfigMap();
    world.census = { owned: 100, pending: 50 };
    world.up.remove(world.type, key);
    await world.converge();
    expect(world.copy()).toBeUndefined();
  });

  test('does not hold what somebody deletes, however much else is held', async () => {
    const world = await syncedDeployment();
    world.census = { owned: 100, pending: 50 };
    world.up.remove(world.type, key);
    await world.converge();
    expect(world.copy()).toBeUndefined();
  });

  test('counts what it let go on', async () => {
    const world = await syncedConfigMap();
    world.up.remove(world.type, key);
    world.restart();
    world.census = { owned: 100, pending: 10 };
    await world.converge();
    expect(world.copy()).toBeUndefined();
    expect(world.ctx.guard.holds()).toContain('11 of 101');
  });

  test('holds nothing that came back: nothing happened', async () => {
    const world = await syncedConfigMap();
    const before = world.copy();
    world.up.remove(world.type, key);
    world.restart();
    world.census = { owned: 100, pending: 11 };
    await world.reconcile();
    world.up.put(world.type, configMap());
    await world.converge();
    expect(world.pair()?.held).toBeUndefined();
    expect(world.copy()?.metadata.uid).toBe(before?.metadata.uid);
  });
});

describe('an object of the same name comes in the place of the former (S16)', () => {
  test('which was seen to go: the old copy is deleted and awaited, and a new one made', async () => {
    const world = await syncedDeployment();
    const { uid } = world.copy()!.metadata;
    world.down.edit(world.type, key, withFinalizer('example.com/slow'));
    world.up.purge(world.type, key);
    world.up.put(world.type, webDeployment({ replicas: 7 }));
    await world.converge();
    expect(world.copy()?.metadata).toMatchObject({ uid, deletionTimestamp: expect.any(String) as string });
    expect(world.copy()?.['spec']).toEqual({ replicas: 3 });
    world.down.edit(world.type, key, withoutFinalizers);
    await world.converge();
    expect(world.copy()).toMatchObject({ spec: { replicas: 7 } });
    expect(world.copy()?.metadata.uid).not.toBe(uid);
    expect(world.upstreamObject()?.metadata.finalizers).toEqual([identity.finalizer]);
  });

  test('which nobody saw go: the copy is linked anew as it is', async () => {
    const world = await syncedDeployment();
    const { uid } = world.copy()!.metadata;
    world.up.purge(world.type, key);
    world.up.put(world.type, webDeployment({ replicas: 7 }));
    world.restart();
    await world.converge();
    expect(world.copy()).toMatchObject({ metadata: { uid }, spec: { replicas: 7 } });
    expect(world.down.writes()).toEqual([`PATCH ${web}`]);
  });

  test('of a type without status: the copy is linked anew even then', async () => {
    const world = await syncedConfigMap();
    const { uid } = world.copy()!.metadata;
    world.up.remove(world.type, key);
    world.up.put(world.type, configMap({ a: '2' }));
    await world.converge();
    expect(world.copy()).toMatchObject({ metadata: { uid }, data: { a: '2' } });
  });
});

describe('the copy is not there, or not the one that we know', () => {
  test('it is gone already: the finalizer goes', async () => {
    const world = await syncedDeployment();
    world.up.remove(world.type, key);
    world.hear();
    world.down.purge(world.type, key);
    await decide(world);
    await world.converge();
    expect(world.upstreamObject()).toBeUndefined();
  });

  test('another object has its name: that one is not touched, and the finalizer goes', async () => {
    const world = await syncedDeployment();
    world.up.remove(world.type, key);
    world.hear();
    world.down.purge(world.type, key);
    const foreign = world.down.put(world.type, webDeployment({ replicas: 1 }));
    await decide(world);
    await world.converge();
    expect([world.copy(), world.upstreamObject()]).toEqual([foreign, undefined]);
  });

  test('a 404 that does not name it proves nothing: it stays known', async () => {
    const world = await syncedConfigMap();
    world.up.remove(world.type, key);
    world.hear();
    await world.reconcile();
    world.down.fault = ({ method }) => (method === 'DELETE' ? world.down.refusal(404, '') : undefined);
    await expect(world.reconcile()).rejects.toMatchObject({ status: 404 });
    expect(world.pair()?.down).toBeDefined();
    world.down.fault = () => undefined;
    await world.converge();
    expect(world.copy()).toBeUndefined();
  });
});

describe('a held deletion that a human decided on (S26)', () => {
  async function held(): Promise<World> {
    const world = await syncedConfigMap();
    world.census = { owned: 12, pending: 12 };
    world.up.purge(configMaps, { namespace: 'default', name: 'web' });
    world.restart();
    await world.reconcile();
    expect(world.copy()).toBeDefined();
    return world;
  }

  function uidOf(world: World): string {
    return world.copy()?.metadata.uid ?? '';
  }

  test('is carried out when it was approved, with the uid of the copy that was meant', async () => {
    const world = await held();
    world.decided.set(uidOf(world), 'delete');
    await world.reconcile();
    expect(world.copy()).toBeUndefined();
  });

  test('is not touched by a decision about another copy of the name', async () => {
    const world = await held();
    world.decided.set('another-uid', 'delete');
    await world.reconcile();
    expect(world.copy()).toBeDefined();
  });

  test('leaves the object as it is, without our marks, when it shall be kept, and nothing takes it back', async () => {
    const world = await held();
    const before = world.copy();
    world.decided.set(uidOf(world), 'keep');
    await world.reconcile();
    await world.reconcile();
    const after = world.copy();
    expect(after).toMatchObject({ data: before?.['data'], metadata: { uid: before?.metadata.uid } });
    expect(after?.metadata.labels ?? {}).not.toHaveProperty('syncer.kcp.io/owner');
    expect(Object.keys(after?.metadata.annotations ?? {})).toEqual(['syncer.kcp.io/upstream-uid']);
    expect(world.ctx.store.get(key)).toBeUndefined();
  });

  test('leaves it also when the watch tells of it before the answer is read', async () => {
    const world = await held();
    world.decided.set(uidOf(world), 'keep');
    world.down.beforeReply = ({ method }) => {
      if (method === 'PATCH') world.hear();
      return undefined;
    };
    await world.converge();
    expect(Object.keys(world.copy()?.metadata.annotations ?? {})).toEqual(['syncer.kcp.io/upstream-uid']);
    expect(world.ctx.store.get(key)).toBeUndefined();
  });
});
