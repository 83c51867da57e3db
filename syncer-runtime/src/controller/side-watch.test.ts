import { FakeClock, settle } from '../base/clock.fixture.js';
import { FakeServer, configMaps } from '../informer/fake-server.fixture.js';
import { PairStore } from '../informer/pair-store.js';
import type { ReflectorSink } from '../informer/reflector-sink.js';
import type { ApiRequest } from '../kube/client.js';
import { isForbidden } from '../kube/error-class.js';
import { configMap } from '../sync/world.fixture.js';
import { SideWatch } from './side-watch.js';

const MINUTE = 60_000;

/** Passes on what a controller would do with what the sink tells. */
class Setting {
  readonly clock = new FakeClock();
  readonly server = new FakeServer('downstream');
  readonly store = new PairStore();
  readonly told: string[] = [];
  /** Namespaces that may be listed; undefined: everything. */
  allowed: string[] | undefined;
  readonly ending = new AbortController();
  readonly watch: SideWatch;

  constructor() {
    this.server.serve(configMaps);
    this.server.fault = (request) => this.judge(request);
    this.watch = new SideWatch({
      side: 'downstream',
      client: this.server.client(),
      type: configMaps,
      clock: this.clock,
      store: this.store,
      labelSelector: 'owner=us',
      candidates: () => ['a', 'b', 'c'],
      sink: (scope) => this.sinkOf(scope),
      signal: this.ending.signal,
    });
  }

  /** Lists of the whole cluster or of a namespace, as the server saw them. */
  asked(): string[] {
    return this.server.requests.map(({ path }) => path.replace(/\?.*/, ''));
  }

  private judge({ path }: ApiRequest): Error | undefined {
    const namespace = /\/namespaces\/([^/]+)\//.exec(path)?.[1];
    const isAllowed = this.allowed === undefined || (namespace !== undefined && this.allowed.includes(namespace));
    return isAllowed ? undefined : this.server.refusal(403, 'Forbidden');
  }

  private sinkOf(scope: string): ReflectorSink {
    const tell = (what: string): void => {
      this.told.push(`${what} ${scope === '' ? 'all' : scope}`);
    };
    let startedAt = 0;
    return {
      listStarted: () => {
        startedAt = this.store.listStarted();
      },
      page: (items) => {
        for (const { metadata } of items) tell(`saw ${metadata.name} in`);
      },
      listed: () => {
        this.store.listed('downstream', scope, startedAt);
        tell('listed');
      },
      event: ({ type, object }) => {
        tell(`${type} ${object.metadata.name} in`);
      },
      failed: (error) => {
        this.watch.failed(error);
      },
      recovered: () => {
        this.watch.recovered();
      },
      timeTravel: () => undefined,
    };
  }
}

let setting: Setting;

beforeEach(() => {
  setting = new Setting();
});

afterEach(() => {
  setting.ending.abort();
});

describe('a side that may be read as a whole', () => {
  test('is listed and watched once, with our label', async () => {
    setting.watch.start();
    setting.watch.start();
    await settle();
    expect(setting.told).toEqual(['listed all']);
    expect(setting.asked()).toEqual(['/api/v1/configmaps', '/api/v1/configmaps']);
    expect(setting.server.requests.every(({ path }) => path.includes('labelSelector=owner%3Dus'))).toBe(true);
    expect([setting.watch.running, setting.store.isComplete('downstream')]).toEqual([true, true]);
  });

  test('that is stopped is incomplete, and tells nothing any more', async () => {
    setting.watch.start();
    await settle();
    setting.watch.stop();
    setting.server.put(configMaps, configMap({}, { labels: { owner: 'us' } }));
    await setting.clock.advance(MINUTE);
    expect(setting.told).toEqual(['listed all']);
    expect([setting.watch.running, setting.store.isComplete('downstream'), setting.server.watching]).toEqual([
      false,
      false,
      0,
    ]);
  });

  test('that was stopped in the middle of a list tells nothing of it', async () => {
    let goOn = (): void => undefined;
    setting.server.beforeReply = () => new Promise((resolve) => (goOn = resolve));
    setting.server.put(configMaps, configMap({}, { labels: { owner: 'us' } }));
    setting.watch.start();
    await settle();
    setting.watch.stop();
    setting.server.beforeReply = () => undefined;
    goOn();
    setting.watch.start();
    await settle();
    expect(setting.told).toEqual(['saw web in all', 'listed all']);
  });

  test('is listed anew when asked, and is incomplete until then', async () => {
    setting.watch.relist();
    expect(setting.watch.running).toBe(false);
    setting.watch.start();
    await settle();
    setting.watch.relist();
    expect(setting.store.isComplete('downstream')).toBe(false);
    await settle();
    expect(setting.told).toEqual(['listed all', 'listed all']);
    expect([setting.store.isComplete('downstream'), setting.server.watching]).toEqual([true, 1]);
  });

  test('ends with its signal', async () => {
    setting.watch.start();
    await settle();
    setting.ending.abort();
    await settle();
    expect(setting.server.watching).toBe(0);
  });
});

