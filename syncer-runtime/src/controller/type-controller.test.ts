import { FakeClock, settle } from '../base/clock.fixture.js';
import type { Side } from '../base/sides.js';
import { configMaps, deployments, FakeServer } from '../informer/fake-server.fixture.js';
import type { KubeObject, ResourceType } from '../object/types.js';
import type { TypeDefinition } from '../sync/evidence/verdict.js';
import {
  configMap,
  crds,
  deploymentsCrd,
  fakeWorkspace,
  identity,
  logicalCluster,
  sharedContext,
  webDeployment,
  workspaceUid,
  type MemoryLogger,
} from '../sync/world.fixture.js';
import { TypeController } from './type-controller.js';

const key = 'default/web';
const remade: TypeDefinition = { kind: 'crd', name: 'deployments.apps', uid: 'crd-uid-2', deleting: false };

interface Options {
  readonly type?: ResourceType;
  readonly storedIdentity?: string;
  readonly storedHold?: string;
}

/** Two servers that outlive the controllers between them. */
class Setting {
  readonly clock = new FakeClock();
  readonly up = fakeWorkspace();
  readonly down = new FakeServer('downstream');
  readonly doubts: Side[] = [];
  readonly troubles: Side[] = [];
  readonly passes: boolean[] = [];
  readonly setBacks: string[] = [];
  controller!: TypeController;
  private logger!: MemoryLogger;
  private ending = new AbortController();

  constructor(readonly type: ResourceType = deployments) {
    this.up.serve(type);
    this.down.serve(type);
  }

  /** A new process begins; a former one was killed. */
  async start(options: Options = {}, definition: TypeDefinition = this.definition()): Promise<void> {
    this.kill();
    this.ending = new AbortController();
    const { signal } = this.ending;
    const census = (): { owned: number; pending: number } => ({ owned: 100, pending: 1 });
    const shared = sharedContext({ clock: this.clock, up: this.up, down: this.down, signal, census });
    this.logger = shared.logger;
    this.controller = new TypeController({
      shared,
      workspace: { path: identity.workspace, uid: workspaceUid },
      type: this.type,
      workers: 2,
      isSelected: () => true,
      storedIdentity: '',
      storedHold: '',
      onSetBack: (copy) => {
        this.setBacks.push(copy);
        this.controller.blameUnseen('kcp was set back');
      },
      onPass: (ok) => this.passes.push(ok),
      onTrouble: (side) => this.troubles.push(side),
      onDoubt: (side) => this.doubts.push(side),
      signal,
      ...options,
    });
    void this.controller.run();
    this.controller.setUpstream(definition);
    this.controller.setDownstream(true, false);
    await this.rest();
  }

  kill(): void {
    this.ending.abort();
  }

  /** Everything that can happen without time passing happens. */
  async rest(): Promise<void> {
    for (let i = 0; i < 5; i++) await this.clock.advance(0);
  }

  forget(): void {
    this.up.requests.length = 0;
    this.down.requests.length = 0;
  }

  get incidents(): number {
    return this.logger.lines.filter((line) => line === 'warn deletions are held').length;
  }

  object(name = key): KubeObject | undefined {
    return this.up.get(this.type, name);
  }

  copy(name = key): KubeObject | undefined {
    return this.down.get(this.type, name);
  }

  private definition(): TypeDefinition {
    return this.type === configMaps ? { kind: 'builtIn' } : deploymentsCrd;
  }
}

let setting: Setting;

async function syncing(...objects: KubeObject[]): Promise<Setting> {
  setting = new Setting();
  for (const object of objects) setting.up.put(setting.type, object);
  await setting.start();
  return setting;
}

afterEach(() => {
  setting.kill();
});

