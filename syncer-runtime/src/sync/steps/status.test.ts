import { configMaps } from '../../informer/fake-server.fixture.js';
import { classifyFailure } from '../decide/failure.js';
import type { KubeObject } from '../../object/types.js';
import { configMap, webDeployment, World } from '../world.fixture.js';

const key = 'default/web';
const status = '/apis/apps/v1/namespaces/default/deployments/web/status';

/** A world in which the cluster gave the copy a status, which is told but not yet carried up. */
async function worldWithStatus(copyStatus: object): Promise<World> {
  const world = await new World().synced(webDeployment());
  setStatus(world, copyStatus);
  world.hear();
  return world;
}

function setStatus(world: World, copyStatus: object | undefined): void {
  world.down.edit(world.type, key, (copy) => ({ ...copy, status: copyStatus }));
}

function refusedAsFailedTest(world: World): Error {
  return world.up.refusal(422, 'Invalid', { message: 'the server rejected our request', details: {} });
}

describe('a status of the copy', () => {
  test('comes up with one write and no read (S18)', async () => {
    const world = await worldWithStatus({ readyReplicas: 3 });
    expect(await world.reconcile()).toMatchObject({ operation: 'status' });
    expect(world.upstreamObject()?.['status']).toEqual({ readyReplicas: 3 });
    expect(world.up.requests.map(({ method, path }) => `${method} ${path}`)).toEqual([
      `PATCH ${status}?fieldManager=kcp-syncer`,
    ]);
    expect(world.down.requests).toEqual([]);
  });

  test('is bound to the uid of the object that it is for', async () => {
    const world = await worldWithStatus({ readyReplicas: 3 });
    await world.reconcile();
    expect(JSON.parse(world.up.requests[0]?.body ?? '')).toEqual([
      { op: 'test', path: '/metadata/uid', value: world.upstreamObject()?.metadata.uid },
      { op: 'add', path: '/status', value: { readyReplicas: 3 } },
    ]);
  });

  test('that lost a field takes the field away upstream', async () => {
    const world = await worldWithStatus({ readyReplicas: 3, conflict: 'x' });
    await world.converge();
    setStatus(world, { readyReplicas: 3 });
    await world.converge();
    expect(world.upstreamObject()?.['status']).toEqual({ readyReplicas: 3 });
  });

  test('comes up without nulls', async () => {
    const world = await worldWithStatus({ currentMetrics: null, readyReplicas: 1 });
    await world.converge();
    expect(world.upstreamObject()?.['status']).toEqual({ readyReplicas: 1 });
  });

  test('that comes again the same writes nothing', async () => {
    const world = await worldWithStatus({ readyReplicas: 3 });
    await world.converge();
    world.up.requests.length = 0;
    world.down.edit(world.type, key, ({ metadata, ...copy }) => ({
      ...copy,
      metadata: { ...metadata, labels: { ...metadata.labels, theirs: 'x' } },
    }));
    await world.converge();
    expect(world.up.writes()).toEqual([]);
  });

  test('that somebody changed upstream is put back', async () => {
    const world = await worldWithStatus({ readyReplicas: 3 });
    await world.converge();
    world.up.edit(world.type, key, (object) => ({ ...object, status: { readyReplicas: 99 } }));
    await world.converge();
    expect(world.upstreamObject()?.['status']).toEqual({ readyReplicas: 3 });
  });

  test('that kcp prunes or defaults is written once, not for ever', async () => {
    const world = await worldWithStatus({ readyReplicas: 3, unknown: true });
    world.up.admission = (object) =>
      object['status'] === undefined ? object : { ...object, status: { readyReplicas: 3, defaulted: true } };
    await world.converge();
    await world.converge();
    expect(world.up.writes()).toEqual([`PATCH ${status}`]);
    setStatus(world, { readyReplicas: 2, unknown: true });
    await world.converge();
    expect(world.up.writes()).toHaveLength(2);
  });

  test('of a type without a status subresource stays where it is', async () => {
    const world = await new World({ type: configMaps }).synced(configMap());
    setStatus(world, { phase: 'Bound' });
    await world.converge();
    expect([world.upstreamObject()?.['status'], world.up.writes()]).toEqual([undefined, []]);
  });

  test('stays where it is while another syncer is the first on the object (S20)', async () => {
    const world = new World();
    world.see();
    world.up.put(world.type, webDeployment({ replicas: 3 }, { finalizers: ['syncer.kcp.io/0-sorts-first'] }));
    await world.converge();
    setStatus(world, { readyReplicas: 3 });
    await world.converge();
    expect(world.upstreamObject()?.['status']).toBeUndefined();
  });

  test('is written by the syncer whose finalizer sorts first', async () => {
    const world = new World();
    world.see();
    world.up.put(world.type, webDeployment({ replicas: 3 }, { finalizers: ['syncer.kcp.io/z-sorts-last'] }));
    await world.converge();
    setStatus(world, { readyReplicas: 3 });
    await world.converge();
    expect(world.upstreamObject()?.['status']).toEqual({ readyReplicas: 3 });
  });

  test('comes up with the reply of the write that made it', async () => {
    const world = new World();
    world.down.admission = (object) => (object.kind === 'Deployment' ? { ...object, status: { replicas: 0 } } : object);
    world.see();
    world.up.put(world.type, webDeployment());
    world.hear();
    expect(await world.reconcile()).toMatchObject({ operation: 'create' });
    expect(world.upstreamObject()?.['status']).toEqual({ replicas: 0 });
  });
});

