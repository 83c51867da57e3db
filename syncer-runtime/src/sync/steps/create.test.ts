import { configMaps, namespacesType } from '../../informer/fake-server.fixture.js';
import { slotOf } from '../../informer/parked.js';
import { annotations, ownerLabel } from '../../object/marks.js';
import type { KubeObject } from '../../object/types.js';
import { compileTransformations } from '../../transforms/compile.js';
import { configMap, identity, marksOf, ourClaim, webDeployment, World, type WorldOptions } from '../world.fixture.js';

/** A world in which one object waits upstream, and both sides were listed. */
function worldWith(object: KubeObject, options: WorldOptions = {}): World {
  const world = new World(options);
  world.up.put(world.type, object);
  world.see();
  world.up.requests.length = 0;
  world.down.requests.length = 0;
  return world;
}

describe('a new object with status', () => {
  test('gets our finalizer before its copy is made (S23)', async () => {
    const world = worldWith(webDeployment());
    const heldBefore: unknown[] = [];
    world.down.fault = ({ path }) => {
      if (path.includes('/deployments/web')) heldBefore.push(world.upstreamObject()?.metadata.finalizers);
      return undefined;
    };
    expect(await world.reconcile()).toMatchObject({ operation: 'create', outcome: { kind: 'done' } });
    expect(heldBefore).toEqual([[identity.finalizer]]);
    expect(world.copy()?.['spec']).toEqual({ replicas: 3 });
  });

  test('costs one write up, one down, one for the claim of its namespace, and no read of either object', async () => {
    const world = worldWith(webDeployment());
    await world.converge();
    expect(world.up.requests.map(({ method }) => method)).toEqual(['PATCH']);
    expect(world.down.writes()).toEqual([
      'PATCH /api/v1/namespaces/default',
      'PATCH /apis/apps/v1/namespaces/default/deployments/web',
    ]);
    expect(world.down.requests.filter(({ method, path }) => method === 'GET' && path.includes('/web'))).toEqual([]);
  });

  test('carries the marks on its copy', async () => {
    const world = worldWith(webDeployment({ replicas: 3 }, { labels: { app: 'web' }, annotations: { note: 'mine' } }));
    await world.reconcile();
    const { labels, annotations: marks, finalizers, ownerReferences } = world.copy()!.metadata;
    expect(labels).toEqual({ app: 'web', [ownerLabel]: identity.owner });
    expect(marks).toEqual({
      note: 'mine',
      [annotations.syncTarget]: 'my-cluster',
      [annotations.workspace]: 'root:team-a',
      [annotations.upstream]: 'default/web',
      [annotations.upstreamUid]: world.upstreamObject()!.metadata.uid,
      [annotations.syncGeneration]: '1',
      [annotations.applied]: expect.stringMatching(/^v1:[0-9a-f]{40}$/) as string,
      [annotations.lastSync]: '2026-01-01T00:00:00Z',
    });
    expect([finalizers, ownerReferences]).toEqual([undefined, undefined]);
  });

  test('is written create-only: by no apply that could merge into what is there (S3)', async () => {
    const world = worldWith(webDeployment());
    await world.reconcile();
    const apply = world.down.requests.find(({ path }) => path.includes('/deployments/web'));
    expect(JSON.parse(apply?.body ?? '')).toMatchObject({ metadata: { resourceVersion: '1' } });
  });

  test('keeps the finalizers of others', async () => {
    const world = worldWith(webDeployment({ replicas: 3 }, { finalizers: ['example.com/theirs'] }));
    await world.reconcile();
    expect(world.upstreamObject()?.metadata.finalizers).toEqual(['example.com/theirs', identity.finalizer]);
  });
});

describe('a new object without status', () => {
  test('costs one write, and nothing is written upstream', async () => {
    const world = worldWith(configMap(), { type: configMaps });
    await world.converge();
    expect(world.up.requests).toEqual([]);
    expect(world.down.writes()).toContain('PATCH /api/v1/namespaces/default/configmaps/web');
    expect(world.copy()?.['data']).toEqual({ a: '1' });
  });

  test('may have a key that JavaScript reserves', async () => {
    const data = JSON.parse('{"__proto__": "kept", "constructor": "kept too"}') as object;
    const world = worldWith(configMap(data), { type: configMaps });
    await world.converge();
    expect(JSON.stringify(world.copy()?.['data'])).toBe('{"__proto__":"kept","constructor":"kept too"}');
  });
});

