import { FakeClock } from '../base/clock.fixture.js';
import { serverAccess } from '../kube/access.js';
import type { KubeClient } from '../kube/client.js';
import { FaultServer, until, type Call } from '../kube/fault-server.fixture.js';
import { Gates } from '../kube/gates.js';
import { createKubeClient } from '../kube/http-client.js';
import type { ObjectEvent } from '../kube/watch-stream.js';
import type { KubeObject } from '../object/types.js';
import type { ReflectorSink } from './reflector-sink.js';
import { runReflector } from './reflector.js';

/** Believes what a reflector tells, as a store would, and writes down what it was told. */
class Believer implements ReflectorSink {
  readonly told: string[] = [];
  /** Names of the objects that exist. */
  objects = new Set<string>();
  readonly errors: unknown[] = [];
  private listed_: Set<string> | undefined;
  /** Thrown once by the next event. */
  breakOnEvent = false;
  pause: Promise<void> | undefined;

  listStarted(): void {
    this.told.push('listStarted');
    this.listed_ = new Set();
  }

  page(items: readonly KubeObject[]): Promise<void> | void {
    this.told.push(`page ${items.length}`);
    for (const { metadata } of items) {
      this.listed_?.add(metadata.name);
      this.objects.add(metadata.name);
    }
    return this.pause;
  }

  listed(resourceVersion: string): void {
    this.told.push(`listed ${resourceVersion}`);
    this.objects = new Set(this.listed_);
  }

  event({ type, object }: ObjectEvent): void {
    if (this.breakOnEvent) {
      this.breakOnEvent = false;
      throw new Error('a defect');
    }
    this.told.push(`${type} ${object.metadata.name}`);
    if (type === 'DELETED') this.objects.delete(object.metadata.name);
    else this.objects.add(object.metadata.name);
  }

  failed(error: unknown): void {
    this.told.push('failed');
    this.errors.push(error);
  }

  recovered(): void {
    this.told.push('recovered');
  }

  timeTravel(): void {
    this.told.push('timeTravel');
  }
}

let server: FaultServer;
let client: KubeClient;
let clock: FakeClock;
let sink: Believer;
let stop: AbortController;
let running: Promise<void>;

function thing(name: string, resourceVersion = '1'): object {
  return { metadata: { name, resourceVersion } };
}

/** What the server has, until a test says otherwise. */
let world: { resourceVersion: string; things: string[] };
/** Decides instead of the good server; says whether it did. */
let fault: (call: Call) => boolean;

beforeEach(async () => {
  server = await FaultServer.start();
  clock = new FakeClock();
  sink = new Believer();
  stop = new AbortController();
  world = { resourceVersion: '10', things: ['a', 'b'] };
  fault = () => false;
  server.on((call) => {
    if (fault(call)) return;
    if (call.isWatch) call.open();
    else
      call.list(
        world.resourceVersion,
        world.things.map((name) => thing(name)),
      );
  });
  const access = serverAccess(server.kubeconfig(), { clock });
  const timeouts = { connectMs: 5_000, headersMs: 300, bodyMs: 300, watchGraceMs: 30_000 };
  client = createKubeClient({ side: 'upstream', access, gates: new Gates(), clock, version: '0', timeouts });
});
afterEach(async () => {
  stop.abort(new Error('over'));
  await running;
  await client.close();
  await server.stop();
});

function start(): void {
  const scope = { type: { group: 'example.com', version: 'v1', resource: 'things' }, labelSelector: 'x=y' };
  running = runReflector({ client, scope, sink, clock, random: () => 0.5 }, stop.signal);
}

const lists = (): Call[] =>
  server.calls.filter((call) => !call.isWatch && call.query.get('resourceVersionMatch') === null);
const probes = (): Call[] => server.calls.filter((call) => call.query.has('resourceVersionMatch'));
const watches = (): Call[] => server.calls.filter((call) => call.isWatch);

