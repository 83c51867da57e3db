import type { SyncTargetStatus } from '@kcp-syncer/crds/generated/synctarget.js';
import { systemClock } from '@kcp-syncer/syncer-runtime/base/clock.js';
import type { KubeClient } from '@kcp-syncer/syncer-runtime/kube/client.js';
import type { Logger } from '@kcp-syncer/syncer-runtime/observe/logger.js';
import type { Recorder } from '@kcp-syncer/syncer-runtime/observe/recorder.js';
import type { ResourceSnapshot, SyncerSnapshot } from '@kcp-syncer/syncer-runtime/observe/snapshot.js';
import { createReporter, type Reporter } from '@kcp-syncer/syncer-runtime/synctarget/reporter.js';
import type { Account } from '../harness/account.js';
import { eventually } from '../harness/eventually.js';
import { startKcp, type Kcp } from '../harness/kcp.js';
import type { Workspace } from '../harness/workspace.js';
import {
  accountFor,
  clientOf,
  createSyncTarget,
  registered,
  reporterRules,
  syncTargetIn,
  syncTargets,
  workspaceWithType,
} from './world.fixture.js';

jest.setTimeout(180_000);

const name = 'my-cluster';
const connected = { connected: true, sinceMs: 0, message: '' };
const calm: SyncerSnapshot = {
  engineStarted: true,
  connectivity: { upstream: connected, downstream: connected },
  resources: [],
  blocked: [],
  problems: [],
  syncCount: 0,
  errorCount: 0,
  recent: { passes: 0, errors: 0 },
  backlog: 0,
  selection: 'resources all; namespaces all',
};

let kcp: Kcp;
let workspace: Workspace;
let account: Account;
let reporting: Reporting | undefined;

beforeAll(async () => {
  kcp = await startKcp();
  workspace = await workspaceWithType(kcp);
  account = await accountFor(kcp, workspace, reporterRules);
});
afterEach(async () => {
  await reporting?.end();
  reporting = undefined;
  await workspace.admin.delete({ ...syncTargets, name });
});
afterAll(async () => {
  await kcp.stop();
});

/** A reporter on a SyncTarget of its own, one heartbeat a second. */
class Reporting {
  snapshot = calm;
  readonly missing: string[] = [];
  readonly timeTravels: unknown[] = [];
  readonly reporter: Reporter;
  private readonly controller = new AbortController();
  private running: Promise<void> | undefined;

  constructor(
    private readonly client: KubeClient,
    registration: Awaited<ReturnType<typeof registered>>['registration'],
  ) {
    this.reporter = createReporter({
      client: client.at(`/clusters/${registration.logicalCluster}`),
      registration,
      snapshot: () => this.snapshot,
      recorder: { heartbeat: () => undefined } as Partial<Recorder> as Recorder,
      logger: { log: () => undefined, error: () => undefined } as Partial<Logger> as Logger,
      clock: systemClock,
      periodMs: 1_000,
      callbacks: {
        onSyncTarget: () => undefined,
        onSyncTargetMissing: (message) => this.missing.push(message),
        onTimeTravel: (counts) => this.timeTravels.push(counts),
      },
    });
  }

  run(): void {
    this.running = this.reporter.run(this.controller.signal);
  }

  async end(): Promise<void> {
    this.controller.abort();
    await this.running;
    await this.client.close();
  }
}

async function aReporting(): Promise<Reporting> {
  const { metadata } = await createSyncTarget(workspace);
  const client = clientOf(account, workspace);
  const { registration } = await registered(client, workspace.path, metadata.uid!);
  reporting = new Reporting(client, registration);
  return reporting;
}

async function status(): Promise<SyncTargetStatus> {
  return (await syncTargetIn(workspace)).status ?? {};
}

async function counted(count: number): Promise<SyncTargetStatus> {
  return await eventually(`heartbeat ${count}`, async () => {
    const current = await status();
    return (current.heartbeat?.count ?? 0) >= count && current;
  });
}

function condition(of: SyncTargetStatus, type: string): string | undefined {
  const found = of.conditions?.find((one) => one.type === type);
  return found && `${found.status} ${found.reason}`;
}

test('heartbeats rise, make the SyncTarget ready, and cost one request each', async () => {
  const ours = await aReporting();
  const mark = kcp.audit.mark();
  ours.run();
  await counted(4);
  expect(
    await workspace.kubectl(['wait', '--for=condition=Ready', `synctarget/${name}`, '--timeout=10s']),
  ).toMatchObject({ code: 0 });
  await ours.end();
  const requests = kcp.audit.since(mark).filter(({ user }) => user === account.user);
  const count = (await status()).heartbeat?.count ?? 0;
  expect(
    new Set(requests.map(({ verb, object }) => `${verb} ${object.resource ?? ''}/${object.subresource ?? ''}`)),
  ).toEqual(new Set(['patch synctargets/status']));
  expect(requests).toHaveLength(count);
});