describe('nothing is created', () => {
  test('before the first list of the cluster is complete (S35)', async () => {
    const world = new World();
    world.up.put(world.type, webDeployment());
    world.seeSide('upstream');
    expect(await world.reconcile()).toMatchObject({ operation: 'wait', waiting: { reason: 'Starting' } });
    expect([...world.up.writes(), ...world.down.writes()]).toEqual([]);
  });

  test('for an object that is first seen going (S12)', async () => {
    const world = worldWith(webDeployment({ replicas: 3 }, { finalizers: ['example.com/theirs'] }));
    world.up.remove(world.type, 'default/web');
    world.restart();
    expect(await world.reconcile()).toMatchObject({ operation: 'none' });
    expect(world.down.list(world.type)).toEqual([]);
  });

  test('for an object that is deleted while our finalizer is put on', async () => {
    const world = worldWith(webDeployment());
    world.removeBeforeReply();
    await world.reconcile();
    expect(world.down.writes()).not.toContain('PATCH /apis/apps/v1/namespaces/default/deployments/web');
    await world.converge();
    expect([world.upstreamObject(), world.copy()]).toEqual([undefined, undefined]);
  });

  test('for an object whose end is told before the answer that still shows it', async () => {
    const world = new World({ type: configMaps, definition: { kind: 'builtIn' } });
    world.see();
    world.up.put(world.type, configMap());
    world.hear();
    world.ctx.parked.drop(slotOf(world.ctx.typeName, 'upstream', 'default/web'));
    world.removeBeforeReply();
    await world.reconcile();
    expect(world.down.writes()).toEqual([]);
    expect(world.pair()).toBeUndefined();
  });

  test('for an object that is not selected', async () => {
    const world = worldWith(webDeployment(), { isSelected: () => false });
    expect(await world.reconcile()).toMatchObject({ operation: 'none' });
    expect([...world.up.writes(), ...world.down.writes()]).toEqual([]);
  });

  test('for a first copy while the SyncTarget takes no new objects (S33)', async () => {
    const world = worldWith(webDeployment());
    world.unschedulable = true;
    expect(await world.reconcile()).toMatchObject({ operation: 'wait', waiting: { reason: 'Unschedulable' } });
    expect([...world.up.writes(), ...world.down.writes()]).toEqual([]);
    world.unschedulable = false;
    await world.converge();
    expect(world.copy()).toBeDefined();
  });

  test('while it is not known which cluster answers (S7)', async () => {
    const world = worldWith(webDeployment());
    world.doubt = new Error('another cluster');
    await expect(world.reconcile()).rejects.toThrow('another cluster');
    expect([...world.up.writes(), ...world.down.writes()]).toEqual([]);
  });

  test('in a cluster that began to be doubted while the finalizer was put on', async () => {
    const world = worldWith(webDeployment());
    world.up.beforeReply = () => {
      world.doubt = new Error('another cluster');
      return undefined;
    };
    await expect(world.reconcile()).rejects.toThrow('another cluster');
    expect(world.copy()).toBeUndefined();
  });

  test('for an object that is gone by the time its finalizer is put on, and it does not come back by that', async () => {
    const world = worldWith(webDeployment());
    world.up.remove(world.type, 'default/web');
    await expect(world.reconcile()).rejects.toMatchObject({ status: 409 });
    expect([world.upstreamObject(), world.copy()]).toEqual([undefined, undefined]);
  });

  test('for an object whose name another one has by then', async () => {
    const world = worldWith(webDeployment());
    world.up.remove(world.type, 'default/web');
    world.up.put(world.type, webDeployment({ replicas: 9 }));
    await expect(world.reconcile()).rejects.toMatchObject({ status: 422 });
    expect(world.upstreamObject()?.metadata.finalizers).toBeUndefined();
    expect(world.copy()).toBeUndefined();
    expect(await world.converge()).toBeDefined();
    expect(world.copy()?.['spec']).toEqual({ replicas: 9 });
  });

  test('in a type that the cluster does not serve', async () => {
    const world = worldWith(webDeployment());
    world.servedDownstream = false;
    expect(await world.reconcile()).toMatchObject({ operation: 'none' });
    expect(world.down.requests).toEqual([]);
  });
});