describe('a copy that has no status yet', () => {
  test('needs no write', async () => {
    const world = await new World().synced(webDeployment());
    expect(world.upstreamObject()).not.toHaveProperty('status');
  });

  test('and says so by an empty one needs none either', async () => {
    const world = new World();
    world.down.admission = (object) => (object.kind === 'Deployment' ? { status: {}, ...object } : object);
    await world.synced(webDeployment());
    expect(world.upstreamObject()).not.toHaveProperty('status');
    world.restart();
    world.up.requests.length = 0;
    await world.converge();
    expect(world.up.writes()).toEqual([]);
  });

  test('empties what upstream still shows of a former copy, once', async () => {
    const world = new World();
    world.see();
    world.up.put(world.type, { ...webDeployment(), status: { readyReplicas: 9 } });
    await world.converge();
    expect(world.upstreamObject()?.['status']).toEqual({});
    world.up.requests.length = 0;
    world.restart();
    await world.converge();
    expect(world.up.writes()).toEqual([]);
  });
});

describe('observedGeneration (S19)', () => {
  /** What upstream shows of `observed` when the copy is at `generation`. */
  async function shown(observed: number, generation: number): Promise<unknown> {
    const world = await new World().synced(webDeployment());
    for (let g = 2; g <= generation; g++)
      world.down.edit(world.type, key, (copy) => ({ ...copy, spec: { replicas: 3, theirs: g } }));
    setStatus(world, { observedGeneration: observed });
    await world.converge();
    return (world.upstreamObject()?.['status'] as { observedGeneration?: number } | undefined)?.observedGeneration;
  }

  test('that caught up with the copy is the upstream generation', async () => {
    expect(await shown(4, 4)).toBe(1);
  });

  test('that is behind the copy is not told as caught up', async () => {
    expect(await shown(3, 4)).toBeUndefined();
  });

  test('never says that a change is rolled out of which the cluster has not seen anything', async () => {
    const world = await worldWithStatus({ observedGeneration: 1, readyReplicas: 3 });
    await world.converge();
    expect(world.upstreamObject()?.['status']).toEqual({ observedGeneration: 1, readyReplicas: 3 });
    world.up.edit(world.type, key, (object) => ({ ...object, spec: { replicas: 5 } }));
    await world.converge();
    expect(world.upstreamObject()).toMatchObject({ metadata: { generation: 2 }, status: { observedGeneration: 1 } });
    setStatus(world, { observedGeneration: 2, readyReplicas: 5 });
    await world.converge();
    expect(world.upstreamObject()?.['status']).toEqual({ observedGeneration: 2, readyReplicas: 5 });
  });
});

