import type { KcpAccess } from '../harness/kcp-access.js';
import { sharedControlPlanes, uniqueName } from '../harness/shared.js';
import { createWorkspace, type Workspace } from '../harness/workspace.js';
import {
  accountFor,
  clientAt,
  clientOf,
  createSyncTarget,
  registered,
  reporterRules,
  syncTargetIn,
  workspaceWithType,
} from './world.fixture.js';

jest.setTimeout(180_000);

let kcp: KcpAccess;
let workspace: Workspace;
let uid: string;

beforeAll(async () => {
  ({ kcp } = await sharedControlPlanes());
  workspace = await workspaceWithType(kcp);
  uid = (await createSyncTarget(workspace)).metadata.uid!;
});

/** The message with which registering is refused. */
async function refusal(...args: Parameters<typeof registered>): Promise<string> {
  const error = await registered(...args).then(
    () => undefined,
    (thrown: unknown) => thrown as Error,
  );
  expect(error?.name).toBe('StartError');
  expect(error?.message).not.toContain('\n');
  return error?.message ?? '';
}

const origin = (): string => new URL(workspace.url).origin;

test('an account with three rights registers, twice under the same identifier, and tells which workspace it is', async () => {
  const account = await accountFor(kcp, workspace, reporterRules);
  const first = await registered(clientOf(account, workspace), workspace.path, uid);
  expect(first.registration).toMatchObject({ logicalCluster: workspace.logicalCluster, workspacePath: workspace.path });
  const { syncerIdentifier, syncerInstance } = first.registration;
  expect((await syncTargetIn(workspace)).status).toEqual({ syncerIdentifier, syncerInstance });

  const { resourceVersion } = (await syncTargetIn(workspace)).metadata;
  const second = await registered(clientOf(account, workspace), workspace.path, uid);
  expect(second.registration.syncerIdentifier).toBe(first.registration.syncerIdentifier);
  expect((await syncTargetIn(workspace)).metadata.resourceVersion).toBe(resourceVersion);
});

test("kcp's administrator registers by the logical cluster's name too", async () => {
  const client = clientAt(workspace.kubeconfig(), workspace.logicalCluster);
  const { registration } = await registered(client, workspace.logicalCluster, uid);
  expect(registration.workspacePath).toBe(workspace.path);
});

test('each mistake is told in one line', async () => {
  const admin = (path = workspace.path) => clientAt(workspace.kubeconfig(), path);
  expect(await refusal(admin(), workspace.path, 'another')).toBe(
    `SyncTarget my-cluster in workspace ${workspace.path} has uid ${uid}, not another: if it is the one you mean, use --sync-target-uid=${uid}`,
  );
  expect(await refusal(admin('root:nope'), 'root:nope', uid)).toBe(`kcp at ${origin()} has no workspace root:nope`);

  const empty = await createWorkspace(kcp, uniqueName('empty'));
  expect(await refusal(admin(empty.path), empty.path, uid)).toContain(
    `workspace ${empty.path} does not serve SyncTargets; publish the type: workload-syncer publish-apis`,
  );
});

test('a missing SyncTarget is told with a command that creates it', async () => {
  const other = await workspaceWithType(kcp);
  const message = await refusal(clientAt(other.kubeconfig(), other.path), other.path, uid);
  const [, json] = /create it: echo '(.*)' \| kubectl create --server=\S+ -f -$/.exec(message) ?? [];
  expect(message).toContain(`--server=${other.url}`);
  expect(await other.kubectl(['create', '-f', '-'], { input: json! })).toMatchObject({ code: 0 });
  const created = await syncTargetIn(other);
  await registered(clientAt(other.kubeconfig(), other.path), other.path, created.metadata.uid!);
});

test.each([
  [0, 'get logicalclusters.core.kcp.io'],
  [1, 'get synctargets.workload.kcp.io'],
  [2, 'patch synctargets.workload.kcp.io/status'],
])('without its right number %d, the one that is missing is named', async (missing, words) => {
  const rules = reporterRules.filter((_, index) => index !== missing);
  const account = await accountFor(kcp, workspace, rules);
  expect(await refusal(clientOf(account, workspace), workspace.path, uid)).toContain(
    `the credentials may not ${words} in workspace ${workspace.path} (403)`,
  );
});

test('refused credentials and a server that nobody runs are told within fifteen seconds', async () => {
  const wrongToken = workspace.kubeconfig().replace(/token: .*/, 'token: wrong');
  const nobody = workspace.kubeconfig().replace(/127\.0\.0\.1:\d+/, '127.0.0.1:1');
  const started = performance.now();
  const [unauthorized, unreachable] = await Promise.all([
    refusal(clientAt(wrongToken, workspace.path), workspace.path, uid),
    refusal(clientAt(nobody, workspace.path), workspace.path, uid),
  ]);
  expect(performance.now() - started).toBeLessThan(16_000);
  expect(unauthorized).toBe(`kcp at ${origin()} refuses the credentials (401): check the user of the kcp kubeconfig`);
  expect(unreachable).toMatch(/^kcp at https:\/\/127\.0\.0\.1:1.*: nothing listens there$/);
});
