import { FakeClock, settle } from '../base/clock.fixture.js';
import { processMark } from '../base/process-mark.js';
import {
  FakeKcp,
  logicalCluster,
  refused,
  silence,
  statusText,
  unreachable,
  workspaceName,
} from './fake-kcp.fixture.js';
import { register, type Registration } from './registration.js';

const name = 'my-cluster';
const identifier = 'syncer-hol55thgr70c4ifj';
const syncerInstance = 'process-1';

interface World {
  readonly kcp: FakeKcp;
  readonly clock: FakeClock;
  readonly notices: string[];
  readonly controller: AbortController;
}

function aWorld(): World {
  const kcp = new FakeKcp();
  kcp.add(name, { uid: 'uid-1' });
  return { kcp, clock: new FakeClock(), notices: [], controller: new AbortController() };
}

/** Registers while the clock runs; what came of it, and after how long. */
async function registering(world: World, from = {}): Promise<{ result?: Registration; error?: unknown; ms: number }> {
  const { kcp, clock, notices, controller } = world;
  const options = {
    syncTarget: { name, uid: 'uid-1' },
    workspace: workspaceName,
    workspaceCluster: workspaceName,
    syncerInstance,
    heartbeatPeriodMs: 2_000,
    ...from,
  };
  const started = clock.now();
  let outcome: { result?: Registration; error?: unknown } | undefined;
  register(kcp.client(options.workspaceCluster), {
    ...options,
    clock,
    signal: controller.signal,
    onWaiting: (notice) => notices.push(notice),
  }).then(
    (result) => (outcome = { result }),
    (error: unknown) => (outcome = { error }),
  );
  await settle();
  while (!outcome && clock.now() - started < 120_000) await clock.advance(100);
  return { ...outcome, ms: clock.now() - started };
}

async function messageOf(world: World, from = {}): Promise<string> {
  const { error } = await registering(world, from);
  expect(error).toMatchObject({ name: 'StartError' });
  const { message } = error as Error;
  expect(message).not.toContain('\n');
  return message;
}

describe('registering', () => {
  test('finds the logical cluster and claims a SyncTarget that never had a status', async () => {
    const world = aWorld();
    const { result, ms } = await registering(world);
    expect(result).toMatchObject({
      logicalCluster,
      logicalClusterUid: '73344c36-4f9b-40e1-acee-8c26492b9dd9',
      workspacePath: workspaceName,
      syncerIdentifier: identifier,
      syncTarget: { metadata: { uid: 'uid-1' }, status: { syncerIdentifier: identifier } },
    });
    expect(ms).toBe(0);
    expect(world.kcp.status(name)).toEqual({ syncerIdentifier: identifier, syncerInstance });
    expect(world.notices).toEqual([]);
  });

  test('uses the lane of heartbeats alone', async () => {
    const world = aWorld();
    await registering(world);
    expect(new Set(world.kcp.requests.map((request) => request.lane))).toEqual(new Set(['heartbeat']));
  });

  test('keeps and hands over what was reported before', async () => {
    const world = aWorld();
    const before = {
      syncerIdentifier: identifier,
      resources: [{ resource: 'jobs.batch', state: 'Synced' as const, identity: 'uid-7' }],
    };
    world.kcp.setStatus(name, before);
    expect((await registering(world)).result?.syncTarget.status).toEqual({ ...before, syncerInstance });
  });

  test('takes over from another identifier', async () => {
    const world = aWorld();
    world.kcp.setStatus(name, { syncerIdentifier: 'syncer-other' });
    await registering(world);
    expect(world.kcp.status(name).syncerIdentifier).toBe(identifier);
  });

  test('looks again when another writer came between reading and claiming', async () => {
    const world = aWorld();
    world.kcp.fault = (request) => {
      if (request.method === 'PATCH' && world.kcp.patches().length === 1)
        world.kcp.setStatus(name, { syncerIdentifier: 'syncer-other' });
      return undefined;
    };
    expect((await registering(world)).result?.syncTarget.status).toEqual({
      syncerIdentifier: identifier,
      syncerInstance,
    });
  });
});