describe('a type that is synced', () => {
  test('carries what is there, and what comes, down', async () => {
    await syncing(webDeployment());
    expect(setting.copy()?.['spec']).toEqual({ replicas: 3 });
    setting.up.put(setting.type, webDeployment({ replicas: 1 }, { name: 'later' }));
    await setting.rest();
    expect(setting.copy('default/later')?.['spec']).toEqual({ replicas: 1 });
  });

  test('carries status up, and deletions down', async () => {
    await syncing(webDeployment());
    setting.down.edit(setting.type, key, (copy) => ({ ...copy, status: { readyReplicas: 3 } }));
    await setting.rest();
    expect(setting.object()?.['status']).toEqual({ readyReplicas: 3 });
    setting.up.remove(setting.type, key);
    await setting.rest();
    expect([setting.copy(), setting.object(), setting.controller.ctx.store.size]).toEqual([undefined, undefined, 0]);
  });

  test('corrects drift, and brings deleted copies back', async () => {
    await syncing(webDeployment());
    setting.down.edit(setting.type, key, (copy) => ({ ...copy, spec: { replicas: 9 } }));
    await setting.rest();
    expect(setting.copy()?.['spec']).toEqual({ replicas: 3 });
    setting.down.remove(setting.type, key);
    await setting.rest();
    expect(setting.copy()).toBeDefined();
  });

  test('writes nothing in a resync when nothing is to do, and asks for nothing', async () => {
    await syncing(webDeployment());
    setting.forget();
    for (let i = 0; i < 5; i++) setting.controller.resync();
    await setting.rest();
    expect([...setting.up.requests, ...setting.down.requests]).toEqual([]);
  });

  test('writes nothing after a restart in which nothing is to do (S35)', async () => {
    await syncing(
      ...Array.from({ length: 120 }, (_, i) => webDeployment({ replicas: i }, { name: `web-${String(i)}` })),
    );
    const versions = setting.up.list(setting.type).map(({ metadata }) => metadata.resourceVersion);
    setting.forget();
    await setting.start();
    expect([...setting.up.writes(), ...setting.down.writes()]).toEqual([]);
    expect(setting.up.list(setting.type).map(({ metadata }) => metadata.resourceVersion)).toEqual(versions);
    expect(setting.controller.ctx.store.size).toBe(120);
    expect(setting.controller.ctx.parked.bytes).toBe(0);
  });

  test('is right after watches that ended, as they do', async () => {
    await syncing(webDeployment());
    await setting.clock.advance(2_000);
    setting.up.endWatches();
    setting.down.endWatches();
    setting.up.edit(setting.type, key, (object) => ({ ...object, spec: { replicas: 8 } }));
    await setting.clock.advance(1_000);
    expect(setting.copy()?.['spec']).toEqual({ replicas: 8 });
  });
});

describe('a server that is away (S34)', () => {
  test('loses nothing that happened meanwhile, on either side', async () => {
    await syncing(webDeployment());
    for (const server of [setting.up, setting.down]) server.fault = () => server.unreachable();
    setting.up.endWatches();
    setting.down.endWatches();
    setting.up.edit(setting.type, key, (object) => ({ ...object, spec: { replicas: 8 } }));
    setting.up.put(setting.type, webDeployment({ replicas: 1 }, { name: 'new' }));
    await setting.clock.advance(3_600_000);
    expect(setting.copy()?.['spec']).toEqual({ replicas: 3 });
    for (const server of [setting.up, setting.down]) server.fault = () => undefined;
    await setting.clock.advance(60_000);
    expect([setting.copy()?.['spec'], setting.copy('default/new')?.['spec']]).toEqual([
      { replicas: 8 },
      { replicas: 1 },
    ]);
    expect(setting.passes.length).toBeGreaterThan(0);
    expect(new Set(setting.troubles)).toEqual(new Set(['upstream', 'downstream']));
  });

  test('and answers again is written to at once, whatever the backoff', async () => {
    await syncing(webDeployment());
    setting.down.fault = ({ method }) => (method === 'PATCH' ? setting.down.unreachable() : undefined);
    setting.up.edit(setting.type, key, (object) => ({ ...object, spec: { replicas: 8 } }));
    await setting.clock.advance(60_000);
    setting.down.fault = () => undefined;
    await setting.rest();
    expect(setting.copy()?.['spec']).toEqual({ replicas: 3 });
    setting.controller.answersAgain('downstream');
    await setting.rest();
    expect(setting.copy()?.['spec']).toEqual({ replicas: 8 });
  });

  test('is doubted when it lists anew: it may be another one', async () => {
    await syncing(webDeployment());
    expect(setting.doubts).toEqual([]);
    setting.down.fault = ({ path }) => (path.includes('watch=') ? setting.down.refusal(410, 'Expired') : undefined);
    setting.down.endWatches();
    await setting.clock.advance(60_000);
    expect(setting.doubts).toContain('downstream');
  });
});