describe('a status that is lost on the way', () => {
  test('because the object is another one by now is a lost race, and the copy stays known', async () => {
    const world = await worldWithStatus({ readyReplicas: 3 });
    const { uid } = world.pair()!.down!;
    world.up.purge(world.type, key);
    world.up.put(world.type, webDeployment({ replicas: 7 }));
    const failure: unknown = await world.reconcile().catch((error: unknown) => error);
    expect(classifyFailure(failure)).toMatchObject({ kind: 'race' });
    expect(world.upstreamObject()).not.toHaveProperty('status');
    expect(world.pair()?.down?.uid).toBe(uid);
  });

  test('right after a write of the spec does not make us forget the copy', async () => {
    const world = await new World().synced(webDeployment());
    world.up.edit(world.type, key, (object) => ({ ...object, spec: { replicas: 5 } }));
    setStatus(world, { readyReplicas: 3 });
    world.hear();
    world.up.fault = ({ path }) => (path.includes('/status') ? refusedAsFailedTest(world) : undefined);
    await expect(world.reconcile()).rejects.toMatchObject({ status: 422 });
    expect(world.pair()?.down?.uid).toBe(world.copy()?.metadata.uid);
    expect(world.copy()?.['spec']).toEqual({ replicas: 5 });
  });

  test('is never written to the successor: it is of a dead copy', async () => {
    const world = await worldWithStatus({ readyReplicas: 3 });
    await world.converge();
    world.up.purge(world.type, key);
    world.up.put(world.type, webDeployment({ replicas: 7 }));
    setStatus(world, { readyReplicas: 2 });
    world.hear();
    await world.reconcile();
    await world.reconcile();
    expect(world.upstreamObject()).not.toHaveProperty('status');
  });

  test('because kcp does not accept it is final until it changes', async () => {
    const world = await worldWithStatus({ readyReplicas: 'three' });
    const details = { name: 'web', kind: 'Deployment', causes: [{ reason: 'FieldValueTypeInvalid', field: 'status' }] };
    world.up.fault = () => world.up.refusal(422, 'Invalid', { details });
    await expect(world.reconcile()).rejects.toMatchObject({ name: 'TerminalError', reason: 'StatusRejected' });
  });

  test('is written when the workspace answers again', async () => {
    const world = await worldWithStatus({ readyReplicas: 3 });
    world.up.fault = () => world.up.unreachable();
    await expect(world.reconcile()).rejects.toMatchObject({ code: 'ECONNREFUSED' });
    world.up.fault = () => undefined;
    expect(await world.reconcile()).toMatchObject({ operation: 'status' });
    expect(world.upstreamObject()?.['status']).toEqual({ readyReplicas: 3 });
  });
});

test('an object that goes gets no status any more', async () => {
  const world = await worldWithStatus({ readyReplicas: 3 });
  world.up.remove(world.type, key);
  world.hear();
  await world.reconcile();
  expect(world.upstreamObject()).not.toHaveProperty('status');
});

test('while it is not known which cluster answers no status is believed (S7)', async () => {
  const world = await worldWithStatus({ readyReplicas: 3 });
  world.doubt = new Error('another cluster');
  await expect(world.reconcile()).rejects.toThrow('another cluster');
  expect(world.up.writes()).toEqual([]);
});

test('the status subresource of the copy is never written', async () => {
  const world = new World();
  world.see();
  const object: KubeObject = { ...webDeployment(), status: { readyReplicas: 9 } };
  world.up.put(world.type, object);
  await world.converge();
  expect(world.copy()).not.toHaveProperty('status');
});