/** Waits for the watch number `count`, and until the reflector has it: its next event or its end counts. */
async function watchOpen(count: number): Promise<Call> {
  await until(() => watches().length === count);
  await until(() => sink.told.lastIndexOf('failed') <= sink.told.lastIndexOf('recovered'));
  return watches()[count - 1]!;
}

/** Lets time pass, faster than sockets but not so fast that they seem to hang, until `state` is true. */
async function passing(state: () => boolean, stepMs = 500): Promise<void> {
  while (!state() && !stop.signal.aborted) {
    await clock.advance(stepMs);
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
}

/** Waits for the failure number `count`, then lets its backoff pass. */
async function failedAndWaited(count: number): Promise<void> {
  await until(() => sink.errors.length >= count);
  await clock.advance(30_000);
}

/** Makes the open watch count as one that was of use. */
async function lives(ms = 5_000): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, 20));
  await clock.advance(ms);
}

describe('a reflector', () => {
  test('lists, then watches from there, for four to eight minutes, with bookmarks', async () => {
    start();
    const watch = await watchOpen(1);
    expect(sink.told).toEqual(['listStarted', 'page 2', 'listed 10']);
    expect(Object.fromEntries(watch.query)).toEqual({
      watch: 'true',
      allowWatchBookmarks: 'true',
      resourceVersion: '10',
      timeoutSeconds: '360',
      labelSelector: 'x=y',
    });
    expect(lists()[0]?.query.has('resourceVersion')).toBe(false);
  });

  test('tells events in order and resumes after the last, or after a bookmark, without delay when a watch has ended in its time', async () => {
    start();
    const first = await watchOpen(1);
    first.event('ADDED', thing('c', '11'));
    first.event('DELETED', thing('a', '12'));
    await until(() => sink.told.includes('DELETED a'));
    await lives(360_000);
    first.end();
    const second = await watchOpen(2);
    expect(second.query.get('resourceVersion')).toBe('12');
    second.event('BOOKMARK', { metadata: { resourceVersion: '99' } });
    await lives(360_000);
    second.end();
    expect((await watchOpen(3)).query.get('resourceVersion')).toBe('99');
    expect([...sink.objects]).toEqual(['b', 'c']);
    expect(sink.errors).toEqual([]);
    expect(probes()).toHaveLength(2);
  });

  test('waits before it resumes a watch that ended at once', async () => {
    start();
    (await watchOpen(1)).end();
    await until(() => server.calls.length === 2);
    await lives(900);
    expect(watches()).toHaveLength(1);
    await lives(200);
    await watchOpen(2);
    expect(sink.errors).toEqual([]);
  });

  test('asks before it resumes whether the server is older than what it told before', async () => {
    start();
    const first = await watchOpen(1);
    first.event('ADDED', thing('c', '11'));
    await until(() => sink.told.includes('ADDED c'));
    await lives();
    first.end();
    await watchOpen(2);
    expect(probes().map(({ query }) => Object.fromEntries(query))).toEqual([
      { limit: '1', resourceVersion: '11', resourceVersionMatch: 'NotOlderThan' },
    ]);
    expect(lists()).toHaveLength(1);
  });

  test('does not ask for the next page before the sink is ready for it', async () => {
    let ready = (): void => undefined;
    sink.pause = new Promise((resolve) => {
      ready = resolve;
    });
    fault = (call) => {
      if (call.isWatch || call.query.has('continue')) return false;
      call.list('10', [thing('a')], { continue: 'more' });
      return true;
    };
    start();
    await until(() => sink.told.includes('page 1'));
    await lives();
    expect(server.calls).toHaveLength(1);
    ready();
    await watchOpen(1);
    expect(lists()).toHaveLength(2);
  });

  test('ends a watch that the server has forgotten to end', async () => {
    start();
    await watchOpen(1);
    await lives(391_000);
    await failedAndWaited(1);
    expect(sink.errors[0]).toMatchObject({ code: 'WATCH_OVERDUE' });
    expect((await watchOpen(2)).query.get('resourceVersion')).toBe('10');
    expect(watches()[0]?.isClosed).toBe(true);
  });

  test('stops within its list, its watch or its wait when told to', async () => {
    start();
    await watchOpen(1);
    stop.abort(new Error('over'));
    await running;
    await until(() => watches()[0]?.isClosed === true);
    expect(sink.errors).toEqual([]);
  });
});

