import { settle } from '../base/clock.fixture.js';
import { namespacesType } from '../informer/fake-server.fixture.js';
import type { KubeObject } from '../object/types.js';
import { WorkQueue } from '../queue/work-queue.js';
import { webDeployment, World } from '../sync/world.fixture.js';
import { KeyStates } from './key-states.js';
import { runWorker } from './worker.js';

const key = 'default/web';

/** Two workers over a world in which one Deployment is in step. */
class Setting {
  readonly queue: WorkQueue;
  readonly states: KeyStates;
  readonly passes: boolean[] = [];
  readonly ending = new AbortController();

  private constructor(readonly world: World) {
    this.queue = new WorkQueue({ clock: world.clock, workers: 2 });
    this.states = new KeyStates(world.clock, () => 0.5);
  }

  static async create(): Promise<Setting> {
    const setting = new Setting(await new World().synced(webDeployment()));
    for (let i = 0; i < 2; i++) void setting.run();
    return setting;
  }

  async run(): Promise<void> {
    const { queue, states, passes } = this;
    const options = { ctx: this.world.ctx, queue, states, onPass: (ok: boolean) => passes.push(ok) };
    await runWorker(options, this.ending.signal);
  }

  /** What both servers did comes in, and is worked. */
  async news(): Promise<void> {
    for (const woken of this.world.hear()) this.queue.add(woken);
    await settle();
    for (const woken of this.world.hear()) this.queue.add(woken);
    await settle();
  }

  change(replicas: number): void {
    this.world.up.edit(this.world.type, key, (object) => ({ ...object, spec: { replicas } }));
  }

  /** The cluster answers writes of Deployments like this. */
  refuse(error: Error): void {
    this.world.down.fault = ({ method, path }) =>
      method !== 'GET' && path.includes('/deployments/') ? error : undefined;
  }

  get lines(): string[] {
    return this.world.logger.lines;
  }
}

let setting: Setting;

beforeEach(async () => {
  setting = await Setting.create();
});

afterEach(() => {
  setting.ending.abort();
});

function invalid(): Error {
  const causes = [{ reason: 'FieldValueRequired', field: 'spec.image', message: 'Required value' }];
  return setting.world.down.refusal(422, 'Invalid', { details: { name: 'web', causes } });
}

describe('a reconcile that is done', () => {
  test('clears what was told of the key, and counts as a pass', async () => {
    setting.states.wait(key, { reason: 'Starting', message: 'waiting' }, 0);
    setting.change(5);
    await setting.news();
    expect(setting.world.copy()?.['spec']).toEqual({ replicas: 5 });
    expect([setting.states.get(key), setting.queue.has(key)]).toEqual([undefined, false]);
    expect(setting.passes).not.toContain(false);
  });

  test('is told with its operation: at once when it did something, in detail otherwise', async () => {
    setting.change(5);
    await setting.news();
    expect(setting.world.recorder.passes).toContain('update');
    expect(setting.lines).toContain('2 sync');
    setting.lines.length = 0;
    setting.queue.add(key);
    await settle();
    expect(setting.lines).toEqual(['4 sync']);
  });
});

describe('a reconcile that waits', () => {
  test('is shown with its reason, and looked at again in time', async () => {
    const { world } = setting;
    world.down.edit(namespacesType, 'default', ({ metadata, ...object }) => ({
      ...object,
      metadata: { ...metadata, finalizers: ['kubernetes'], deletionTimestamp: '2026-01-01T00:00:00Z' },
    }));
    world.ctx.namespaces.forget('default');
    setting.change(5);
    await setting.news();
    expect(setting.states.get(key)).toMatchObject({ reason: 'NamespaceTerminating', failed: false });
    expect(setting.passes).not.toContain(false);
    world.down.edit(namespacesType, 'default', ({ metadata, ...object }) => ({
      ...object,
      metadata: { name: metadata.name, annotations: metadata.annotations! },
    }));
    await world.clock.advance(30_000);
    expect(world.copy()?.['spec']).toEqual({ replicas: 5 });
    expect(setting.states.get(key)).toBeUndefined();
  });
});