test('a condition that changes is to be seen within two seconds, in both directions', async () => {
  const ours = await aReporting();
  ours.run();
  await counted(1);
  for (const [downstream, words] of [
    [{ connected: false, sinceMs: 0, message: 'nothing listens there' }, 'False ClusterUnreachable'],
    [connected, 'True SyncerConnected'],
  ] as const) {
    ours.snapshot = { ...calm, connectivity: { upstream: connected, downstream } };
    ours.reporter.poke();
    await eventually(words, async () => condition(await status(), 'SyncerReady') === words, { timeoutMs: 2_000 });
  }
});

test('the largest status that can be is accepted', async () => {
  const ours = await aReporting();
  const message = '𝒳'.repeat(5_000);
  const resources = Array.from({ length: 1_200 }, (_, i): ResourceSnapshot => ({
    group: `${'g'.repeat(60)}.${'h'.repeat(60)}.example.com`,
    resource: `r${i}`,
    version: 'v1alpha1',
    identity: '73344c36-4f9b-40e1-acee-8c26492b9dd9',
    state: 'NotPermitted',
    synced: 1,
    pending: 1,
    failed: 1,
    message,
    required: true,
  }));
  const blocked = Array.from({ length: 20 }, (_, i) => ({
    group: 'apps',
    resource: 'deployments',
    namespace: 'default',
    name: `n${i}`,
    reason: 'Rejected',
    message,
    sinceMs: i,
  }));
  ours.snapshot = { ...calm, resources, blocked, selection: message, problems: [{ reason: 'Stuck', message }] };
  ours.run();
  const stored = await counted(2);
  expect(stored.resources).toHaveLength(1_000);
  expect(stored.blocked).toHaveLength(10);
  expect(condition(stored, 'ResourcesReady')).toBe('False ResourceNotPermitted');
});

test('a count that was set back is noticed, and goes on rising', async () => {
  const ours = await aReporting();
  ours.run();
  await counted(3);
  await workspace.admin.patch({ ...syncTargets, name, subresource: 'status' }, { status: { heartbeat: { count: 1 } } });
  await eventually('time travel', () => ours.timeTravels.length > 0);
  expect(ours.timeTravels).toEqual([{ stored: 1, known: expect.any(Number) as number }]);
  await counted(5);
  expect(ours.timeTravels).toHaveLength(1);
});

test('a SyncTarget that is deleted is missed', async () => {
  const ours = await aReporting();
  ours.run();
  await counted(1);
  await workspace.admin.delete({ ...syncTargets, name });
  await eventually('it is missed', () => ours.missing.length > 0);
  expect(ours.missing).toEqual([
    `SyncTarget ${name} is not there any more: synctargets.workload.kcp.io "${name}" not found`,
  ]);
});

test('a SyncTarget that was made again is another one and is left alone', async () => {
  const ours = await aReporting();
  ours.run();
  await counted(1);
  const before = (await syncTargetIn(workspace)).metadata.uid!;
  await workspace.admin.delete({ ...syncTargets, name });
  const after = (await createSyncTarget(workspace)).metadata.uid!;
  await eventually('it is missed', () => ours.missing.length > 0);
  expect(ours.missing).toEqual([`SyncTarget ${name} was deleted and made again: its uid is ${after}, not ${before}`]);
  expect(await status()).toEqual({});
});

test('an orderly end leaves Unknown and Stopped behind', async () => {
  const ours = await aReporting();
  ours.run();
  await counted(1);
  await ours.reporter.stopOrderly();
  const left = await status();
  expect(condition(left, 'SyncerReady')).toBe('Unknown Stopped');
  expect(condition(left, 'Ready')).toBe('Unknown Stopped');
});

test('heartbeats outlive a restart of kcp: nothing is missed, no time travel is seen, errors are counted', async () => {
  const ours = await aReporting();
  ours.run();
  const before = await counted(2);
  await kcp.kill();
  await eventually('a heartbeat fails', () => ours.reporter.state().errors > 0);
  await kcp.start();
  const after = await counted((before.heartbeat?.count ?? 0) + 3);
  expect(after.heartbeat?.errors).toBeGreaterThan(0);
  expect(ours.missing).toEqual([]);
  expect(ours.timeTravels).toEqual([]);
});