describe('a list that fails', () => {
  test.each([401, 403, 404, 500, 503])(
    'with %i is told as failed, never as empty, and tried again for ever',
    async (status) => {
      fault = (call) => {
        call.status(status, 'Whatever');
        return true;
      };
      start();
      await passing(() => sink.errors.length >= 12);
      fault = () => false;
      await passing(() => sink.told.includes('recovered'));
      expect(sink.told.slice(-4)).toEqual(['listStarted', 'page 2', 'listed 10', 'recovered']);
      expect(sink.told.filter((told) => told.startsWith('listed '))).toHaveLength(1);
      expect(sink.errors[0]).toMatchObject({ status });
    },
  );

  test('keeps what is known: an object is believed gone only after a complete list', async () => {
    start();
    const watch = await watchOpen(1);
    world = { resourceVersion: '20', things: ['b'] };
    fault = (call) => {
      if (call.isWatch) return false;
      call.text(200, '<html>', { 'content-type': 'text/html' });
      return true;
    };
    watch.event('ERROR', { kind: 'Status', code: 410, reason: 'Expired' });
    await failedAndWaited(1);
    await failedAndWaited(2);
    expect([...sink.objects]).toEqual(['a', 'b']);
    fault = () => false;
    await watchOpen(2);
    expect([...sink.objects]).toEqual(['b']);
  });

  test('begins again when the server forgets it in the middle', async () => {
    let forgotten = 0;
    fault = (call) => {
      if (call.isWatch || forgotten === 2) return false;
      if (call.query.has('continue')) {
        forgotten += 1;
        call.status(410, 'Expired');
      } else call.list('10', [thing('a')], { continue: 'more' });
      return true;
    };
    start();
    await failedAndWaited(1);
    await watchOpen(1);
    expect(sink.told).toEqual([
      'listStarted',
      'page 1',
      'listStarted',
      'page 1',
      'failed',
      'listStarted',
      'page 2',
      'listed 10',
      'recovered',
    ]);
  });

  test.each([
    [
      'is reset',
      (call: Call) => {
        call.reset();
      },
    ],
    ['stalls', () => undefined],
    [
      'is cut in the middle',
      (call: Call) => {
        call.open();
        call.write('{"kind":"ThingList","meta');
        call.halfClose();
      },
    ],
  ])('because it %s, is tried again', async (_, break_) => {
    fault = (call) => {
      break_(call);
      return true;
    };
    start();
    await until(() => sink.errors.length === 1);
    fault = () => false;
    await clock.advance(60_000);
    await watchOpen(1);
    expect([...sink.objects]).toEqual(['a', 'b']);
  });

  test('obeys Retry-After, and backs off by itself', async () => {
    fault = (call) => {
      call.status(429, 'TooManyRequests', { headers: { 'retry-after': '7' } });
      return true;
    };
    start();
    await until(() => sink.errors.length === 1);
    await clock.advance(6_900);
    expect(server.calls).toHaveLength(1);
    fault = (call) => {
      call.status(500, 'InternalError');
      return true;
    };
    await clock.advance(100);
    await until(() => sink.errors.length === 2);
    await clock.advance(1_999);
    expect(server.calls).toHaveLength(2);
    await clock.advance(1);
    await until(() => sink.errors.length === 3);
  });
});

