import { configMaps, namespacesType } from '../../informer/fake-server.fixture.js';
import { omit } from '../../object/json.js';
import { fieldManager, annotations, ownerLabel } from '../../object/marks.js';
import type { KubeObject } from '../../object/types.js';
import { configMap, identity, webDeployment, World } from '../world.fixture.js';

const key = 'default/web';
const web = '/apis/apps/v1/namespaces/default/deployments/web';

function withSpec(spec: object): (object: KubeObject) => KubeObject {
  return (object) => ({ ...object, spec });
}

function withAnnotations(annotationsOf: (before: object) => object): (object: KubeObject) => KubeObject {
  return ({ metadata, ...object }) => ({
    ...object,
    metadata: { ...metadata, annotations: annotationsOf(metadata.annotations ?? {}) as Record<string, string> },
  });
}

function withoutOwnerLabel({ metadata, ...object }: KubeObject): KubeObject {
  const labels = omit(metadata.labels ?? {}, [ownerLabel]) as Record<string, string>;
  return { ...object, metadata: { ...metadata, labels } };
}

function mark(object: KubeObject | undefined, name: string): string | undefined {
  return object?.metadata.annotations?.[name];
}

describe('a change upstream', () => {
  test('costs one write and no read', async () => {
    const world = await new World().synced(webDeployment());
    world.up.edit(world.type, key, withSpec({ replicas: 5 }));
    expect(await world.converge()).toMatchObject({ outcome: { kind: 'done' } });
    expect(world.copy()?.['spec']).toEqual({ replicas: 5 });
    expect(world.down.requests.map(({ method, path }) => `${method} ${path}`)).toEqual([
      `PATCH ${web}?fieldManager=kcp-syncer&force=true`,
    ]);
    expect(world.up.requests).toEqual([]);
  });

  test('is written to exactly the object that we know (S5)', async () => {
    const world = await new World().synced(webDeployment());
    world.up.edit(world.type, key, withSpec({ replicas: 5 }));
    await world.converge();
    expect(JSON.parse(world.down.requests[0]?.body ?? '')).toMatchObject({
      metadata: { uid: world.copy()?.metadata.uid },
    });
  });

  test('of a field that is left out from then on takes the field away downstream', async () => {
    const world = await new World().synced(webDeployment({ replicas: 3, paused: true }));
    world.up.edit(world.type, key, withSpec({ replicas: 3 }));
    await world.converge();
    expect(world.copy()?.['spec']).toEqual({ replicas: 3 });
  });

  test('of an annotation goes down too, and what others put on the copy stays', async () => {
    const world = await new World().synced(configMap({}, { annotations: { old: '1' } }));
    world.down.edit(
      world.type,
      key,
      withAnnotations((before) => ({ ...before, theirs: 'kept' })),
    );
    world.up.edit(
      world.type,
      key,
      withAnnotations(() => ({ new: '2' })),
    );
    await world.converge();
    const { old, new: fresh, theirs } = world.copy()?.metadata.annotations ?? {};
    expect({ old, fresh, theirs }).toEqual({ old: undefined, fresh: '2', theirs: 'kept' });
  });

  test('moves last-sync, to the second (S10)', async () => {
    const world = await new World().synced(webDeployment());
    await world.clock.advance(90_500);
    world.up.edit(world.type, key, withSpec({ replicas: 5 }));
    await world.converge();
    expect(mark(world.copy(), annotations.lastSync)).toBe('2026-01-01T00:01:30Z');
    expect(mark(world.copy(), annotations.syncGeneration)).toBe('2');
  });

  test('that only managers upstream would see writes nothing', async () => {
    const world = await new World().synced(webDeployment());
    world.up.edit(world.type, key, ({ metadata, ...object }) => ({
      ...object,
      metadata: { ...metadata, managedFields: [...(metadata.managedFields ?? []), { manager: 'kubectl' }] },
    }));
    await world.converge();
    expect([...world.up.requests, ...world.down.requests]).toEqual([]);
  });

  test('while the former is being written is written after it', async () => {
    const world = await new World().synced(webDeployment());
    world.up.edit(world.type, key, withSpec({ replicas: 5 }));
    world.down.beforeReply = () => {
      if (world.copy()?.metadata.generation === 2) world.up.edit(world.type, key, withSpec({ replicas: 7 }));
      world.hearSide('upstream');
      return undefined;
    };
    world.hear();
    await world.reconcile();
    expect(world.copy()?.['spec']).toEqual({ replicas: 5 });
    await world.reconcile();
    expect(world.copy()?.['spec']).toEqual({ replicas: 7 });
  });

  test('that the server refuses leaves the copy as it is', async () => {
    const world = await new World().synced(webDeployment());
    world.up.edit(world.type, key, withSpec({ selector: 'other' }));
    world.hear();
    world.down.fault = () => world.down.refusal(422, 'Invalid', { details: { name: 'web', kind: 'Deployment' } });
    await expect(world.reconcile()).rejects.toMatchObject({ status: 422 });
    expect(world.copy()?.['spec']).toEqual({ replicas: 3 });
  });

  test('that the server refuses keeps no status from coming up', async () => {
    const world = await new World().synced(webDeployment());
    world.up.edit(world.type, key, withSpec({ selector: 'other' }));
    world.down.edit(world.type, key, (copy) => ({ ...copy, status: { readyReplicas: 3 } }));
    world.hear();
    world.down.fault = ({ method }) =>
      method === 'PATCH' ? world.down.refusal(422, 'Invalid', { details: { name: 'web' } }) : undefined;
    await expect(world.reconcile()).rejects.toMatchObject({ status: 422 });
    expect(world.upstreamObject()?.['status']).toEqual({ readyReplicas: 3 });
  });
});

