import { FakeClock, settle } from '../base/clock.fixture.js';
import { FakeServer, namespacesType } from '../informer/fake-server.fixture.js';
import type { KubeObject } from '../object/types.js';
import { CountingRecorder, fakeWorkspace, logicalCluster, workspaceUid } from '../sync/world.fixture.js';
import { Connectivity } from './connectivity.js';

const down = { metadata: { name: 'kube-system', uid: 'cluster-uid' } };

class Setting {
  readonly clock = new FakeClock();
  readonly up = fakeWorkspace();
  readonly down = new FakeServer('downstream');
  readonly recorder = new CountingRecorder();
  readonly changes: string[] = [];
  readonly going: string[] = [];
  readonly ending = new AbortController();
  expiry: number | undefined;
  connectivity!: Connectivity;

  constructor(options: { foundCluster?: string } = {}) {
    this.setCluster('cluster-uid');
    this.connectivity = new Connectivity({
      clients: { upstream: this.up.client(), downstream: this.down.client() },
      pinned: { upstream: workspaceUid, downstream: 'cluster-uid' },
      foundCluster: 'cluster-uid',
      heartbeatPeriodMs: 30_000,
      expiresMs: () => this.expiry,
      clock: this.clock,
      recorder: this.recorder,
      onChange: (side, { connected, message }) => {
        this.changes.push(`${side} ${connected ? 'up' : `down: ${message}`}`);
      },
      onWorkspaceGoing: (cause) => this.going.push(cause),
      ...options,
    });
  }

  async start(): Promise<this> {
    void this.connectivity.run(this.ending.signal);
    await settle();
    return this;
  }

  setCluster(uid: string): void {
    if (this.down.get(namespacesType, 'kube-system')) this.down.purge(namespacesType, 'kube-system');
    this.down.put(namespacesType, { ...down, metadata: { ...down.metadata, uid } });
  }

  /** What an attempt to write meets. */
  get obstacle(): unknown {
    try {
      this.connectivity.assertKnownCluster();
      return undefined;
    } catch (error) {
      return error;
    }
  }

  probes(server: FakeServer): number {
    return server.requests.length;
  }
}

let setting: Setting;

beforeEach(async () => {
  setting = await new Setting().start();
});

afterEach(() => {
  setting.ending.abort();
});

describe('both servers answer', () => {
  test('and nothing is told, and writes go on', async () => {
    await setting.clock.advance(60_000);
    expect([setting.changes, setting.going, setting.obstacle]).toEqual([[], [], undefined]);
    expect(setting.recorder.connections).toEqual(['upstream up', 'downstream up']);
    expect(setting.connectivity.state('upstream')).toMatchObject({ connected: true, message: '' });
  });

  test('and are asked every ten seconds, on the lane of heartbeats', async () => {
    const before = setting.probes(setting.up);
    await setting.clock.advance(61_000);
    expect(setting.probes(setting.up) - before).toBe(6);
    expect(setting.up.requests.every(({ lane }) => lane === 'heartbeat')).toBe(true);
  });

  test('and are asked no more when it is over', async () => {
    setting.ending.abort();
    await settle();
    const before = setting.probes(setting.down);
    await setting.clock.advance(60_000);
    expect(setting.probes(setting.down)).toBe(before);
  });
});

describe('a server refuses the credentials', () => {
  const refuse = (): Error => setting.down.refusal(401, 'Unauthorized');

  test('which is told apart from silence, with since when, and is over when they are renewed (S37)', async () => {
    setting.down.fault = refuse;
    await setting.clock.advance(10_100);
    const state = setting.connectivity.state('downstream');
    expect(state).toMatchObject({ connected: false, refused: true });
    expect(setting.changes).toEqual(['downstream down: they were revoked, or are not known to it']);
    await setting.clock.advance(20_000);
    expect(setting.connectivity.state('downstream').sinceMs).toBe(state.sinceMs);

    setting.down.fault = () => undefined;
    setting.connectivity.look('downstream');
    await settle();
    await setting.clock.advance(200);
    expect(setting.connectivity.state('downstream')).toMatchObject({ connected: true, message: '' });
    expect(setting.connectivity.state('downstream').refused).toBeUndefined();
  });

  test('which have expired by what they say themselves', async () => {
    setting.expiry = setting.clock.now() - 1_000;
    setting.down.fault = refuse;
    await setting.clock.advance(10_100);
    expect(setting.connectivity.state('downstream').message).toMatch(/^they expired at \d{4}-.*Z$/);
  });

  test('after it was silent: that is another trouble, with its own since when', async () => {
    setting.down.fault = () => setting.down.unreachable();
    await setting.clock.advance(10_100);
    const { sinceMs } = setting.connectivity.state('downstream');
    setting.down.fault = refuse;
    await setting.clock.advance(5_000);
    expect(setting.connectivity.state('downstream').sinceMs).toBeGreaterThan(sinceMs);
  });
});