describe('a mistake is one line that says what to change', () => {
  test('no such workspace', async () => {
    expect(await messageOf(aWorld(), { workspaceCluster: 'root:nope', workspace: 'root:nope' })).toBe(
      'kcp at https://kcp.example.com:6443 has no workspace root:nope',
    );
  });

  test('no SyncTarget type', async () => {
    const world = aWorld();
    world.kcp.servesSyncTargets = false;
    expect(await messageOf(world)).toBe(
      'workspace root:team-a does not serve SyncTargets; publish the type: workload-syncer publish-apis --workspace-cluster=root:team-a --kcp-kubeconfig=… --cluster-kubeconfig=…',
    );
  });

  test('no such SyncTarget', async () => {
    const world = aWorld();
    world.kcp.syncTargets.clear();
    expect(await messageOf(world)).toBe(
      'workspace root:team-a has no SyncTarget my-cluster; create it: ' +
        `echo '{"apiVersion":"workload.kcp.io/v1alpha1","kind":"SyncTarget","metadata":{"name":"my-cluster"}}' | ` +
        'kubectl create --server=https://kcp.example.com:6443/clusters/root:team-a -f -',
    );
  });

  test('another uid', async () => {
    const world = aWorld();
    expect(await messageOf(world, { syncTarget: { name, uid: 'uid-0' } })).toBe(
      'SyncTarget my-cluster in workspace root:team-a has uid uid-1, not uid-0: if it is the one you mean, use --sync-target-uid=uid-1',
    );
    expect(world.kcp.patches()).toEqual([]);
  });

  test('a SyncTarget of another product', async () => {
    const world = aWorld();
    const spec = { supportedAPIExports: [{ export: 'kubernetes' }] } as never;
    world.kcp.add(name, { uid: 'uid-1', spec });
    expect(await messageOf(world)).toBe(
      'SyncTarget my-cluster in workspace root:team-a: spec.supportedAPIExports[0].resource is missing',
    );
  });

  test('a type that drops what we write', async () => {
    const world = aWorld();
    const client = world.kcp.client.bind(world.kcp);
    world.kcp.client = (cluster) => {
      const inner = client(cluster);
      const request: typeof inner.request = async (call) => {
        const reply = await inner.request(call);
        return call.method === 'PATCH'
          ? { ...reply, text: JSON.stringify({ metadata: { name, uid: 'uid-1' }, status: {} }) }
          : reply;
      };
      return { ...inner, request, at: (path) => world.kcp.client(path.replace('/clusters/', '')) };
    };
    expect(await messageOf(world)).toContain('drops status.syncerIdentifier');
  });

  test('refused credentials', async () => {
    const world = aWorld();
    world.kcp.fault = () => refused(401, statusText(401, 'Unauthorized', 'Unauthorized'));
    const { error, ms } = await registering(world);
    expect(error).toMatchObject({
      name: 'StartError',
      message:
        'kcp at https://kcp.example.com:6443 refuses the credentials (401): check the user of the kcp kubeconfig',
    });
    expect(ms).toBeLessThan(16_000);
  });

  test.each([
    [
      'GET',
      '/logicalclusters/',
      'get logicalclusters.core.kcp.io in workspace root:team-a (403), or there is no such workspace, or https://kcp.example.com:6443 is not kcp',
    ],
    ['GET', '/synctargets/', 'get synctargets.workload.kcp.io in workspace root:team-a (403)'],
    ['PATCH', '/synctargets/', 'patch synctargets.workload.kcp.io/status in workspace root:team-a (403)'],
  ])('no permission to %s %s', async (method, part, words) => {
    const world = aWorld();
    world.kcp.fault = (request) => {
      if (request.method !== method || !request.path.includes(part)) return undefined;
      return Object.assign(refused(403, statusText(403, 'Forbidden', 'access denied')), { method, path: request.path });
    };
    expect(await messageOf(world)).toBe(`the credentials may not ${words}`);
  });

  test('no permission, from a server that knows what a LogicalCluster is', async () => {
    const world = aWorld();
    const text = JSON.stringify({
      kind: 'Status',
      reason: 'Forbidden',
      message: 'access denied',
      details: { name: 'cluster', group: 'core.kcp.io', kind: 'logicalclusters' },
    });
    world.kcp.fault = ({ path }) =>
      path.includes('/logicalclusters/') ? Object.assign(refused(403, text), { path }) : undefined;
    expect(await messageOf(world)).toBe(
      'the credentials may not get logicalclusters.core.kcp.io in workspace root:team-a (403), or there is no such workspace',
    );
  });

  test('a server that cannot be reached', async () => {
    const world = aWorld();
    world.kcp.fault = unreachable;
    const { error, ms } = await registering(world);
    expect(error).toMatchObject({
      name: 'StartError',
      message: 'kcp at https://kcp.example.com:6443: nothing listens there',
    });
    expect(ms).toBeLessThan(16_000);
    expect(world.notices).toHaveLength(1);
  });
});

describe('kcp while it starts', () => {
  test('is waited for, and its false answers are not believed', async () => {
    const world = aWorld();
    world.kcp.ready = false;
    world.kcp.servesSyncTargets = false;
    void world.clock.after(8_000, () => {
      world.kcp.ready = true;
      world.kcp.servesSyncTargets = true;
    });
    const { result, ms } = await registering(world);
    expect(result?.syncerIdentifier).toBe(identifier);
    expect(ms).toBeGreaterThanOrEqual(8_000);
    expect(world.notices).toEqual([expect.stringMatching(/^waiting for kcp to become ready \(.*\)$/)]);
  });

  test('a refusal from before it was ready is not believed when it is ready: it has to be repeated', async () => {
    const world = aWorld();
    world.kcp.servesSyncTargets = false;
    world.kcp.fault = (request) => {
      // The server becomes ready between the refusal and the question whether it is.
      if (request.path === '/readyz') world.kcp.servesSyncTargets = true;
      return undefined;
    };
    expect((await registering(world)).result?.syncerIdentifier).toBe(identifier);
  });

  test('is given up when it does not become ready', async () => {
    const world = aWorld();
    world.kcp.ready = false;
    world.kcp.servesSyncTargets = false;
    const { error, ms } = await registering(world);
    expect((error as Error).message).toMatch(
      /^kcp at https:\/\/kcp.example.com:6443 did not become ready within 30 s; it said last: /,
    );
    expect(ms).toBeLessThan(40_000);
  });
});

