import { eventually } from '../harness/eventually.js';
import { operatorWorld, type Tenant, type World } from './operator.fixture.js';

jest.setTimeout(180_000);

let world: World;
let tenant: Tenant;

beforeAll(async () => {
  world = await operatorWorld();
  await world.start();
  tenant = await world.tenant();
  await tenant.deploy();
  await tenant.eventually('Ready', 'True');
});

/** Waits until the SyncTarget has the condition like this, and gives back its message. */
async function onSyncTarget(type: string, status: string, reason: string): Promise<string> {
  return await eventually(
    `${type} of the SyncTarget is ${status} ${reason}`,
    async () => {
      const { conditions = [] } = (await tenant.syncTarget()).status ?? {};
      const found = conditions.find((condition) => condition.type === type);
      if (found?.status === status && found.reason === reason) return found.message;
      throw new Error(`it is ${JSON.stringify(found)}; the operator said last:\n${world.lastLines()}`);
    },
    { timeoutMs: 60_000 },
  );
}

test('a syncer that cannot start is told of on its SyncTarget, once, until it runs again', async () => {
  const secret = { apiVersion: 'v1', resource: 'secrets', namespace: world.namespace, name: 'nowhere' };
  await world.down.patch(tenant.ref, { spec: { cluster: { kubeconfigSecretRef: { name: secret.name } } } });
  await tenant.eventually('Ready', 'False', 'KubeconfigMissing');
  expect(await onSyncTarget('HeartbeatReady', 'False', 'HeartbeatMissing')).toMatch(/does not run: .*nowhere/);
  const mark = world.servers.kcp.audit.mark();
  const told = await tenant.syncTarget();
  await eventually('the operator has tried again', () => {
    const { lines } = world.operator;
    return lines.filter((line) => line.includes('the syncer does not run')).length >= 6;
  });
  expect(world.servers.kcp.audit.writesSince(mark, tenant.account.user)).toEqual([]);
  expect((await tenant.syncTarget()).metadata.resourceVersion).toBe(told.metadata.resourceVersion);
  await world.down.patch(tenant.ref, { spec: { cluster: null } });
  await tenant.eventually('Ready', 'True');
  await onSyncTarget('HeartbeatReady', 'True', 'HeartbeatReceived');
  await onSyncTarget('Ready', 'True', 'SyncTargetReady');
});