describe('a reconcile that fails', () => {
  test('is tried again with backoff until it succeeds', async () => {
    setting.refuse(setting.world.down.refusal(503, 'ServiceUnavailable'));
    setting.change(5);
    await setting.news();
    expect(setting.states.get(key)).toMatchObject({ reason: 'SyncFailed', failures: 1 });
    await setting.world.clock.advance(1_000);
    expect(setting.states.get(key)).toMatchObject({ failures: 2 });
    setting.world.down.fault = () => undefined;
    await setting.world.clock.advance(2_000);
    expect(setting.world.copy()?.['spec']).toEqual({ replicas: 5 });
    expect(setting.states.get(key)).toBeUndefined();
  });

  test('counts as an error, and says so with what the server answered', async () => {
    setting.refuse(setting.world.down.refusal(503, 'ServiceUnavailable'));
    setting.change(5);
    await setting.news();
    expect(setting.passes).toContain(false);
    expect(setting.world.recorder.failures).toEqual(['ClusterUnavailable']);
    expect(setting.lines.some((line) => line.startsWith('error sync failed'))).toBe(true);
  });

  test("for a lost race is nobody's error", async () => {
    setting.refuse(setting.world.down.refusal(409, 'Conflict'));
    setting.change(5);
    await setting.news();
    expect(setting.passes).not.toContain(false);
    expect(setting.world.recorder.failures).toEqual([]);
    expect(setting.lines.some((line) => line.startsWith('error'))).toBe(false);
    setting.world.down.fault = () => undefined;
    await setting.world.clock.advance(50);
    expect(setting.world.copy()?.['spec']).toEqual({ replicas: 5 });
  });

  test('for good is not tried again while nothing that matters changes', async () => {
    setting.refuse(invalid());
    setting.change(5);
    await setting.news();
    const tries = setting.world.down.writes().length;
    for (let i = 0; i < 20; i++) {
      setting.world.down.edit(setting.world.type, key, (copy) => ({ ...copy, status: { readyReplicas: i } }));
      await setting.news();
    }
    expect(setting.world.down.writes()).toHaveLength(tries);
    expect(setting.states.get(key)).toMatchObject({ reason: 'Rejected', failed: true });
  });

  test('for good still lets the status up (S39)', async () => {
    setting.refuse(invalid());
    setting.change(5);
    await setting.news();
    setting.world.down.edit(setting.world.type, key, (copy) => ({ ...copy, status: { readyReplicas: 2 } }));
    await setting.news();
    expect(setting.world.upstreamObject()?.['status']).toEqual({ readyReplicas: 2 });
  });

  test('for good is tried again at once when the object changes', async () => {
    setting.refuse(invalid());
    setting.change(5);
    await setting.news();
    setting.world.down.fault = () => undefined;
    setting.change(6);
    await setting.news();
    expect(setting.world.copy()?.['spec']).toEqual({ replicas: 6 });
    expect(setting.states.get(key)).toBeUndefined();
  });

  test('for good is tried again after five minutes all the same', async () => {
    setting.refuse(invalid());
    setting.change(5);
    await setting.news();
    setting.world.down.fault = () => undefined;
    await setting.world.clock.advance(5 * 60_000);
    expect(setting.world.copy()?.['spec']).toEqual({ replicas: 5 });
  });

  test('by a defect of ours takes nobody else down', async () => {
    const { world } = setting;
    world.up.put(world.type, webDeployment({ replicas: 1 }, { name: 'other' }));
    setting.change(5);
    world.down.fault = ({ method, path }) =>
      method === 'PATCH' && path.includes('/web') ? new TypeError('x is not a function') : undefined;
    await setting.news();
    expect(setting.states.get(key)).toMatchObject({ reason: 'SyncFailed', message: 'x is not a function' });
    expect(world.copy('default/other')).toBeDefined();
  });

  test('because its namespace is gone makes the namespace anew', async () => {
    const { world } = setting;
    world.down.purge(namespacesType, 'default');
    world.down.purge(world.type, key);
    await setting.news();
    expect(setting.states.get(key)).toMatchObject({ reason: 'NamespaceTerminating' });
    await world.clock.advance(1_000);
    expect(world.down.get(namespacesType, 'default')).toBeDefined();
    expect(world.copy()).toBeDefined();
  });
});

