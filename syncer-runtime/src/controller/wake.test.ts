import { settle } from '../base/clock.fixture.js';
import type { Side } from '../base/sides.js';
import { configMaps } from '../informer/fake-server.fixture.js';
import { slotOf } from '../informer/parked.js';
import type { ReflectorSink } from '../informer/reflector-sink.js';
import type { KubeObject } from '../object/types.js';
import type { TypeContext } from '../sync/context.js';
import { configMap, marksOf, webDeployment, World } from '../sync/world.fixture.js';
import { downstreamSink, upstreamSink, type WakeTarget } from './wake.js';

const key = 'default/web';

/** Writes down what the sinks tell. */
class Listener implements WakeTarget {
  readonly woken: string[] = [];
  readonly told: string[] = [];

  constructor(readonly ctx: TypeContext) {}

  wake(woken: string): void {
    this.woken.push(woken);
  }

  completed(side: Side): void {
    this.told.push(`completed ${side}`);
  }

  relisted(side: Side): void {
    this.told.push(`relisted ${side}`);
  }

  failed(side: Side): void {
    this.told.push(`failed ${side}`);
  }

  recovered(side: Side): void {
    this.told.push(`recovered ${side}`);
  }

  copyFromTheFuture(copy: string): void {
    this.told.push(`from the future ${copy}`);
  }

  timeTravel(side: Side): void {
    this.told.push(`timeTravel ${side}`);
  }
}

interface Setting {
  world: World;
  listener: Listener;
  upstream: ReflectorSink;
  downstream: ReflectorSink;
}

/** Sinks of a type without status, of which nothing is known. */
function setup(scope = ''): Setting {
  const world = new World({ type: configMaps });
  const listener = new Listener(world.ctx);
  for (const side of ['upstream', 'downstream'] as const) world.ctx.store.setScopes(side, [scope]);
  return {
    world,
    listener,
    upstream: upstreamSink(listener, scope),
    downstream: downstreamSink(listener, scope),
  };
}

/** A setting in which `web` is in step. */
async function synced(): Promise<Setting> {
  const setting = setup();
  await setting.world.synced(configMap());
  return setting;
}

function list(sink: ReflectorSink, ...objects: KubeObject[]): void {
  sink.listStarted();
  void sink.page(objects, objects.length * 100);
  sink.listed('100');
}

function version(object: KubeObject, rv: string, more: object = {}): KubeObject {
  return { ...object, ...more, metadata: { uid: 'uid', ...object.metadata, resourceVersion: rv } };
}

function event(sink: ReflectorSink, type: 'ADDED' | 'MODIFIED' | 'DELETED', object: KubeObject): void {
  sink.event({ type, object, bytes: 100 });
}

/** A copy of ours that nobody knows of yet. */
function ourCopy(rv: string, more: Partial<KubeObject['metadata']> = {}): KubeObject {
  const managedFields = [{ manager: 'kcp-syncer', operation: 'Apply', fieldsV1: { 'f:data': {} } }];
  return version(configMap({ a: '1' }, { ...marksOf(key, 'up-1'), managedFields, ...more }), rv);
}

