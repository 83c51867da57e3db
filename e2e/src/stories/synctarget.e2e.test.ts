import { uniqueName } from '../harness/shared.js';
import { eventually } from '../harness/eventually.js';
import { connect, syncTargetName, syncTargets, type Connected } from './connected.fixture.js';
import { eventuallyObject } from './kinds.fixture.js';
import { configMaps, makeNamespace } from './objects.fixture.js';

jest.setTimeout(180_000);

const namespace = uniqueName('reported');

let world: Connected;

beforeAll(async () => {
  world = await connect({ spec: { workloadCluster: { name: 'production-us-west-2' } } });
});

afterAll(async () => {
  await world.stop();
});

async function kubectl(...args: string[]): Promise<string[][]> {
  const { code, stdout, stderr } = await world.workspace.kubectl(args);
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  return stdout
    .trimEnd()
    .split('\n')
    .map((line) => line.split(/ {2,}/));
}

describe('the SyncTarget', () => {
  it('hears from the syncer again and again, and is ready', async () => {
    await world.eventuallyCondition('Ready', 'True');
    const before = await world.syncTarget();
    await world.twoHeartbeats();
    const { metadata, status } = await world.syncTarget();

    expect(status?.heartbeat?.count).toBeGreaterThanOrEqual((before.status?.heartbeat?.count ?? 0) + 2);
    expect(status?.lastHeartbeatTime).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);
    expect(status?.heartbeat).toMatchObject({ lastHeartbeat: status?.lastHeartbeatTime });
    expect(status?.lastHeartbeatTime?.localeCompare(before.status?.lastHeartbeatTime ?? '')).toBe(1);
    expect(status?.syncerIdentifier).toMatch(/^syncer-[0-9a-z]+$/);
    expect(status?.observedGeneration).toBe(metadata.generation);
    const conditions = status?.conditions?.map(({ type, status: value, reason, message }) => [
      type,
      value,
      reason,
      message,
    ]);
    expect(conditions).toEqual([
      ['Ready', 'True', 'SyncTargetReady', 'SyncTarget is ready and operational'],
      ['SyncerReady', 'True', 'SyncerConnected', 'Syncer is connected and sending heartbeats'],
      ['HeartbeatReady', 'True', 'HeartbeatReceived', 'Heartbeats are received every 2 s'],
      ['ResourcesReady', 'True', 'AllServed', 'All resources that are needed can be synced'],
      ['DeletionsAllowed', 'True', 'NoneHeld', 'No deletion is held back'],
    ]);
  });

  it('tells which cluster it is, and how many objects are in step', async () => {
    await makeNamespace(world.up, namespace);
    await makeNamespace(world.down, namespace);
    await world.down.apply({ ...configMaps, namespace, name: 'taken' }, { kind: 'ConfigMap' });
    for (const name of ['a', 'b', 'taken']) {
      await world.up.apply({ ...configMaps, namespace, name }, { kind: 'ConfigMap', data: { name } });
    }
    const status = await eventually('two are in step and one is not', async () => {
      const { status: found } = await world.syncTarget();
      const { syncedResources, failedResources } = found?.resourceSyncStatus ?? {};
      return syncedResources === 2 && failedResources === 1 && found;
    });
    expect(status.resourceSyncStatus).toMatchObject({ totalResources: 3, pendingResources: 0 });
    expect(status.resources).toContainEqual(
      expect.objectContaining({
        resource: 'configmaps',
        version: 'v1',
        state: 'Synced',
        synced: 2,
        pending: 0,
        failed: 1,
      }),
    );
    const { gitVersion } = JSON.parse((await world.down.request('GET', '/version')).text) as { gitVersion: string };
    const kubeSystem = await world.down.get({ apiVersion: 'v1', resource: 'namespaces', name: 'kube-system' });
    expect(status.clusterInfo).toMatchObject({ version: gitVersion, nodes: 1, uid: kubeSystem.metadata.uid });
  });

  it('reads well', async () => {
    const [head, row] = await kubectl('get', 'synctarget');
    expect(head).toEqual(['NAME', 'READY', 'SYNCED', 'PENDING', 'FAILED', 'LAST HEARTBEAT', 'AGE']);
    const short = expect.stringMatching(/^\d+m?\d*s$/) as string;
    expect(row).toEqual([syncTargetName, 'True', '2', '0', '1', short, short]);

    const [wideHead, wideRow] = await kubectl('get', 'st', '-o', 'wide');
    expect(wideHead?.slice(7)).toEqual(['SYNCER', 'CLUSTER VERSION', 'MESSAGE']);
    const { status } = await world.syncTarget();
    const wide = [status?.syncerIdentifier, status?.clusterInfo?.version, 'SyncTarget is ready and operational'];
    expect(wideRow?.slice(7)).toEqual(wide);
    const ofCategory = (await kubectl('get', 'kcp')).map(([name]) => name);
    expect(ofCategory).toContain(`synctarget.workload.kcp.io/${syncTargetName}`);
  });

  it('is not ready while a type that the workspace relies on cannot be synced', async () => {
    const target = { ...syncTargets, name: syncTargetName };
    const deployments = { resource: 'deployments.apps' };
    await world.up.patch(target, { spec: { supportedAPIExports: [{ resource: 'v1/configmaps' }, deployments] } });
    const missing = await world.eventuallyCondition('ResourcesReady', 'False', 'ResourceNotServed');
    expect(missing.message).toContain('The workspace does not serve deployments.apps');
    expect(missing.message).not.toContain('configmaps');
    const { metadata, status } = await world.syncTarget();
    expect(status?.observedGeneration).toBe(metadata.generation);
    expect(await world.condition('Ready')).toMatchObject({ status: 'False', reason: 'ResourceNotServed' });

    await world.up.apply({ ...configMaps, namespace, name: 'c' }, { kind: 'ConfigMap' });
    await eventuallyObject(world.down, { ...configMaps, namespace, name: 'c' });
    await world.up.patch(target, { spec: { supportedAPIExports: null } });
    await world.eventuallyCondition('Ready', 'True');
  });
});