test('a server that never answers does not hold the start', async () => {
  const world = aWorld();
  world.kcp.fault = silence;
  const { error } = await registering(world);
  expect((error as Error).message).toBe('kcp at https://kcp.example.com:6443: it did not answer in time');
});

test.each(['<html>Welcome</html>', 'null', '[]'])(
  'a server that answers with %s is not taken for kcp',
  async (body) => {
    const world = aWorld();
    world.kcp.body = body;
    expect(await messageOf(world)).toBe(
      'kcp at https://kcp.example.com:6443: it answered with something that is no object',
    );
  },
);

test('the caller can end the wait', async () => {
  const world = aWorld();
  world.kcp.ready = false;
  world.kcp.servesSyncTargets = false;
  void world.clock.after(3_000, () => {
    world.controller.abort(new Error('enough'));
  });
  const { error, ms } = await registering(world);
  expect(error).toEqual(new Error('enough'));
  expect(ms).toBe(3_000);
});

describe('a SyncTarget that another process of the syncer holds (S20)', () => {
  const other = (count: number): object => ({
    syncerIdentifier: identifier,
    syncerInstance: 'process-0',
    heartbeat: { count },
  });

  test('is not claimed while the heartbeats of that one go on, whatever its clock says', async () => {
    const world = aWorld();
    world.kcp.setStatus(name, other(7));
    world.clock.after(1_500, () => {
      world.kcp.setStatus(name, other(8));
    });
    const { error, ms } = await registering(world);
    expect(error).toMatchObject({ name: 'StartError', message: expect.stringContaining('SyncTargetInUse') as string });
    expect(ms).toBe(2_000);
    expect(world.kcp.patches()).toEqual([]);
    expect(world.notices).toEqual([expect.stringContaining('did not stop in order')]);
  });

  test('is claimed when that one has been silent for three heartbeat periods, and not before', async () => {
    const world = aWorld();
    world.kcp.setStatus(name, other(7));
    const { result, ms } = await registering(world);
    expect(result?.syncTarget.status).toMatchObject({ syncerInstance, heartbeat: { count: 7 } });
    expect(ms).toBe(6_000);
  });

  test('is claimed at once when that one was killed on this machine', async () => {
    const [machine, pid, start] = processMark().split('.');
    const world = aWorld();
    world.kcp.setStatus(name, { ...other(7), syncerInstance: `${machine}.${pid}.${start}0.killed` });
    const { result, ms } = await registering(world);
    expect([result?.syncerInstance, ms]).toEqual([syncerInstance, 0]);
    expect(world.notices).toEqual([]);
  });

  test('is claimed at once when that one ran under the Lease that is ours now, and no other is', async () => {
    const lease = 'sd-uid';
    const world = aWorld();
    world.kcp.setStatus(name, { ...other(7), syncerInstance: `${lease}.former` });
    const { result, ms } = await registering(world, { lease });
    expect([result?.syncerInstance, ms]).toEqual([syncerInstance, 0]);
    const another = aWorld();
    another.kcp.setStatus(name, { ...other(7), syncerInstance: `${lease}2.former` });
    expect((await registering(another, { lease })).ms).toBe(6_000);
  });

  test('is claimed at once when that one stops in order meanwhile', async () => {
    const world = aWorld();
    world.kcp.setStatus(name, other(7));
    world.clock.after(1_500, () => {
      world.kcp.setStatus(name, { syncerIdentifier: identifier, heartbeat: { count: 8 } });
    });
    const { result, ms } = await registering(world);
    expect([result?.syncerInstance, ms]).toEqual([syncerInstance, 2_000]);
  });

  test('and is claimed by it in the very moment is left to it', async () => {
    const world = aWorld();
    world.kcp.fault = ({ method }) => {
      if (method !== 'PATCH') return undefined;
      world.kcp.fault = () => undefined;
      world.kcp.setStatus(name, other(1));
      world.clock.after(1_000, () => {
        world.kcp.setStatus(name, other(2));
      });
      return undefined;
    };
    expect(await messageOf(world)).toContain('SyncTargetInUse');
    expect(world.kcp.status(name).syncerInstance).toBe('process-0');
  });

  test('is not claimed from a syncer of another name either, while that one reports', async () => {
    const world = aWorld();
    world.kcp.setStatus(name, { syncerIdentifier: 'syncer-other', heartbeat: { count: 1 } });
    world.clock.after(500, () => {
      world.kcp.setStatus(name, { syncerIdentifier: 'syncer-other', heartbeat: { count: 2 } });
    });
    expect(await messageOf(world)).toContain('SyncTargetInUse');
  });
});