describe('a second pass', () => {
  test.each([
    ['a Deployment', undefined, webDeployment()],
    ['a ConfigMap', configMaps, configMap()],
  ])('over %s in step writes and reads nothing', async (_, type, object) => {
    const world = await new World(type && { type }).synced(object);
    for (let i = 0; i < 3; i++) expect(await world.reconcile()).toMatchObject({ operation: 'none' });
    expect([...world.up.requests, ...world.down.requests]).toEqual([]);
  });
});

describe('drift (S22)', () => {
  test('of a field of ours is put back with the old last-sync', async () => {
    const world = await new World().synced(webDeployment());
    const before = world.copy();
    await world.clock.advance(3_600_000);
    world.down.edit(world.type, key, withSpec({ replicas: 1 }));
    world.hear();
    expect(await world.reconcile()).toMatchObject({ operation: 'repair' });
    expect(world.copy()?.['spec']).toEqual({ replicas: 3 });
    for (const name of [annotations.lastSync, annotations.applied])
      expect(mark(world.copy(), name)).toBe(mark(before, name));
    await world.converge();
    expect(world.down.writes()).toEqual([`PATCH ${web}`]);
  });

  test('that somebody set back himself is taken back all the same: the field was not ours any more', async () => {
    const world = await new World().synced(webDeployment());
    world.down.edit(world.type, key, withSpec({ replicas: 1 }));
    world.down.edit(world.type, key, withSpec({ replicas: 3 }));
    await world.converge();
    expect(world.down.writes()).toEqual([`PATCH ${web}`]);
    await world.converge();
    expect(world.down.writes()).toHaveLength(1);
  });

  test('of fields that are not ours is left alone', async () => {
    const world = await new World().synced(webDeployment());
    world.down.edit(world.type, key, withSpec({ replicas: 3, paused: true }));
    await world.converge();
    expect(world.down.requests).toEqual([]);
  });

  test('of the owner label, which takes the copy out of our watch, is repaired', async () => {
    const world = await new World().synced(webDeployment());
    const { uid } = world.copy()!.metadata;
    world.down.edit(world.type, key, withoutOwnerLabel);
    await world.converge();
    expect(world.copy()?.metadata).toMatchObject({ uid, labels: { [ownerLabel]: identity.owner } });
  });

  test('of the owner label is repaired after a restart too', async () => {
    const world = await new World().synced(webDeployment());
    const { uid } = world.copy()!.metadata;
    world.down.edit(world.type, key, withoutOwnerLabel);
    world.restart();
    world.ctx.store.removeDown(world.pair()!);
    await world.converge();
    expect(world.copy()?.metadata).toMatchObject({ uid, labels: { [ownerLabel]: identity.owner } });
  });

  test('of our annotations is repaired', async () => {
    const world = await new World().synced(webDeployment());
    world.down.edit(
      world.type,
      key,
      withAnnotations(() => ({})),
    );
    await world.converge();
    expect(mark(world.copy(), annotations.upstream)).toBe(key);
  });

  test('of managedFields, which somebody wiped, is repaired', async () => {
    const world = await new World().synced(webDeployment());
    world.down.edit(world.type, key, ({ metadata, ...object }) => ({
      ...object,
      metadata: { ...metadata, managedFields: [] },
    }));
    await world.converge();
    expect(world.copy()?.metadata.managedFields).toMatchObject([{ manager: fieldManager, operation: 'Apply' }]);
  });

  test('that comes again and again is put back ever more slowly, and said why', async () => {
    const world = await new World().synced(webDeployment());
    for (let i = 0; i < 5; i++) {
      world.down.edit(world.type, key, withSpec({ replicas: 10 + i }));
      await world.converge();
    }
    world.down.edit(world.type, key, withSpec({ replicas: 99 }));
    world.hear();
    expect(await world.reconcile()).toMatchObject({
      outcome: { kind: 'requeueAfter', ms: 1_000 },
      waiting: { reason: 'Drifted' },
    });
    expect(world.copy()?.['spec']).toEqual({ replicas: 99 });
  });

  test('does not hold up a change upstream, however often it comes', async () => {
    const world = await new World().synced(webDeployment());
    for (let i = 0; i < 9; i++) {
      world.down.edit(world.type, key, withSpec({ replicas: 10 + i }));
      await world.clock.advance(10_000);
      world.hear();
      await world.reconcile();
    }
    world.down.edit(world.type, key, withSpec({ replicas: 99 }));
    world.up.edit(world.type, key, withSpec({ replicas: 4 }));
    await world.converge();
    expect(world.copy()?.['spec']).toEqual({ replicas: 4 });
  });

  test('that a webhook makes in every write is no drift, and is not fought', async () => {
    const world = new World();
    world.down.admission = (object) =>
      object.kind === 'Deployment'
        ? { ...object, spec: { ...(object['spec'] as object), injected: 'sidecar' } }
        : object;
    await world.synced(webDeployment());
    await world.converge();
    expect(world.down.requests).toEqual([]);
    expect(world.copy()?.['spec']).toEqual({ replicas: 3, injected: 'sidecar' });
  });
});

