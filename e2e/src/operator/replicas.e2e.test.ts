import type { AuditMark } from '../harness/audit.js';
import { eventually } from '../harness/eventually.js';
import { leaseName, leases, operatorWorld, type Tenant, type World } from './operator.fixture.js';

jest.setTimeout(180_000);

const configMaps = { apiVersion: 'v1', resource: 'configmaps' };

let world: World;
let tenant: Tenant;

beforeAll(async () => {
  world = await operatorWorld();
  await world.start();
  tenant = await world.tenant();
  await tenant.deploy();
  await tenant.eventually('Ready', 'True');
});

async function holder(): Promise<string> {
  const lease = await world.down.get<{ metadata: { name: string }; spec: { holderIdentity: string } }>({
    ...leases,
    namespace: world.namespace,
    name: leaseName,
  });
  return lease.spec.holderIdentity;
}

/** Waits until an object that is made now has its copy; how many seconds that took. */
async function syncs(name: string): Promise<number> {
  const begun = performance.now();
  await tenant.workspace.admin.apply({ ...configMaps, namespace: 'default', name }, { kind: 'ConfigMap', data: {} });
  await eventually(`${name} is in the cluster`, async () => {
    return await world.down.find({ ...configMaps, namespace: `${tenant.name}-default`, name });
  });
  return (performance.now() - begun) / 1_000;
}

/** What operators wrote for the tenant since the mark, as soon as the server's log has it. */
async function copiesSince(mark: AuditMark): Promise<string[]> {
  return await eventually('the server has logged what was written', () => {
    const writes = world.servers.cluster.audit
      .writesSince(mark, world.account.user)
      .filter(({ object }) => object.namespace === `${tenant.name}-default` && object.resource !== 'namespaces');
    return writes.length > 0 && writes.map(({ object }) => `${object.resource ?? ''} ${object.name ?? ''}`);
  });
}

test('a second replica waits and writes nothing', async () => {
  const mark = world.servers.cluster.audit.mark();
  await world.start({}, { waits: true });
  await syncs('first');
  expect(await holder()).toMatch(/^replica-0_/);
  expect(await copiesSince(mark)).toEqual(['configmaps first']);
});

test('a graceful stop hands over within three seconds', async () => {
  const [first, second] = world.operators;
  const begun = performance.now();
  const from = second?.lines.length ?? 0;
  void first?.stop();
  await second?.waitForLine(/holds the Lease/, { from });
  expect((performance.now() - begun) / 1_000).toBeLessThan(3);
  await syncs('second');
  expect(await holder()).toMatch(/^replica-1_/);
});

test('a killed holder is replaced within twenty seconds, and the syncer goes on at once', async () => {
  await world.start({}, { waits: true });
  const third = world.operator;
  const from = third.lines.length;
  const begun = performance.now();
  await world.operators[1]?.kill('SIGKILL');
  await third.waitForLine(/holds the Lease/, { from });
  expect((performance.now() - begun) / 1_000).toBeLessThan(20);
  await third.waitForLine(/the syncer has started/, { from });
  expect(third.lines.slice(from).join('\n')).not.toContain('waiting whether the syncer');
  await syncs('third');
  await tenant.eventually('Ready', 'True');
  await eventually('the SyncerDeployment names the new holder', async () => {
    return (await tenant.syncerDeployment()).status?.holder === 'replica-2';
  });
});

test('who is stopped in its tracks writes nothing when it goes on after another has taken over', async () => {
  const frozen = world.operator;
  await world.start({}, { waits: true });
  const next = world.operator;
  const from = next.lines.length;
  process.kill(frozen.pid, 'SIGSTOP');
  await next.waitForLine(/holds the Lease/, { from });
  await next.waitForLine(/the syncer has started/, { from });
  const mark = world.servers.kcp.audit.mark();
  const down = world.servers.cluster.audit.mark();
  const fromFrozen = frozen.lines.length;
  process.kill(frozen.pid, 'SIGCONT');
  await frozen.waitForLine(/the Lease is lost|could not be renewed/, { from: fromFrozen });
  await syncs('fourth');
  expect(await copiesSince(down)).toEqual(['configmaps fourth']);
  await eventually('the new holder reports', async () => {
    const { status } = await tenant.syncTarget();
    return status?.conditions?.some(({ type, status: value }) => type === 'SyncerReady' && value === 'True');
  });
  expect(world.servers.kcp.audit.writesSince(mark, tenant.account.user).every(({ code }) => code < 400)).toBe(true);
});