describe('an object that always fails (S39)', () => {
  test('delays nobody else', async () => {
    const { world } = setting;
    for (let i = 0; i < 20; i++) world.up.put(world.type, webDeployment({}, { name: `bad-${String(i)}` }));
    world.down.fault = ({ method, path }) =>
      method === 'PATCH' && path.includes('/bad-') ? world.down.refusal(503, 'ServiceUnavailable') : undefined;
    await setting.news();
    await world.clock.advance(10_000);
    const good: KubeObject = webDeployment({ replicas: 7 }, { name: 'good' });
    world.up.put(world.type, good);
    await setting.news();
    expect(world.copy('default/good')?.['spec']).toEqual({ replicas: 7 });
  });
});

describe('workers that are stopped', () => {
  test('finish what is in work, and take nothing new', async () => {
    const { world } = setting;
    let goOn = (): void => undefined;
    world.down.beforeReply = () => new Promise((resolve) => (goOn = resolve));
    setting.change(5);
    world.hear();
    setting.queue.add(key);
    await settle();
    const ended = jest.fn();
    void setting.run().then(ended);
    setting.ending.abort();
    setting.queue.add('default/another');
    await settle();
    expect(ended).toHaveBeenCalled();
    expect(setting.queue.has(key)).toBe(true);
    goOn();
    await settle();
    expect([setting.queue.has(key), setting.queue.length]).toEqual([false, 1]);
    expect(world.pair()?.wrote).toMatchObject({ content: world.pair()?.up?.content });
  });
});

describe('Events', () => {
  const told = (): string[] =>
    setting.world.events.told.map(({ type, reason, message }) => `${type} ${reason}: ${message}`);

  test('a reconcile that changes nothing, a new spec and a moment of trouble are not told', async () => {
    setting.queue.add(key);
    await settle();
    setting.change(5);
    await setting.news();
    setting.refuse(new Error('reset'));
    setting.change(6);
    await setting.news();
    expect(told().slice(1)).toEqual([]);
  });

  test('what only a change of the object can mend is told once, and that it was mended', async () => {
    setting.refuse(invalid());
    for (const replicas of [4, 5, 6]) {
      setting.change(replicas);
      await setting.news();
    }
    setting.world.down.fault = () => undefined;
    setting.change(7);
    await setting.news();
    expect(told().slice(-2)).toEqual([
      expect.stringMatching(/^Warning SyncFailed: Rejected: /) as string,
      'Normal Synced: The copy in the cluster is in step again.',
    ]);
    expect(told().filter((line) => line.includes('SyncFailed'))).toHaveLength(1);
  });

  test('they are about the object in the workspace, by its uid', async () => {
    setting.refuse(invalid());
    setting.change(4);
    await setting.news();
    expect(setting.world.events.told.at(-1)?.subject).toEqual({
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      namespace: 'default',
      name: 'web',
      uid: setting.world.upstreamObject()?.metadata.uid,
    });
  });

  test('a first copy is told, and one that is refused because of another object keeps its reason', async () => {
    setting.world.up.put(setting.world.type, webDeployment({ replicas: 1 }, { name: 'second' }));
    await setting.news();
    expect(told()).toContain('Normal Synced: A copy was made in the cluster: default/second.');
    setting.world.down.put(setting.world.type, webDeployment({ replicas: 1 }, { name: 'third' }));
    setting.world.up.put(setting.world.type, webDeployment({ replicas: 1 }, { name: 'third' }));
    await setting.news();
    expect(told().at(-1)).toMatch(/^Warning ConflictUnowned: Deployment default\/third exists in the cluster/);
  });
});