describe('an object of the same name is in the cluster', () => {
  const refused = async (existing: KubeObject): Promise<World> => {
    const world = worldWith(webDeployment());
    const before = world.down.put(world.type, existing);
    await expect(world.reconcile()).rejects.toMatchObject({ name: 'TerminalError', retryAfterMs: 30_000 });
    expect(world.copy()).toBe(before);
    return world;
  };

  test('and was made by somebody else: it is left alone, and kcp is told what to do (S3)', async () => {
    const world = await refused(webDeployment({ replicas: 1 }));
    await expect(world.reconcile()).rejects.toMatchObject({
      reason: 'ConflictUnowned',
      message: expect.stringContaining('Deployment default/web exists in the cluster') as string,
    });
  });

  test('and belongs to another syncer: it is left alone, and who that is is not told (S4)', async () => {
    const theirs = marksOf('default/web', 'uid-of-theirs');
    const world = await refused(
      webDeployment(
        { replicas: 1 },
        {
          labels: { [ownerLabel]: 'another-owner' },
          annotations: { ...theirs.annotations, [annotations.syncTarget]: 'secret-tenant' },
        },
      ),
    );
    const failure: unknown = await world.reconcile().catch((error: unknown) => error);
    expect(failure).toMatchObject({ reason: 'ConflictOtherSyncer' });
    expect(String(failure)).not.toContain('secret-tenant');
  });

  test("and somebody copied our marks to it from another object: it is nobody's business of ours (S2)", async () => {
    const world = await refused(webDeployment({ replicas: 1 }, marksOf('default/another', 'uid-of-another')));
    await expect(world.reconcile()).rejects.toMatchObject({ reason: 'ConflictUnowned' });
  });

  test('and has our marks, but a controller owner: it is not ours (S2)', async () => {
    const world = new World();
    const upstream = world.up.put(world.type, webDeployment());
    world.see();
    const ownerReferences = [{ apiVersion: 'v1', kind: 'Web', name: 'web', uid: 'x', controller: true }];
    const before = world.down.put(
      world.type,
      webDeployment({ replicas: 1 }, { ...marksOf('default/web', upstream.metadata.uid!), ownerReferences }),
    );
    await expect(world.reconcile()).rejects.toMatchObject({ reason: 'ConflictUnowned' });
    expect(world.copy()).toBe(before);
  });

  test('and is our copy that no list told of: it is brought in step', async () => {
    const world = await new World().synced(webDeployment());
    world.ctx.store.removeDown(world.pair()!);
    world.up.edit(world.type, 'default/web', (web) => ({ ...web, spec: { replicas: 5 } }));
    const { uid } = world.copy()!.metadata;
    await world.converge();
    expect(world.copy()).toMatchObject({ metadata: { uid }, spec: { replicas: 5 } });
  });

  test('and is our copy of the former object of that name, which nobody saw go: it is linked anew (S16)', async () => {
    const world = await new World().synced(webDeployment());
    const { uid } = world.copy()!.metadata;
    world.up.purge(world.type, 'default/web');
    const successor = world.up.put(world.type, webDeployment({ replicas: 5 }));
    world.restart();
    world.ctx.store.removeDown(world.pair()!);
    await world.converge();
    expect(world.copy()).toMatchObject({ metadata: { uid }, spec: { replicas: 5 } });
    expect(world.copy()?.metadata.annotations?.[annotations.upstreamUid]).toBe(successor.metadata.uid);
  });

  test('and is our copy, going: nothing is applied to it, and a new one is made when it is gone (S12)', async () => {
    const world = await new World().synced(webDeployment());
    const { uid } = world.down.edit(world.type, 'default/web', withFinalizer).metadata;
    world.down.remove(world.type, 'default/web');
    world.restart();
    world.ctx.store.removeDown(world.pair()!);
    world.down.requests.length = 0;
    expect(await world.reconcile()).toMatchObject({ operation: 'wait' });
    expect(world.copy()?.metadata.uid).toBe(uid);
    world.hear();
    world.down.purge(world.type, 'default/web');
    await world.converge();
    expect(world.copy()?.metadata.uid).not.toBe(uid);
  });
});

function withFinalizer(object: KubeObject): KubeObject {
  return { ...object, metadata: { ...object.metadata, finalizers: ['example.com/slow'] } };
}

describe('the copy was deleted in the cluster', () => {
  test('it is made again at once (S22)', async () => {
    const world = await new World().synced(webDeployment());
    world.down.remove(world.type, 'default/web');
    await world.converge();
    expect(world.copy()?.['spec']).toEqual({ replicas: 3 });
  });

  test('again and again: it is made again ever more slowly, and said why', async () => {
    const world = await new World().synced(webDeployment());
    for (let i = 0; i < 5; i++) {
      world.down.remove(world.type, 'default/web');
      await world.converge();
    }
    world.down.remove(world.type, 'default/web');
    world.hear();
    expect(await world.reconcile()).toMatchObject({
      outcome: { kind: 'requeueAfter', ms: 1_000 },
      waiting: { reason: 'Drifted' },
    });
    expect(world.copy()).toBeUndefined();
    await world.clock.advance(1_000);
    await world.converge();
    expect(world.copy()).toBeDefined();
  });

  test('and cannot be made again: the reason is what the server says, not that somebody deletes it', async () => {
    const world = await new World().synced(webDeployment());
    world.down.remove(world.type, 'default/web');
    world.hear();
    world.down.fault = ({ method }) =>
      method === 'PATCH'
        ? world.down.refusal(403, 'Forbidden', { message: 'deployments.apps "web" is forbidden: exceeded quota: q' })
        : undefined;
    for (let i = 0; i < 10; i++) await expect(world.reconcile()).rejects.toMatchObject({ status: 403 });
  });
});