describe('an event upstream', () => {
  test('wakes its key and parks the object with its size', () => {
    const { world, listener, upstream } = setup();
    event(upstream, 'ADDED', version(configMap(), '7'));
    expect(listener.woken).toEqual([key]);
    expect(world.ctx.parked.bytes).toBe(100);
    expect(world.ctx.parked.take(slotOf('configmaps', 'upstream', key), '7')?.object['data']).toEqual({ a: '1' });
  });

  test('is parked without managedFields, and with everything else', () => {
    const { world, upstream } = setup();
    const object = configMap(
      { a: '1' },
      { managedFields: [{ manager: 'kubectl' }], finalizers: ['x'], labels: { l: '1' } },
    );
    event(upstream, 'ADDED', version(object, '7'));
    const parked = world.ctx.parked.take(slotOf('configmaps', 'upstream', key), '7');
    expect(parked?.object.metadata).toEqual({
      name: 'web',
      namespace: 'default',
      uid: 'uid',
      finalizers: ['x'],
      labels: { l: '1' },
      resourceVersion: '7',
    });
  });

  test('that leaves the pair in step wakes nobody, and what is parked goes', async () => {
    const { world, listener, upstream } = await synced();
    const object = world.upstreamObject()!;
    world.ctx.parked.park(slotOf('configmaps', 'upstream', key), { side: 'upstream', rv: 'old', bytes: 50, object });
    event(upstream, 'MODIFIED', version(object, '9999', { metadata: { ...object.metadata, managedFields: [] } }));
    expect(listener.woken).toEqual([]);
    expect(world.ctx.parked.bytes).toBe(0);
  });

  test('of an object that is not selected wakes nobody', () => {
    const world = new World({ type: configMaps, isSelected: () => false });
    const listener = new Listener(world.ctx);
    event(upstreamSink(listener, ''), 'ADDED', version(configMap(), '7'));
    expect([listener.woken, world.ctx.parked.bytes]).toEqual([[], 0]);
  });

  test('that tells of a deletion wakes the key, and says that it was seen', async () => {
    const { world, listener, upstream } = await synced();
    const object = world.upstreamObject()!;
    event(upstream, 'DELETED', object);
    expect(listener.woken).toEqual([key]);
    expect(world.pair()).toMatchObject({ gone: object.metadata.uid });
    expect(world.pair()?.up).toBeUndefined();
  });

  test('that tells of the deletion of another object than we know changes nothing', async () => {
    const { world, listener, upstream } = await synced();
    event(upstream, 'DELETED', version(configMap({}, { uid: 'another' }), '9999'));
    expect(listener.woken).toEqual([]);
    expect(world.pair()?.up).toBeDefined();
  });

  test('of a deletion that nobody knows of changes nothing', () => {
    const { world, listener, upstream } = setup();
    event(upstream, 'DELETED', version(configMap(), '7'));
    expect([listener.woken, world.ctx.store.size]).toEqual([[], 0]);
  });
});

describe('an event downstream', () => {
  test('of our copy wakes the upstream key, with managedFields', () => {
    const { world, listener, downstream } = setup();
    event(downstream, 'ADDED', ourCopy('7'));
    expect(listener.woken).toEqual([key]);
    const parked = world.ctx.parked.take(slotOf('configmaps', 'downstream', key), '7');
    expect(parked?.object.metadata.managedFields).toHaveLength(1);
  });

  test.each<[string, Partial<KubeObject['metadata']>]>([
    ['names another object', { annotations: marksOf('default/other', 'up-1').annotations! }],
    ['was not applied by us', { managedFields: [] }],
    [
      'has a controller owner',
      { ownerReferences: [{ apiVersion: 'v1', kind: 'A', name: 'a', uid: 'a', controller: true }] },
    ],
  ])('of an object with our label that %s wakes nobody (S2)', (_, metadata) => {
    const { world, listener, downstream } = setup();
    event(downstream, 'ADDED', ourCopy('7', metadata));
    expect([listener.woken, world.ctx.store.size]).toEqual([[], 0]);
  });

  test('of our copy that lost its marks still wakes its key: we know its uid', async () => {
    const { world, listener, downstream } = await synced();
    const copy = world.copy()!;
    const { annotations: _, ...metadata } = copy.metadata;
    event(downstream, 'MODIFIED', { ...copy, metadata: { ...metadata, resourceVersion: '9999' } });
    expect(listener.woken).toEqual([key]);
    expect(world.pair()?.down?.sent).toBe('');
  });

  test('that tells that the copy is gone wakes its key', async () => {
    const { world, listener, downstream } = await synced();
    event(downstream, 'DELETED', world.copy()!);
    expect(listener.woken).toEqual([key]);
    expect(world.pair()?.down).toBeUndefined();
  });

  test('that tells that another object of the name is gone changes nothing', async () => {
    const { world, listener, downstream } = await synced();
    event(downstream, 'DELETED', ourCopy('9999', { uid: 'another' }));
    expect(listener.woken).toEqual([]);
    expect(world.pair()?.down).toBeDefined();
  });

  test('of a drifted copy wakes its key', async () => {
    const { world, listener, downstream } = await synced();
    const copy = world.copy()!;
    event(downstream, 'MODIFIED', {
      ...copy,
      metadata: { ...copy.metadata, resourceVersion: '9999', managedFields: [] },
    });
    expect(listener.woken).toEqual([key]);
  });
});

