import type { SyncTargetStatus } from '@kcp-syncer/crds/generated/synctarget.js';
import { sharedControlPlanes } from '../harness/shared.js';
import type { Workspace } from '../harness/workspace.js';
import { createSyncTarget, publishedType, syncTargets, workspaceWithType } from './world.fixture.js';

jest.setTimeout(120_000);

let workspace: Workspace;

beforeAll(async () => {
  const { kcp } = await sharedControlPlanes();
  workspace = await workspaceWithType(kcp);
});

async function kubectl(...args: string[]): Promise<string> {
  const { code, stdout, stderr } = await workspace.kubectl(args);
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  return stdout;
}

/** Cells of a table by its columns, which are at least two blanks apart. */
function rows(table: string): string[][] {
  return table
    .trimEnd()
    .split('\n')
    .map((line) => line.trimEnd().split(/ {2,}/));
}

test('kcp finds nothing to object to in the schema', async () => {
  const { status } = await publishedType(workspace);
  expect(status?.conditions?.filter(({ type }) => type === 'NonStructuralSchema')).toEqual([]);
  expect(status?.conditions).toContainEqual(expect.objectContaining({ type: 'Established', status: 'True' }));
});

test('kubectl get shows a SyncTarget as the README promises, from its first moment on', async () => {
  await createSyncTarget(workspace);
  const [columns, before] = rows(await kubectl('get', 'synctarget'));
  expect(columns).toEqual(['NAME', 'READY', 'SYNCED', 'PENDING', 'FAILED', 'LAST HEARTBEAT', 'AGE']);
  expect(before?.[0]).toBe('my-cluster');

  const status: SyncTargetStatus = {
    syncerIdentifier: 'syncer-hol55thgr70c4ifj',
    lastHeartbeatTime: new Date().toISOString(),
    resourceSyncStatus: { totalResources: 6, syncedResources: 3, pendingResources: 2, failedResources: 1 },
    clusterInfo: { uid: 'u', version: 'v1.36.3' },
    conditions: [
      {
        type: 'Ready',
        status: 'True',
        reason: 'SyncTargetReady',
        message: 'SyncTarget is ready and operational',
        lastTransitionTime: new Date().toISOString(),
      },
    ],
  };
  await workspace.admin.patch({ ...syncTargets, name: 'my-cluster', subresource: 'status' }, { status });
  const [wideColumns, wide] = rows(await kubectl('get', 'st', '-o', 'wide'));
  expect(wideColumns).toEqual([...(columns ?? []), 'SYNCER', 'CLUSTER VERSION', 'MESSAGE']);
  expect(wide?.slice(0, 5)).toEqual(['my-cluster', 'True', '3', '2', '1']);
  expect(wide?.slice(7)).toEqual(['syncer-hol55thgr70c4ifj', 'v1.36.3', 'SyncTarget is ready and operational']);
  expect(wide?.slice(5, 7)).toEqual([expect.stringMatching(/^\d+s$/), expect.stringMatching(/^\d+s$/)]);
  expect(await kubectl('get', 'kcp')).toContain('synctarget.workload.kcp.io/my-cluster');
});

test('kubectl explain tells every field of the status', async () => {
  const text = await kubectl('explain', 'st.status', '--recursive=false');
  const fields = [
    'blocked',
    'clusterInfo',
    'conditions',
    'heartbeat',
    'lastHeartbeatTime',
    'observedGeneration',
    'resourceSyncStatus',
    'resources',
    'selection',
    'syncerIdentifier',
    'syncerInstance',
  ];
  expect([...text.matchAll(/^ {2}(\w+)\t/gm)].map((match) => match[1])).toEqual(fields);
  expect(text).not.toContain('<no description>');
});

test.each([
  [{ supportedAPIExports: [{ resource: 'Deployments' }] }, 'spec.supportedAPIExports[0].resource'],
  [{ supportedAPIExports: [{ resource: 'services' }, { resource: 'services' }] }, 'spec.supportedAPIExports[1]'],
  [{ capabilities: [{ type: 'Compute', resource: 'cpu', capacity: '64 cores' }] }, 'spec.capabilities[0].capacity'],
  [{ capabilities: [{ type: 'Compute', resource: 'cpu', capacity: true }] }, 'spec.capabilities[0].capacity'],
])('kcp refuses %j', async (spec, path) => {
  await expect(createSyncTarget(workspace, spec as never, 'odd')).rejects.toThrow(path);
});