describe('the first lists (S35)', () => {
  test('nothing is created before the cluster was listed, and finalizers are released all the same', async () => {
    setting = new Setting();
    setting.up.put(setting.type, webDeployment());
    setting.up.put(setting.type, webDeployment({}, { name: 'going', finalizers: [identity.finalizer] }));
    setting.up.remove(setting.type, 'default/going');
    setting.down.fault = ({ path }) =>
      path.includes('/apis/apps/v1/deployments?') ? setting.down.refusal(503, 'ServiceUnavailable') : undefined;
    await setting.start();
    expect([setting.copy(), setting.object('default/going')]).toEqual([undefined, undefined]);
    expect([setting.controller.queue.has(key), setting.controller.states.get(key)]).toEqual([false, undefined]);
    setting.down.fault = () => undefined;
    await setting.clock.advance(10_000);
    expect(setting.copy()).toBeDefined();
  });

  test('nothing is deleted before the workspace was listed', async () => {
    setting = new Setting(configMaps);
    setting.up.put(configMaps, configMap());
    await setting.start();
    setting.up.remove(configMaps, key);
    setting.kill();
    const copy = setting.copy();
    setting.up.fault = ({ path }) => (path.includes('/configmaps?') ? setting.up.refusal(403, 'Forbidden') : undefined);
    await setting.start();
    await setting.clock.advance(300_000);
    expect(setting.copy()).toBe(copy);
    setting.up.fault = () => undefined;
    await setting.clock.advance(120_000);
    expect(setting.copy()).toBeUndefined();
  });

  test('what was deleted, made anew or changed while the syncer was dead is right after the start', async () => {
    await syncing(...['gone', 'anew', 'changed'].map((name) => webDeployment({ replicas: 1 }, { name })));
    setting.kill();
    const { uid } = setting.copy('default/anew')!.metadata;
    setting.up.remove(setting.type, 'default/gone');
    setting.up.purge(setting.type, 'default/anew');
    setting.up.put(setting.type, webDeployment({ replicas: 2 }, { name: 'anew' }));
    setting.up.edit(setting.type, 'default/changed', (object) => ({ ...object, spec: { replicas: 3 } }));
    await setting.start();
    expect([setting.copy('default/gone'), setting.object('default/gone')]).toEqual([undefined, undefined]);
    expect(setting.copy('default/anew')).toMatchObject({ metadata: { uid }, spec: { replicas: 2 } });
    expect(setting.copy('default/changed')).toMatchObject({ spec: { replicas: 3 } });
  });
});

