import { readFileSync } from 'node:fs';
import type { Account } from '../harness/account.js';
import type { AuditEntry, AuditMark } from '../harness/audit.js';
import type { ControlPlane } from '../harness/control-plane.js';
import { eventually } from '../harness/eventually.js';
import { credentialsOf } from '../harness/kubeconfig.js';
import { uniqueName } from '../harness/shared.js';
import { connect, type Connected } from './connected.fixture.js';
import { eventuallyGone, eventuallyObject } from './kinds.fixture.js';
import { configMapsIn, makeNamespace, writeConfigMap, type ConfigMap } from './objects.fixture.js';

jest.setTimeout(180_000);

const namespace = uniqueName('credentials');
let world: Connected;

beforeAll(async () => {
  world = await connect({ flags: { resources: 'configmaps', 'sync-namespaces': namespace } });
  await makeNamespace(world.up, namespace);
});

afterAll(async () => {
  await world.stop();
});

const named = (name: string) => ({ ...configMapsIn(namespace), name });

/** As audit logs name the token that is in the account's kubeconfig now. */
function tokenId({ kubeconfigPath }: Account): string {
  const [, payload = ''] = credentialsOf(readFileSync(kubeconfigPath, 'utf8')).token.split('.');
  return `JTI=${(JSON.parse(Buffer.from(payload, 'base64url').toString()) as { jti: string }).jti}`;
}

/** Servers do not know who is refused: what tells is the workspace, and in the cluster the namespace. */
function isRefusalOfOurs({ userAgent, code, logicalCluster, uri }: AuditEntry): boolean {
  if (code !== 401 || !userAgent.startsWith('kcp-workload-syncer/')) return false;
  return logicalCluster === world.workspace.logicalCluster || uri.includes(namespace);
}

/** Waits until the syncer was refused so often that it must have tried again and again. */
async function eventuallyRefused(server: Pick<ControlPlane, 'audit'>, mark: AuditMark): Promise<void> {
  await eventually('three requests were refused', () => server.audit.since(mark).filter(isRefusalOfOurs).length >= 3);
}

it.each(['up', 'down'] as const)('a token that is renewed in the kubeconfig file is used at once: %s', async (side) => {
  const [account, server] = side === 'up' ? [world.accounts.up, world.kcp] : [world.accounts.down, world.cluster];
  const before = tokenId(account);
  expect(server.audit.since(0).some(({ credentialId }) => credentialId === before)).toBe(true);
  const lines = world.syncer.lines.length;
  await account.renew();
  const flag = side === 'up' ? '--kcp-kubeconfig' : '--cluster-kubeconfig';
  await world.syncer.waitForLine(new RegExp(`the kubeconfig was renewed.*${flag}`), { from: lines });

  const mark = server.audit.mark();
  await writeConfigMap(world.up, { namespace, name: `renewed-${side}` }, 'a');
  await eventuallyObject(world.down, named(`renewed-${side}`));
  await world.twoHeartbeats();
  const tokens = server.audit
    .since(mark)
    .filter(({ user }) => user === account.user)
    .map(({ credentialId }) => credentialId);
  expect([...new Set(tokens)]).toEqual([tokenId(account)]);
  expect(tokenId(account)).not.toBe(before);
});

it('a token that the cluster refuses stops writes and deletions there, and the SyncTarget says so since when', async () => {
  await writeConfigMap(world.up, { namespace, name: 'kept' }, 'a');
  await eventuallyObject(world.down, named('kept'));
  const mark = world.cluster.audit.mark();
  await world.accounts.down.revoke();
  const { message } = await world.eventuallyCondition('SyncerReady', 'False', 'ClusterCredentialsRefused');
  expect(message).toMatch(/^The cluster refuses the credentials since 2\d{3}-.*Z, .*until they are renewed: /);
  await world.up.delete(named('kept'));
  await writeConfigMap(world.up, { namespace, name: 'waits' }, 'a');
  await eventuallyRefused(world.cluster, mark);
  await world.twoHeartbeats();
  expect(await world.down.find(named('kept'))).toBeDefined();
  expect(await world.down.find(named('waits'))).toBeUndefined();

  await world.accounts.down.renew();
  await world.eventuallyCondition('Ready', 'True');
  await eventuallyGone(world.down, named('kept'));
  await eventuallyObject(world.down, named('waits'));
});

it('a token that kcp refuses deletes nothing, and all that happened meanwhile is made up for', async () => {
  for (const name of ['gone', 'changed']) await writeConfigMap(world.up, { namespace, name }, 'a');
  for (const name of ['gone', 'changed']) await eventuallyObject(world.down, named(name));
  const [up, down, lines] = [world.kcp.audit.mark(), world.cluster.audit.mark(), world.syncer.lines.length];
  await world.accounts.up.revoke();
  await world.syncer.waitForLine(/kcp refuses the credentials/, { from: lines });
  await world.up.delete(named('gone'));
  await writeConfigMap(world.up, { namespace, name: 'changed' }, 'b');
  await eventuallyRefused(world.kcp, up);
  expect(await world.down.find(named('gone'))).toBeDefined();
  expect(world.downstreamWrites(down).filter(({ verb }) => verb === 'delete')).toEqual([]);

  await world.accounts.up.renew();
  await world.syncer.waitForLine(/kcp answers again/, { from: lines });
  await eventuallyObject<ConfigMap>(world.down, named('changed'), ({ data }) => data?.['value'] === 'b');
  await eventuallyGone(world.down, named('gone'));
  await world.eventuallyCondition('Ready', 'True');
});