describe('a side of which only some namespaces may be read', () => {
  beforeEach(async () => {
    setting.allowed = ['a', 'c'];
    setting.watch.start();
    await setting.clock.advance(0);
    await settle();
  });

  test('is watched there, and is complete when each of them was listed', () => {
    expect(setting.told).toEqual(['listed a', 'listed c']);
    expect([setting.store.isComplete('downstream'), setting.server.watching]).toEqual([true, 2]);
    expect(setting.watch.narrowTo).toBe('a');
  });

  test('goes on telling that something is refused', () => {
    expect(isForbidden(setting.watch.trouble)).toBe(true);
  });

  test('is not in trouble when those are all that is wanted', async () => {
    setting.allowed = ['a', 'b', 'c'];
    await setting.clock.advance(2 * MINUTE);
    expect(setting.watch.trouble).toBeUndefined();
  });

  test('is watched as a whole as soon as that is permitted', async () => {
    setting.allowed = undefined;
    await setting.clock.advance(MINUTE);
    await settle();
    expect(setting.told.at(-1)).toBe('listed all');
    expect([setting.server.watching, setting.watch.narrowTo, setting.watch.trouble]).toEqual([1, undefined, undefined]);
  });

  test('is watched in a namespace that is permitted later, too', async () => {
    setting.allowed = ['a', 'b', 'c'];
    await setting.clock.advance(MINUTE);
    await settle();
    expect(setting.told.slice(-3)).toEqual(['listed a', 'listed b', 'listed c']);
    expect(setting.store.isComplete('downstream')).toBe(true);
  });

  test('is looked at again once a minute, however often something is refused', async () => {
    const looks = (): number => setting.asked().filter((path) => path === '/api/v1/configmaps').length;
    const before = looks();
    for (let i = 0; i < 10; i++) setting.watch.failed(setting.server.refusal(403, 'Forbidden'));
    await setting.clock.advance(10 * MINUTE);
    // Each look asks for the whole before and after the namespaces.
    expect(looks() - before).toBe(20);
  });

  test('is looked at no more when it was stopped', async () => {
    setting.watch.stop();
    const before = setting.server.requests.length;
    await setting.clock.advance(10 * MINUTE);
    expect(setting.server.requests).toHaveLength(before);
  });

  test('is still looked at after it was listed anew', async () => {
    setting.watch.relist();
    setting.allowed = undefined;
    await setting.clock.advance(MINUTE);
    await settle();
    expect(setting.told.at(-1)).toBe('listed all');
  });
});

describe('a side of which nothing may be read', () => {
  test('stays incomplete, says so, and is watched when something is permitted', async () => {
    setting.allowed = [];
    setting.watch.start();
    await setting.clock.advance(5 * MINUTE);
    expect([setting.told, setting.store.isComplete('downstream')]).toEqual([[], false]);
    expect(isForbidden(setting.watch.trouble)).toBe(true);
    setting.allowed = undefined;
    await setting.clock.advance(MINUTE);
    expect(setting.told).toEqual(['listed all']);
    expect(setting.watch.trouble).toBeUndefined();
  });
});

test('a server that is away is no reason to look for permissions', async () => {
  setting.server.fault = () => setting.server.unreachable();
  setting.watch.start();
  await setting.clock.advance(5_000);
  expect(setting.asked().every((path) => path === '/api/v1/configmaps')).toBe(true);
  expect(setting.watch.trouble).toMatchObject({ code: 'ECONNREFUSED' });
});
