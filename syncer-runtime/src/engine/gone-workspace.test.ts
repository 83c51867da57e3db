import { FakeClock } from '../base/clock.fixture.js';
import { FakeServer } from '../informer/fake-server.fixture.js';
import type { KubeClient } from '../kube/client.js';
import { untilWorkspaceGone } from './gone-workspace.js';

interface Setting {
  readonly server: FakeServer;
  readonly clock: FakeClock;
  isAway: boolean;
  readonly ending: AbortController;
  outcome: unknown;
}

let setting: Setting;

beforeEach(() => {
  const server = new FakeServer('upstream');
  const clock = new FakeClock();
  const ending = new AbortController();
  setting = { server, clock, isAway: true, ending, outcome: undefined };
  // The root of kcp is ready however its workspaces fare.
  const upstream: KubeClient = {
    ...server.client(),
    at: (path) => (path === '' ? { ...server.client(), request: async () => await ready() } : server.client()),
  };
  const ready = async (): ReturnType<KubeClient['request']> => {
    const faults = server.fault;
    server.fault = () => undefined;
    try {
      return await server.client().request({ method: 'GET', path: '/readyz' });
    } finally {
      server.fault = faults;
    }
  };
  untilWorkspaceGone({ upstream, path: 'root:a', isAway: () => setting.isAway, clock, signal: ending.signal }).then(
    () => (setting.outcome = 'gone'),
    (error: unknown) => (setting.outcome = error),
  );
});

afterEach(() => {
  setting.ending.abort();
});

function deny({ server }: Setting, kind = 'workspaces', group = 'tenancy.kcp.io'): void {
  server.fault = () => server.refusal(404, 'NotFound', { details: { name: 'root:a', kind, group } });
}

test('a workspace is gone when kcp, being ready, denied it for half a minute', async () => {
  deny(setting);
  await setting.clock.advance(39_000);
  expect(setting.outcome).toBeUndefined();
  await setting.clock.advance(1_000);
  expect(setting.outcome).toBe('gone');
});

test('one answer, and the half minute begins anew', async () => {
  deny(setting);
  await setting.clock.advance(35_000);
  setting.isAway = false;
  await setting.clock.advance(10_000);
  setting.isAway = true;
  await setting.clock.advance(34_000);
  expect(setting.outcome).toBeUndefined();
  await setting.clock.advance(1_000);
  expect(setting.outcome).toBe('gone');
});

test('a kcp that is not ready may deny what it likes', async () => {
  setting.server.ready = false;
  deny(setting);
  await setting.clock.advance(300_000);
  expect(setting.outcome).toBeUndefined();
});

test.each([
  ['a 404 for something else', 404, { kind: 'configmaps', group: '' }],
  ['a 403', 403, { kind: 'workspaces', group: 'tenancy.kcp.io' }],
  ['a 401', 401, {}],
  ['a 503', 503, {}],
])('%s says nothing', async (_, status, details) => {
  const { server, clock } = setting;
  server.fault = () => server.refusal(status, 'Whatever', { details });
  await clock.advance(300_000);
  expect(setting.outcome).toBeUndefined();
});

test('nothing is asked while the workspace answers', async () => {
  setting.isAway = false;
  await setting.clock.advance(300_000);
  expect(setting.server.requests).toEqual([]);
});

test('waiting ends with the signal', async () => {
  setting.ending.abort(new Error('enough'));
  await setting.clock.advance(0);
  expect(setting.outcome).toEqual(new Error('enough'));
});