describe('a server does not answer', () => {
  test('which is told once, with since when, and asked again every second', async () => {
    setting.down.fault = () => setting.down.unreachable();
    await setting.clock.advance(10_100);
    const since = setting.connectivity.state('downstream').sinceMs;
    const before = setting.probes(setting.down);
    await setting.clock.advance(11_000);
    expect(setting.changes).toEqual([
      'downstream down: the cluster at https://downstream.example.com: nothing listens there',
    ]);
    expect(setting.probes(setting.down) - before).toBe(10);
    expect(setting.connectivity.state('downstream')).toMatchObject({ connected: false, sinceMs: since });
    expect(setting.connectivity.state('upstream').connected).toBe(true);
  });

  test('and answers again: that is told, with since when', async () => {
    setting.down.fault = () => setting.down.unreachable();
    await setting.clock.advance(20_000);
    setting.down.fault = () => undefined;
    await setting.clock.advance(2_000);
    expect(setting.changes.at(-1)).toBe('downstream up');
    expect(setting.connectivity.state('downstream')).toMatchObject({ connected: true, message: '' });
    expect(setting.recorder.connections.slice(2)).toEqual(['downstream down', 'downstream up']);
  });

  test('or answers with an error: that is told with what it says', async () => {
    setting.up.fault = () => setting.up.refusal(403, 'Forbidden', { message: 'access denied' });
    await setting.clock.advance(10_100);
    expect(setting.changes).toEqual(['upstream down: the server answers 403: access denied']);
    expect(setting.going).toEqual([]);
  });

  test('and hangs: that is noticed after five seconds', async () => {
    setting.up.fault = () => new Promise(() => undefined);
    await setting.clock.advance(10_100 + 4_900);
    expect(setting.changes).toEqual([]);
    await setting.clock.advance(200);
    expect(setting.changes).toEqual(['upstream down: no answer within 5 s']);
  });

  test('with other words than before: the words are told, the time stays', async () => {
    setting.down.fault = () => setting.down.unreachable();
    await setting.clock.advance(10_100);
    const { sinceMs } = setting.connectivity.state('downstream');
    setting.down.fault = () => setting.down.refusal(503, 'ServiceUnavailable', { message: 'starting' });
    await setting.clock.advance(5_000);
    expect(setting.connectivity.state('downstream')).toEqual({
      connected: false,
      sinceMs,
      message: 'the server answers 503: starting',
    });
  });
});

describe('writes wait (S7)', () => {
  test('from the moment in which a connection breaks until it is known who answers', async () => {
    setting.down.fault = () => setting.down.unreachable();
    setting.connectivity.trouble('downstream', setting.down.unreachable());
    expect(setting.obstacle).toMatchObject({ name: 'UnknownCluster' });
    await setting.clock.advance(30_000);
    expect(setting.obstacle).toMatchObject({ name: 'UnknownCluster' });
    setting.down.fault = () => undefined;
    await setting.clock.advance(2_000);
    expect(setting.obstacle).toBeUndefined();
  });

  test('at most a moment when the server answers all the time', async () => {
    setting.connectivity.trouble('downstream', setting.down.unreachable());
    await setting.clock.advance(100);
    expect(setting.obstacle).toBeUndefined();
  });

  test('also when an answer comes that was asked for before the connection broke', async () => {
    let answer = (): void => undefined;
    setting.down.fault = () => new Promise((resolve) => (answer = resolve));
    await setting.clock.advance(10_100);
    setting.connectivity.trouble('downstream', setting.down.unreachable());
    setting.down.fault = () => setting.down.unreachable();
    answer();
    await settle();
    expect(setting.obstacle).toMatchObject({ name: 'UnknownCluster' });
  });

  test('when a list begins anew: it may be another server that answers', async () => {
    setting.connectivity.doubt('downstream');
    expect(setting.obstacle).toMatchObject({ name: 'UnknownCluster' });
    await setting.clock.advance(100);
    expect(setting.obstacle).toBeUndefined();
  });

  test('not because the workspace does not answer, or the cluster refuses something', () => {
    setting.connectivity.trouble('upstream', setting.up.unreachable());
    setting.connectivity.doubt('upstream');
    setting.connectivity.trouble('downstream', setting.down.refusal(403, 'Forbidden'));
    expect(setting.obstacle).toBeUndefined();
  });
});