describe('a watch that breaks', () => {
  test.each([
    [
      'is reset',
      (call: Call) => {
        call.reset();
      },
    ],
    [
      'is closed on one side',
      (call: Call) => {
        call.halfClose();
      },
    ],
    [
      'ends in the middle of a line',
      (call: Call) => {
        call.write('{"type":"ADD');
        call.end();
      },
    ],
    [
      'breaks in the middle of a line',
      (call: Call) => {
        call.write('{"type":"ADD');
        setImmediate(() => {
          call.reset();
        });
      },
    ],
  ])('because it %s, is resumed where it was, after a proof that the server is not older', async (_, break_) => {
    start();
    const first = await watchOpen(1);
    first.event('MODIFIED', thing('a', '11'));
    await until(() => sink.told.includes('MODIFIED a'));
    break_(first);
    await failedAndWaited(1);
    const second = await watchOpen(2);
    expect(second.query.get('resourceVersion')).toBe('11');
    expect(probes().map(({ query }) => query.get('resourceVersion'))).toEqual(['11']);
    expect(lists()).toHaveLength(1);
    second.event('ADDED', thing('c', '12'));
    await until(() => sink.objects.has('c'));
    expect(sink.told.slice(3)).toEqual(['MODIFIED a', 'failed', 'recovered', 'ADDED c']);
  });

  test('by a 410 is listed again at once', async () => {
    start();
    const first = await watchOpen(1);
    world = { resourceVersion: '20', things: ['b', 'c'] };
    first.event('ERROR', { kind: 'Status', code: 410, reason: 'Expired' });
    expect((await watchOpen(2)).query.get('resourceVersion')).toBe('20');
    expect([...sink.objects]).toEqual(['b', 'c']);
    expect(sink.errors).toEqual([]);
  });

  test('by a 410 each time backs off and says so', async () => {
    fault = (call) => {
      if (!call.isWatch) return false;
      call.status(410, 'Expired');
      return true;
    };
    start();
    await failedAndWaited(1);
    await failedAndWaited(2);
    expect(lists().length).toBeGreaterThanOrEqual(3);
  });

  test.each([
    [
      'an ERROR event',
      (call: Call) => {
        call.event('ERROR', { kind: 'Status', code: 500, reason: 'InternalError' });
      },
    ],
    [
      'a line of 10 MB',
      (call: Call) => {
        call.write(Buffer.alloc(10_000_000, 'x'));
      },
    ],
    [
      'a line that is no event',
      (call: Call) => {
        call.write('nonsense\n');
      },
    ],
  ])('by %s is listed again: to resume would meet it again', async (_, break_) => {
    start();
    break_(await watchOpen(1));
    await failedAndWaited(1);
    await watchOpen(2);
    expect(lists()).toHaveLength(2);
    expect(sink.told.slice(-4)).toEqual(['listStarted', 'page 2', 'listed 10', 'recovered']);
  });

  test('by a defect of the sink says so and lists again', async () => {
    start();
    const first = await watchOpen(1);
    sink.breakOnEvent = true;
    first.event('ADDED', thing('c', '11'));
    await failedAndWaited(1);
    expect(sink.errors[0]).toMatchObject({ name: 'SinkFailure', cause: { message: 'a defect' } });
    await watchOpen(2);
    expect(lists()).toHaveLength(2);
  });

  test.each([
    [403, 1],
    [404, 2],
    [429, 1],
    [503, 1],
  ])(
    'and is refused with %i when it is opened again, goes on when it is let, after %i lists in all',
    async (status, listed) => {
      start();
      const first = await watchOpen(1);
      fault = (call) => {
        if (!call.isWatch) return false;
        call.status(status, 'Whatever');
        return true;
      };
      first.reset();
      await failedAndWaited(1);
      await until(() => sink.errors.length === 2);
      fault = () => false;
      await clock.advance(60_000);
      await watchOpen(3);
      expect(lists()).toHaveLength(listed);
      expect(sink.told.filter((told) => told === 'recovered')).toHaveLength(1);
    },
  );

  test('of another content type is no silence', async () => {
    fault = (call) => {
      if (!call.isWatch) return false;
      call.open({ 'content-type': 'text/html' });
      return true;
    };
    start();
    await until(() => sink.errors.length === 1);
    expect(sink.errors[0]).toMatchObject({ code: 'CONTENT_TYPE' });
  });

  test('for a long time is listed again in the end', async () => {
    start();
    const first = await watchOpen(1);
    fault = (call) => {
      if (!call.isWatch) return false;
      call.reset();
      return true;
    };
    first.reset();
    await passing(() => lists().length === 2);
    expect(sink.errors.length).toBeGreaterThanOrEqual(8);
  });
});

