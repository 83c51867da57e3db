import { eventually } from '../harness/eventually.js';
import { startKcp, type Kcp } from '../harness/kcp.js';
import type { Workspace } from '../harness/workspace.js';
import { reportingFor, type Reporting } from './reporting.fixture.js';
import { accountFor, clientOf, registered, reporterRules, workspaceWithType } from './world.fixture.js';

jest.setTimeout(180_000);

let kcp: Kcp;
let workspace: Workspace;
let ours: Reporting | undefined;

beforeAll(async () => {
  kcp = await startKcp();
  workspace = await workspaceWithType(kcp);
});
afterAll(async () => {
  await ours?.end();
  await kcp.stop();
});

test('a restart of kcp: no SyncTarget is missed, no time travel is seen, no false answer is believed', async () => {
  const account = await accountFor(kcp, workspace, reporterRules);
  const reporting = await reportingFor(workspace, account);
  ours = reporting;
  reporting.run();
  const before = await reporting.counted(2);
  await kcp.kill();
  await eventually('a heartbeat fails', () => reporting.reporter.state().errors > 0);

  const [{ registration, notices }] = await Promise.all([
    registered(clientOf(account, workspace), workspace.path, reporting.uid),
    kcp.start(),
  ]);
  expect(registration.logicalCluster).toBe(workspace.logicalCluster);
  expect(notices.length).toBeGreaterThan(0);
  expect(notices.every((notice) => notice.startsWith('waiting for kcp to become ready ('))).toBe(true);

  const after = await reporting.counted((before.heartbeat?.count ?? 0) + 3);
  expect(after.heartbeat?.errors).toBeGreaterThan(0);
  expect(reporting.missing).toEqual([]);
  expect(reporting.timeTravels).toEqual([]);
});