describe('trouble', () => {
  test('has the server asked at once', async () => {
    await setting.clock.advance(5_000);
    const before = setting.probes(setting.up);
    setting.connectivity.trouble('upstream', setting.up.refusal(503, 'ServiceUnavailable'));
    await setting.clock.advance(100);
    expect(setting.probes(setting.up) - before).toBe(1);
  });

  test('however often it comes has the server asked ten times a second at most', async () => {
    const before = setting.probes(setting.down);
    for (let i = 0; i < 1_000; i++) {
      setting.connectivity.trouble('downstream', setting.down.unreachable());
      await setting.clock.advance(1);
    }
    expect(setting.probes(setting.down) - before).toBeLessThanOrEqual(11);
  });
});

describe('another cluster answers (S7)', () => {
  test('nothing is written until the one that was met first answers again', async () => {
    setting.setCluster('other-uid');
    await setting.clock.advance(10_100);
    expect(setting.obstacle).toMatchObject({
      name: 'TerminalError',
      reason: 'ClusterChanged',
      retryAfterMs: 10_000,
      message:
        'another cluster answers than the one that was met first: uid other-uid in place of cluster-uid; ' +
        'to go on with it, annotate the SyncTarget with syncer.kcp.io/approve-cluster=other-uid and start the syncer again',
    });
    expect(setting.connectivity.changedIdentity('downstream')).toContain('other-uid');
    expect(setting.connectivity.state('downstream').connected).toBe(true);
    await setting.clock.advance(60_000);
    setting.setCluster('cluster-uid');
    await setting.clock.advance(10_100);
    expect([setting.obstacle, setting.connectivity.changedIdentity('downstream')]).toEqual([undefined, undefined]);
  });

  test('after an outage: no moment passes in which it is taken for the first', async () => {
    setting.down.fault = () => setting.down.unreachable();
    setting.connectivity.trouble('downstream', setting.down.unreachable());
    await setting.clock.advance(5_000);
    setting.setCluster('other-uid');
    setting.down.fault = () => undefined;
    for (let i = 0; i < 50; i++) {
      await setting.clock.advance(100);
      expect(setting.obstacle).toBeDefined();
    }
    expect(setting.obstacle).toMatchObject({ reason: 'ClusterChanged' });
  });

  test('from the start: nothing is ever written', async () => {
    setting.ending.abort();
    setting = new Setting({ foundCluster: 'other-uid' });
    expect(setting.obstacle).toMatchObject({ reason: 'ClusterChanged' });
    setting.setCluster('other-uid');
    await setting.start();
    await setting.clock.advance(60_000);
    expect(setting.obstacle).toMatchObject({ reason: 'ClusterChanged' });
  });
});

describe('the workspace', () => {
  const going = ({ metadata, ...object }: KubeObject): KubeObject => ({
    ...object,
    metadata: { ...metadata, finalizers: ['x'], deletionTimestamp: '2026-01-01T00:00:00Z' },
  });

  test('that is being deleted is told (S27)', async () => {
    logicalCluster(setting.up, going);
    await setting.clock.advance(10_100);
    expect(setting.going[0]).toBe('the workspace is being deleted');
    expect(setting.obstacle).toBeUndefined();
  });

  test('that is another one than was met first is told, and nothing is written', async () => {
    setting.ending.abort();
    setting = new Setting();
    setting.up.fault = ({ path }) => (path.includes('logicalclusters') ? undefined : new Error('not asked'));
    const other = new Connectivity({
      clients: { upstream: setting.up.client(), downstream: setting.down.client() },
      pinned: { upstream: 'former-uid', downstream: 'cluster-uid' },
      foundCluster: 'cluster-uid',
      heartbeatPeriodMs: 30_000,
      expiresMs: () => undefined,
      clock: setting.clock,
      recorder: setting.recorder,
      onChange: () => undefined,
      onWorkspaceGoing: (cause) => setting.going.push(cause),
    });
    void other.run(setting.ending.signal);
    await settle();
    expect(setting.going).toEqual(['the workspace was deleted and made anew']);
    expect(() => {
      other.assertKnownCluster();
    }).toThrow(expect.objectContaining({ reason: 'WorkspaceChanged' }) as Error);
  });
});

test('a short heartbeat period has the servers asked twice in it', async () => {
  setting.ending.abort();
  setting = new Setting();
  const options = {
    clients: { upstream: setting.up.client(), downstream: setting.down.client() },
    pinned: { upstream: workspaceUid, downstream: 'cluster-uid' },
    foundCluster: 'cluster-uid',
    heartbeatPeriodMs: 2_000,
    expiresMs: () => undefined,
    clock: setting.clock,
    recorder: setting.recorder,
    onChange: () => undefined,
    onWorkspaceGoing: () => undefined,
  };
  void new Connectivity(options).run(setting.ending.signal);
  await setting.clock.advance(11_000);
  expect(setting.probes(setting.up)).toBe(11);
});