describe('a list', () => {
  test('completes its side at its end, not before', () => {
    const { world, listener, upstream } = setup();
    upstream.listStarted();
    void upstream.page([version(configMap(), '7')], 100);
    expect([world.ctx.store.isComplete('upstream'), listener.told]).toEqual([false, []]);
    upstream.listed('100');
    expect([world.ctx.store.isComplete('upstream'), listener.told]).toEqual([true, ['completed upstream']]);
  });

  test('takes away what it did not bring, and says that nobody saw it go', async () => {
    const { world, listener, upstream } = await synced();
    list(upstream);
    expect(listener.woken).toEqual([key]);
    expect(world.pair()).toMatchObject({ inferred: true });
    expect(world.pair()?.gone).toBeUndefined();
  });

  test('downstream takes away copies that it did not bring', async () => {
    const { world, listener, downstream } = await synced();
    list(downstream);
    expect(listener.woken).toEqual([key]);
    expect(world.pair()?.down).toBeUndefined();
  });

  test('that is not complete takes nothing away', async () => {
    const { world, listener, upstream } = await synced();
    upstream.listStarted();
    upstream.failed(new Error('503'));
    upstream.listStarted();
    expect(listener.told).toContain('failed upstream');
    expect([listener.woken, world.pair()?.up !== undefined]).toEqual([[], true]);
  });

  test('counts from its last beginning: what came after that is not taken away', () => {
    const { world, upstream } = setup();
    upstream.listStarted();
    upstream.listStarted();
    void upstream.page([version(configMap(), '7')], 100);
    upstream.listed('100');
    expect(world.pair()?.up).toBeDefined();
  });

  test('after the first says so: it may be another server that answers', () => {
    const { listener, downstream } = setup();
    list(downstream);
    expect(listener.told).toEqual(['completed downstream']);
    list(downstream);
    expect(listener.told).toEqual(['completed downstream', 'relisted downstream', 'completed downstream']);
  });

  test('of one namespace completes the side only with those of the others', () => {
    const { world, listener } = setup('team');
    world.ctx.store.setScopes('upstream', ['other']);
    list(upstreamSink(listener, 'team'));
    expect(listener.told).toEqual([]);
    list(upstreamSink(listener, 'other'));
    expect(listener.told).toEqual(['completed upstream']);
  });

  test('of pairs in step wakes nobody', async () => {
    const { world, listener, upstream, downstream } = await synced();
    list(upstream, world.upstreamObject()!);
    list(downstream, world.copy()!);
    expect(listener.woken).toEqual([]);
  });

  test('counts for each object its share of the page', () => {
    const { world, upstream } = setup();
    upstream.listStarted();
    const objects = ['a', 'b', 'c'].map((name) => version(configMap({}, { name }), '7'));
    void upstream.page(objects, 1_000);
    expect(world.ctx.parked.bytes).toBe(3 * 334);
  });
});

describe('the next page', () => {
  /** Whether the sink lets the next page come at once, after one that fills the bound. */
  async function isLetIn(prepare: (setting: Setting) => void): Promise<boolean> {
    const setting = setup();
    prepare(setting);
    setting.upstream.listStarted();
    const let_ = jest.fn();
    const page = setting.upstream.page([version(configMap(), '7')], 10 * 1024 * 1024);
    void Promise.resolve(page).then(let_);
    await settle();
    return let_.mock.calls.length > 0;
  }

  test('waits while more than half of the bound is parked', async () => {
    expect(
      await isLetIn(({ downstream }) => {
        list(downstream);
      }),
    ).toBe(false);
  });

  test('does not wait before the cluster was listed: nothing can be worked before', async () => {
    expect(await isLetIn(() => undefined)).toBe(true);
  });

  test('does not wait because of parked copies that nobody can work before their upstream objects are listed', async () => {
    const setting = setup();
    const large = ourCopy('7');
    setting.downstream.listStarted();
    void setting.downstream.page([large], 10 * 1024 * 1024);
    setting.downstream.listed('100');
    setting.upstream.listStarted();
    const let_ = jest.fn();
    void Promise.resolve(setting.upstream.page([version(configMap({}, { name: 'other' }), '8')], 100)).then(let_);
    await settle();
    expect(let_).toHaveBeenCalled();
  });
});

test('what goes wrong, and that it is over, is passed on with its side', () => {
  const { listener, upstream, downstream } = setup();
  upstream.failed(new Error('x'));
  upstream.recovered();
  downstream.timeTravel();
  expect(listener.told).toEqual(['failed upstream', 'recovered upstream', 'timeTravel downstream']);
});

test('a type with status is woken for its status too', async () => {
  const world = await new World().synced(webDeployment());
  const listener = new Listener(world.ctx);
  const copy = world.copy()!;
  event(downstreamSink(listener, ''), 'MODIFIED', {
    ...copy,
    status: { readyReplicas: 1 },
    metadata: { ...copy.metadata, resourceVersion: '9999' },
  });
  expect(listener.woken).toEqual([key]);
});
