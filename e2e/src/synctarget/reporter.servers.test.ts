import type { ResourceSnapshot } from '@kcp-syncer/syncer-runtime/observe/snapshot.js';
import type { Account } from '../harness/account.js';
import { eventually } from '../harness/eventually.js';
import type { KcpAccess } from '../harness/kcp-access.js';
import { sharedControlPlanes } from '../harness/shared.js';
import type { Workspace } from '../harness/workspace.js';
import { calm, condition, connected, reportingFor, type Reporting } from './reporting.fixture.js';
import {
  accountFor,
  createSyncTarget,
  reporterRules,
  syncTargetIn,
  syncTargets,
  workspaceWithType,
} from './world.fixture.js';

jest.setTimeout(120_000);

const name = 'my-cluster';

let kcp: KcpAccess;
let workspace: Workspace;
let account: Account;
let reporting: Reporting | undefined;

beforeAll(async () => {
  ({ kcp } = await sharedControlPlanes());
  workspace = await workspaceWithType(kcp);
  account = await accountFor(kcp, workspace, reporterRules);
});
afterEach(async () => {
  await reporting?.end();
  reporting = undefined;
  await workspace.admin.delete({ ...syncTargets, name });
});

async function aReporting(): Promise<Reporting> {
  reporting = await reportingFor(workspace, account);
  return reporting;
}

test('heartbeats rise, make the SyncTarget ready, and cost one request each', async () => {
  const ours = await aReporting();
  const mark = kcp.audit.mark();
  ours.run();
  await ours.counted(4);
  expect(
    await workspace.kubectl(['wait', '--for=condition=Ready', `synctarget/${name}`, '--timeout=10s']),
  ).toMatchObject({ code: 0 });
  await ours.end();
  const count = (await ours.status()).heartbeat?.count ?? 0;
  // The end cuts off the last answer, if one is on its way, before it is in the log.
  const requests = await eventually('the heartbeats are in the log', () => {
    const found = kcp.audit.since(mark).filter(({ user }) => user === account.user);
    return found.length >= count && found;
  });
  expect(
    new Set(requests.map(({ verb, object }) => `${verb} ${object.resource ?? ''}/${object.subresource ?? ''}`)),
  ).toEqual(new Set(['patch synctargets/status']));
  expect(requests).toHaveLength(count);
});

test('a condition that changes is to be seen within two seconds, in both directions', async () => {
  const ours = await aReporting();
  ours.run();
  await ours.counted(1);
  for (const [downstream, words] of [
    [{ connected: false, sinceMs: 0, message: 'nothing listens there' }, 'False ClusterUnreachable'],
    [connected, 'True SyncerConnected'],
  ] as const) {
    ours.snapshot = { ...calm, connectivity: { upstream: connected, downstream } };
    ours.reporter.poke();
    await eventually(words, async () => condition(await ours.status(), 'SyncerReady') === words, { timeoutMs: 2_000 });
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
  const stored = await ours.counted(2);
  expect(stored.resources).toHaveLength(1_000);
  expect(stored.blocked).toHaveLength(10);
  expect(condition(stored, 'ResourcesReady')).toBe('False ResourceNotPermitted');
});

test('a count that was set back is noticed, and goes on rising', async () => {
  const ours = await aReporting();
  ours.run();
  await ours.counted(3);
  await workspace.admin.patch({ ...syncTargets, name, subresource: 'status' }, { status: { heartbeat: { count: 1 } } });
  await eventually('time travel', () => ours.timeTravels.length > 0);
  expect(ours.timeTravels).toEqual([{ stored: 1, known: expect.any(Number) as number }]);
  await ours.counted(5);
  expect(ours.timeTravels).toHaveLength(1);
});

test('a SyncTarget that is deleted is missed', async () => {
  const ours = await aReporting();
  ours.run();
  await ours.counted(1);
  await workspace.admin.delete({ ...syncTargets, name });
  await eventually('it is missed', () => ours.missing.length > 0);
  expect(ours.missing).toEqual([
    `SyncTarget ${name} is not there any more: synctargets.workload.kcp.io "${name}" not found`,
  ]);
});

test('a SyncTarget that was made again is another one and is left alone', async () => {
  const ours = await aReporting();
  ours.run();
  await ours.counted(1);
  const before = (await syncTargetIn(workspace)).metadata.uid!;
  await workspace.admin.delete({ ...syncTargets, name });
  const after = (await createSyncTarget(workspace)).metadata.uid!;
  await eventually('it is missed', () => ours.missing.length > 0);
  expect(ours.missing).toEqual([`SyncTarget ${name} was deleted and made again: its uid is ${after}, not ${before}`]);
  expect(await ours.status()).toEqual({});
});

test('an orderly end leaves Unknown and Stopped behind', async () => {
  const ours = await aReporting();
  ours.run();
  await ours.counted(1);
  await ours.reporter.stopOrderly();
  const left = await ours.status();
  expect(condition(left, 'SyncerReady')).toBe('Unknown Stopped');
  expect(condition(left, 'Ready')).toBe('Unknown Stopped');
});