describe('the namespace of the copy', () => {
  test('is created when it is not there, as ours and with the baseline policy (S6)', async () => {
    const world = new World();
    world.up.put(namespacesType, { metadata: { name: 'team' } });
    world.up.put(world.type, webDeployment({ replicas: 3 }, { namespace: 'team' }));
    world.see();
    await world.reconcile('team/web');
    expect(world.down.get(namespacesType, 'team')?.metadata).toMatchObject({
      labels: { 'pod-security.kubernetes.io/enforce': 'baseline' },
      annotations: { [annotations.namespaceClaim]: ourClaim('team'), [annotations.namespaceCreated]: 'true' },
    });
    expect(world.copy('team/web')).toBeDefined();
  });

  test('that was there before is claimed when it may be used, and not marked as made by us', async () => {
    const world = worldWith(webDeployment());
    await world.reconcile();
    expect(world.down.get(namespacesType, 'default')?.metadata.annotations).toEqual({
      [annotations.namespaceClaim]: ourClaim('default'),
    });
  });

  test.each<{ which: string; options: WorldOptions; metadata: object; reason: string }>([
    {
      which: 'may not be used is refused',
      options: { mayUseExisting: () => false },
      metadata: {},
      reason: 'NamespaceUnowned',
    },
    {
      which: 'is protected is refused',
      options: { isProtected: () => true },
      metadata: {},
      reason: 'NamespaceProtected',
    },
    {
      which: 'another claims is refused',
      options: {},
      metadata: { annotations: { [annotations.namespaceClaim]: 'x/y/z' } },
      reason: 'NamespaceClaimed',
    },
    {
      which: 'is going is waited for',
      options: {},
      metadata: { deletionTimestamp: '2026-01-01T00:00:00Z', finalizers: ['kubernetes'] },
      reason: 'NamespaceTerminating',
    },
  ])('that $which, and nothing is written on either side', async ({ options, metadata, reason }) => {
    const world = worldWith(webDeployment(), options);
    world.down.put(namespacesType, { metadata: { name: 'default', ...metadata } });
    expect(await world.reconcile()).toMatchObject({
      outcome: { kind: 'requeueAfter', ms: 30_000 },
      waiting: { reason, message: expect.stringContaining('default') as string },
    });
    expect([...world.up.writes(), ...world.down.writes()]).toEqual([]);
  });
});

test('an object that went while its copy was being made is remembered: the copy will not be lost (S35)', async () => {
  const world = worldWith(configMap(), { type: configMaps });
  world.down.beforeReply = ({ path }) => {
    if (!path.includes('/configmaps/') || !world.upstreamObject()) return undefined;
    world.up.remove(world.type, 'default/web');
    world.hearSide('upstream');
    return undefined;
  };
  await world.reconcile();
  expect(world.pair()).toMatchObject({ down: { uid: world.copy()?.metadata.uid } });
  await world.converge();
  expect(world.copy()).toBeUndefined();
});

describe('transformations', () => {
  const transformations = compileTransformations([
    {
      name: 'more',
      match: { selector: { matchLabels: { app: 'web' } } },
      mergePatch: { data: { more: 'b' }, metadata: { annotations: { 'syncer.kcp.io/upstream': 'x/y' } } },
    },
  ]);

  test('what they ask for goes down, and our marks stay ours', async () => {
    const world = worldWith(configMap({ a: '1' }, { labels: { app: 'web' } }), { type: configMaps, transformations });
    expect(await world.reconcile()).toMatchObject({ operation: 'create', transformedBy: ['more'] });
    expect(world.copy()).toMatchObject({
      data: { a: '1', more: 'b' },
      metadata: { annotations: { [annotations.upstream]: 'default/web' } },
    });
  });

  test('a changed configuration is applied after a restart, once', async () => {
    const world = await new World({ type: configMaps }).synced(configMap({ a: '1' }, { labels: { app: 'web' } }));
    world.options = { type: configMaps, transformations };
    world.restart();
    expect(await world.reconcile()).toMatchObject({ operation: 'update', transformedBy: ['more'] });
    expect(world.copy()?.['data']).toEqual({ a: '1', more: 'b' });
    world.restart();
    world.down.requests.length = 0;
    expect(await world.converge()).toMatchObject({ operation: 'none' });
    expect(world.down.writes()).toEqual([]);
  });

  test('one that fails keeps its object from going down, and names itself', async () => {
    const failing = compileTransformations([{ name: 'bad', patch: [{ op: 'remove', path: '/spec/x' }] }]);
    const world = worldWith(configMap(), { type: configMaps, transformations: failing });
    await expect(world.reconcile()).rejects.toMatchObject({
      reason: 'TransformationFailed',
      message: expect.stringContaining('"bad" cannot be applied: patch[0] (remove /spec/x)') as string,
    });
    expect(world.down.writes()).toEqual([]);
  });
});