describe('the type is deleted in the workspace (S25)', () => {
  /** The CRD and all its objects go, each with a DELETED event. */
  function deleteType(): void {
    setting.up.remove(crds, 'deployments.apps');
    for (const { metadata } of setting.up.list(setting.type))
      setting.up.purge(setting.type, { namespace: metadata.namespace!, name: metadata.name });
  }

  test('no copy goes, whatever the watch tells', async () => {
    await syncing(webDeployment());
    const copy = setting.copy();
    deleteType();
    await setting.clock.advance(60_000);
    expect(setting.copy()).toBe(copy);
    expect(setting.controller.ctx.store.heldFor()).toContain('was deleted');
    expect(setting.incidents).toBeGreaterThan(0);
  });

  test('no copy goes when it is made anew within a moment', async () => {
    await syncing(webDeployment());
    const copy = setting.copy();
    deleteType();
    setting.up.put(crds, { metadata: { name: 'deployments.apps', uid: 'crd-uid-2' } });
    await setting.rest();
    setting.controller.setUpstream(remade);
    await setting.clock.advance(60_000);
    expect(setting.copy()).toBe(copy);
    expect(setting.controller.ctx.store.heldFor()).not.toBe('');
  });

  test('its objects, made anew by their owners, take their copies over as they are (S16)', async () => {
    await syncing(webDeployment());
    const { uid } = setting.copy()!.metadata;
    deleteType();
    setting.up.put(crds, { metadata: { name: 'deployments.apps', uid: 'crd-uid-2' } });
    await setting.rest();
    setting.controller.setUpstream(remade);
    await setting.rest();
    setting.up.put(setting.type, webDeployment({ replicas: 7 }));
    await setting.rest();
    expect(setting.copy()).toMatchObject({ metadata: { uid }, spec: { replicas: 7 } });
    expect(setting.controller.ctx.store.heldFor()).toBe('');
  });

  test('its identity is remembered while copies are held, and the new one after that', async () => {
    await syncing(webDeployment());
    expect(setting.controller.identity()).toBe('crd-uid');
    deleteType();
    setting.up.put(crds, { metadata: { name: 'deployments.apps', uid: 'crd-uid-2' } });
    await setting.rest();
    setting.controller.setUpstream(remade);
    await setting.rest();
    expect(setting.controller.identity()).toBe('crd-uid');
    setting.up.put(setting.type, webDeployment({ replicas: 7 }));
    await setting.rest();
    expect(setting.controller.identity()).toBe('crd-uid-2');
  });

  test('and while the syncer was away no copy goes either', async () => {
    await syncing(webDeployment());
    setting.kill();
    const copy = setting.copy();
    deleteType();
    setting.up.put(crds, { metadata: { name: 'deployments.apps', uid: 'crd-uid-2' } });
    await setting.start({ storedIdentity: 'crd-uid' }, remade);
    await setting.clock.advance(60_000);
    expect(setting.copy()).toBe(copy);
    expect(setting.controller.ctx.store.heldFor()).toContain('while the syncer was away');
    expect(setting.controller.identity()).toBe('crd-uid');
  });

  test('what was held before a restart is held after it', async () => {
    setting = new Setting(configMaps);
    setting.up.put(configMaps, configMap());
    await setting.start();
    setting.kill();
    setting.up.remove(configMaps, key);
    await setting.start({ storedHold: 'kcp is older than it was' });
    await setting.clock.advance(60_000);
    expect(setting.copy()).toBeDefined();
    expect(setting.controller.ctx.store.heldFor()).toBe('kcp is older than it was');
  });

  test('and its finalizers are released at once when it is told that it goes (S27)', async () => {
    await syncing(webDeployment());
    setting.up.edit(crds, 'deployments.apps', ({ metadata, ...crd }) => ({
      ...crd,
      metadata: { ...metadata, deletionTimestamp: '2026-01-01T00:00:00Z', finalizers: ['cleanup'] },
    }));
    setting.up.remove(setting.type, key);
    setting.controller.setUpstream({ ...deploymentsCrd, deleting: true });
    await setting.rest();
    expect(setting.object()).toBeUndefined();
    expect(setting.copy()).toBeDefined();
  });

  test('also that of an object whose copy does not go, for which no look is taken any more', async () => {
    await syncing(webDeployment());
    setting.down.edit(setting.type, key, ({ metadata, ...copy }) => ({
      ...copy,
      metadata: { ...metadata, finalizers: ['example.com/theirs'] },
    }));
    setting.up.remove(setting.type, key);
    await setting.rest();
    expect(setting.object()?.metadata.finalizers).toEqual([identity.finalizer]);
    setting.up.edit(crds, 'deployments.apps', ({ metadata, ...crd }) => ({
      ...crd,
      metadata: { ...metadata, deletionTimestamp: '2026-01-01T00:00:00Z', finalizers: ['cleanup'] },
    }));
    setting.controller.setUpstream({ ...deploymentsCrd, deleting: true });
    await setting.rest();
    expect(setting.object()).toBeUndefined();
  });
});

describe('the type is not served by the workspace any more', () => {
  test('its watch ends, and no copy goes', async () => {
    await syncing(webDeployment());
    setting.up.unserve(setting.type);
    setting.up.remove(crds, 'deployments.apps');
    setting.controller.setUpstream(undefined);
    await setting.clock.advance(60_000);
    expect(setting.copy()).toBeDefined();
    expect(setting.controller.sides.upstream.running).toBe(false);
    expect(setting.controller.ctx.store.heldFor()).toContain('was deleted');
  });

  test('for a moment only: everything goes on, and nothing is held', async () => {
    await syncing(webDeployment());
    setting.controller.setUpstream(undefined);
    await setting.rest();
    setting.controller.setUpstream(deploymentsCrd);
    await setting.rest();
    expect(setting.controller.ctx.store.heldFor()).toBe('');
    setting.up.edit(setting.type, key, (object) => ({ ...object, spec: { replicas: 8 } }));
    await setting.rest();
    expect(setting.copy()?.['spec']).toEqual({ replicas: 8 });
  });

  test('while kcp starts says nothing: no incident', async () => {
    await syncing(webDeployment());
    setting.up.fault = () => setting.up.refusal(403, 'Forbidden');
    setting.controller.setUpstream(undefined);
    await setting.clock.advance(5_000);
    expect([setting.incidents, setting.controller.ctx.store.heldFor()]).toEqual([0, '']);
  });
});