describe('a server that went back in time', () => {
  function olderServer(resourceVersion: string): void {
    world = { resourceVersion, things: ['a'] };
    fault = (call) => {
      if (!call.query.has('resourceVersionMatch')) return false;
      call.status(504, 'Timeout', {
        details: { causes: [{ reason: 'ResourceVersionTooLarge' }], retryAfterSeconds: 1 },
      });
      return true;
    };
  }

  test('is noticed before the watch is resumed, told before anything else, and listed', async () => {
    start();
    const first = await watchOpen(1);
    olderServer('5');
    first.reset();
    await until(() => sink.errors.length === 1);
    await clock.advance(1_000);
    for (let i = 1; i <= 3; i++) {
      await until(() => probes().length === i);
      await lives(1_000);
    }
    expect((await watchOpen(2)).query.get('resourceVersion')).toBe('5');
    expect(sink.told.slice(3)).toEqual(['failed', 'timeTravel', 'listStarted', 'page 1', 'listed 5', 'recovered']);
  });

  test('is noticed also when a list was due anyway', async () => {
    start();
    const first = await watchOpen(1);
    olderServer('5');
    first.event('ERROR', { kind: 'Status', code: 500, reason: 'InternalError' });
    await until(() => sink.errors.length === 1);
    await clock.advance(1_000);
    for (let i = 1; i <= 3; i++) {
      await until(() => probes().length === i);
      await lives(1_000);
    }
    await watchOpen(2);
    expect(sink.told.slice(3)).toEqual(['failed', 'timeTravel', 'listStarted', 'page 1', 'listed 5', 'recovered']);
  });

  test('is noticed also behind a 410', async () => {
    start();
    const first = await watchOpen(1);
    olderServer('5');
    first.event('ERROR', { kind: 'Status', code: 410, reason: 'Expired' });
    for (let i = 1; i <= 3; i++) {
      await until(() => probes().length === i);
      await lives(1_000);
    }
    await until(() => sink.told.includes('listed 5'));
    expect(sink.told.slice(3)).toEqual(['timeTravel', 'listStarted', 'page 1', 'listed 5']);
  });

  test('cannot be told from one that does not know the question: then all is listed', async () => {
    start();
    const first = await watchOpen(1);
    fault = (call) => {
      if (!call.query.has('resourceVersionMatch')) return false;
      call.status(400, 'BadRequest');
      return true;
    };
    first.reset();
    await failedAndWaited(1);
    await watchOpen(2);
    expect(lists()).toHaveLength(2);
    expect(sink.told).not.toContain('timeTravel');
  });

  test('is not suspected because it lags for a moment after its start', async () => {
    start();
    const first = await watchOpen(1);
    olderServer('5');
    first.reset();
    await until(() => sink.errors.length === 1);
    await clock.advance(1_000);
    await until(() => probes().length === 1);
    fault = () => false;
    await lives(1_000);
    await watchOpen(2);
    expect(sink.told).not.toContain('timeTravel');
    expect(lists()).toHaveLength(1);
  });
});

test('a server that is away for an hour is found again, and nothing is lost or invented', async () => {
  start();
  await watchOpen(1);
  const { port } = server;
  await server.stop();
  await passing(() => sink.errors.length >= 120, 10_000);
  expect([...sink.objects]).toEqual(['a', 'b']);
  world = { resourceVersion: '50', things: ['b', 'c'] };
  await server.restart(port);
  await passing(() => sink.told.includes('recovered'));
  expect([...sink.objects]).toEqual(['b', 'c']);
});