describe('the finalizer upstream', () => {
  test('that somebody took off is put back, and the copy is not written', async () => {
    const world = await new World().synced(webDeployment());
    world.up.edit(world.type, key, ({ metadata, ...object }) => ({
      ...object,
      metadata: { ...metadata, finalizers: [] },
    }));
    await world.converge();
    expect(world.upstreamObject()?.metadata.finalizers).toEqual([identity.finalizer]);
    expect(world.down.requests).toEqual([]);
  });

  test('is put back with the uid of the object that lost it', async () => {
    const world = await new World().synced(webDeployment());
    world.up.edit(world.type, key, ({ metadata, ...object }) => ({
      ...object,
      metadata: { ...metadata, finalizers: [] },
    }));
    world.hear();
    world.up.purge(world.type, key);
    await expect(world.reconcile()).rejects.toMatchObject({ status: 409 });
    expect(world.upstreamObject()).toBeUndefined();
  });
});

describe('the copy is not the one that we knew', () => {
  test('but another object of its name: that one is not touched', async () => {
    const world = await new World().synced(webDeployment());
    world.down.remove(world.type, key);
    const foreign = world.down.put(world.type, webDeployment({ replicas: 1 }));
    world.up.edit(world.type, key, withSpec({ replicas: 5 }));
    world.hearSide('upstream');
    expect(await world.reconcile()).toMatchObject({ outcome: { kind: 'requeueAfter', ms: 0 } });
    await expect(world.converge()).rejects.toMatchObject({ reason: 'ConflictUnowned' });
    expect(world.copy()).toBe(foreign);
  });

  test('for it was deleted: the write does not bring it back half-made, the next creates it', async () => {
    const world = await new World().synced(webDeployment());
    const { uid } = world.copy()!.metadata;
    world.down.remove(world.type, key);
    world.up.edit(world.type, key, withSpec({ replicas: 5 }));
    world.hearSide('upstream');
    await world.reconcile();
    expect(world.copy()).toBeUndefined();
    await world.converge();
    expect(world.copy()).toMatchObject({ spec: { replicas: 5 } });
    expect(world.copy()?.metadata.uid).not.toBe(uid);
  });
});

describe('nothing is written', () => {
  test('while it is not known which cluster answers (S7)', async () => {
    const world = await new World().synced(webDeployment());
    world.up.edit(world.type, key, withSpec({ replicas: 5 }));
    world.hear();
    world.doubt = new Error('another cluster');
    await expect(world.reconcile()).rejects.toThrow('another cluster');
    expect(world.down.requests).toEqual([]);
  });

  test('to the copy of an object that is deleted while our finalizer is put back', async () => {
    const world = await new World().synced(webDeployment());
    world.up.edit(world.type, key, ({ metadata, ...object }) => ({
      ...object,
      metadata: { ...metadata, finalizers: ['example.com/theirs'] },
    }));
    world.up.edit(world.type, key, withSpec({ replicas: 5 }));
    world.hear();
    world.removeBeforeReply();
    await world.reconcile();
    expect(world.down.writes()).toEqual([]);
  });

  test('into a namespace that is going: that is waited for (S12)', async () => {
    const world = await new World().synced(webDeployment());
    world.down.edit(namespacesType, 'default', ({ metadata, ...object }) => ({
      ...object,
      metadata: { ...metadata, deletionTimestamp: '2026-01-01T00:00:00Z', finalizers: ['kubernetes'] },
    }));
    world.ctx.namespaces.forget('default');
    world.up.edit(world.type, key, withSpec({ replicas: 5 }));
    world.hear();
    expect(await world.reconcile()).toMatchObject({ waiting: { reason: 'NamespaceTerminating' } });
    expect(world.copy()?.['spec']).toEqual({ replicas: 3 });
  });
});