describe('the type is not served by the cluster any more (S29)', () => {
  test('nothing is written, and nothing is released, until that is certain', async () => {
    await syncing(webDeployment());
    setting.up.remove(setting.type, key);
    setting.down.unserve(setting.type);
    setting.controller.setDownstream(false, false);
    await setting.clock.advance(20_000);
    expect(setting.object()).toBeDefined();
    setting.controller.setDownstream(false, true);
    await setting.clock.advance(40_000);
    expect(setting.object()).toBeUndefined();
  });

  test('an object that is deleted after that is released at once', async () => {
    await syncing(webDeployment());
    setting.down.unserve(setting.type);
    setting.controller.setDownstream(false, true);
    await setting.rest();
    setting.up.remove(setting.type, key);
    await setting.rest();
    expect(setting.object()).toBeUndefined();
  });

  test('a copy that went with it is not looked for any more, and its object is forgotten', async () => {
    await syncing(webDeployment());
    setting.down.purge(setting.type, key);
    setting.down.unserve(setting.type);
    setting.controller.setDownstream(false, true);
    setting.up.remove(setting.type, key);
    await setting.rest();
    setting.controller.setDownstream(false, true);
    expect([...setting.controller.ctx.store.values()]).toEqual([]);
  });

  test('and when it is served again its objects get their copies again', async () => {
    await syncing(webDeployment());
    setting.down.unserve(setting.type);
    setting.controller.setDownstream(false, true);
    await setting.clock.advance(60_000);
    setting.down.serve(setting.type);
    setting.controller.setDownstream(true, false);
    await setting.rest();
    expect(setting.copy()?.['spec']).toEqual({ replicas: 3 });
  });
});

describe('the workspace', () => {
  test('goes: finalizers are released at once, and no copy goes (S27)', async () => {
    await syncing(webDeployment());
    logicalCluster(setting.up, ({ metadata, ...object }) => ({
      ...object,
      metadata: { ...metadata, finalizers: ['x'], deletionTimestamp: '2026-01-01T00:00:00Z' },
    }));
    setting.up.remove(setting.type, key);
    await setting.rest();
    expect([setting.object(), setting.copy() !== undefined]).toEqual([undefined, true]);
    setting.controller.resync();
    await setting.clock.advance(60_000);
    expect(setting.copy()).toBeDefined();
  });

  test('is older than it was: what is missing since then is held (S26)', async () => {
    setting = new Setting(configMaps);
    for (const name of ['kept', 'lost']) setting.up.put(configMaps, configMap({}, { name }));
    await setting.start();
    setting.up.purge(configMaps, 'default/lost');
    setting.controller.timeTravel('upstream');
    await setting.clock.advance(60_000);
    expect(setting.copy('default/lost')).toBeDefined();
    expect(setting.controller.ctx.store.heldFor()).toContain('older than it was');
    expect(setting.doubts).toContain('upstream');
    setting.up.edit(configMaps, 'default/kept', (object) => ({ ...object, data: { a: '2' } }));
    await setting.rest();
    expect(setting.copy('default/kept')?.['data']).toEqual({ a: '2' });
  });

  test('is older than its copies while no syncer ran: what this run never saw there is held in every type (S26)', async () => {
    setting = new Setting();
    setting.up.put(setting.type, webDeployment());
    setting.up.put(setting.type, webDeployment({ replicas: 1 }, { name: 'lost' }));
    await setting.start();
    const before = setting.object()!;
    setting.up.edit(setting.type, key, (object) => ({ ...object, spec: { replicas: 5 } }));
    await setting.rest();
    setting.kill();
    setting.up.purge(setting.type, 'default/lost');
    setting.up.purge(setting.type, key);
    setting.up.put(setting.type, before);
    await setting.start();
    expect(setting.setBacks).toEqual(['deployments.apps default/web']);
    await setting.clock.advance(60_000);
    expect(setting.copy('default/lost')).toBeDefined();
    expect(setting.controller.ctx.store.heldFor()).toBe('kcp was set back');
    expect(setting.copy()?.['spec']).toEqual({ replicas: 3 });
  });

  test('that came back with everything holds nothing', async () => {
    await syncing(webDeployment());
    setting.controller.incident('the workspace is being deleted');
    expect(setting.controller.ctx.store.heldFor()).not.toBe('');
    await setting.rest();
    expect(setting.controller.ctx.store.heldFor()).toBe('');
  });
});

describe('a controller that is stopped', () => {
  test('ends its watches, and works nothing more', async () => {
    await syncing(webDeployment());
    setting.controller.stop();
    await setting.controller.stopped;
    setting.up.edit(setting.type, key, (object) => ({ ...object, spec: { replicas: 8 } }));
    await settle();
    expect([setting.copy()?.['spec'], setting.up.watching, setting.down.watching]).toEqual([{ replicas: 3 }, 0, 0]);
  });
});
