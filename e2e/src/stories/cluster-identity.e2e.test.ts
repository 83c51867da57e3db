import { readFileSync } from 'node:fs';
import { clusterAccount, type Account } from '../harness/account.js';
import type { AuditMark } from '../harness/audit.js';
import { startCluster, type Cluster } from '../harness/cluster.js';
import { eventually } from '../harness/eventually.js';
import { credentialsOf } from '../harness/kubeconfig.js';
import { sharedControlPlanes, uniqueName } from '../harness/shared.js';
import {
  downstreamRules,
  prepareConnection,
  syncTargetName,
  syncTargets,
  type Connected,
} from './connected.fixture.js';
import { widgets, type Thing } from './custom-types.fixture.js';
import { FaultProxy } from './fault-proxy.fixture.js';
import {
  configMapsIn,
  forEach,
  identities,
  inWords,
  makeNamespace,
  names,
  writeConfigMap,
  type ConfigMap,
} from './objects.fixture.js';

jest.setTimeout(240_000);

const namespace = uniqueName('switched');
const maps = configMapsIn(namespace);
const things = widgets.in(namespace);

let world: Connected;
/** Another cluster, where the syncer may do as much. */
let other: Cluster;
let otherAccount: Account;
/** What the kubeconfig names: it leads to the one or the other. */
let proxy: FaultProxy;
let throughProxy: string;

beforeAll(async () => {
  const { cluster } = await sharedControlPlanes();
  other = await startCluster({ controllers: 'basic' });
  await Promise.all([widgets.serveIn(cluster.admin), widgets.serveIn(other.admin)]);
  world = await prepareConnection({
    prepare: async ({ admin }) => {
      await widgets.serveIn(admin);
      await makeNamespace(admin, namespace);
      await forEach(names('map', 5), async (name) => await writeConfigMap(admin, { namespace, name }, 'old'));
      await forEach(names('thing', 3), async (name) => await widgets.write(admin, { namespace, name }, 1));
    },
  });
  otherAccount = await clusterAccount(other, { name: 'switched', rules: downstreamRules });
  const { kubeconfigPath } = world.accounts.down;
  proxy = await new FaultProxy(() => credentialsOf(readFileSync(kubeconfigPath, 'utf8'))).listen();
  throughProxy = proxy.kubeconfig(kubeconfigPath);
  await start();
  await world.eventuallyInStep(8);
});

afterAll(async () => {
  await world.stop();
  await proxy.stop();
  await other.stop();
});

async function start(): Promise<void> {
  await world.start({ 'cluster-kubeconfig': throughProxy });
}

/** From now on the kubeconfig leads to the account's cluster. */
function leadTo({ kubeconfigPath }: Account): void {
  proxy.target = () => credentialsOf(readFileSync(kubeconfigPath, 'utf8'));
  proxy.cut();
}

async function uidOf({ admin }: Pick<Cluster, 'admin'>): Promise<string> {
  return (await admin.get({ apiVersion: 'v1', resource: 'namespaces', name: 'kube-system' })).metadata.uid ?? '';
}

interface Marks {
  readonly up: AuditMark;
  readonly down: AuditMark;
  readonly other: AuditMark;
}

function marks(): Marks {
  return { up: world.kcp.audit.mark(), down: world.cluster.audit.mark(), other: other.audit.mark() };
}

/** What the syncer wrote in the workspace, in its cluster and in the other one, its reports aside. */
function writesSince(before: Marks): string[][] {
  const inOther = other.audit.writesSince(before.other, otherAccount.user);
  return [world.upstreamWrites(before.up), world.downstreamWrites(before.down), inOther].map(inWords);
}

const deleted = { ...things, name: 'thing-000' };

/** Waits until it is said that another cluster answers; gives the message. */
async function eventuallyChanged(): Promise<string> {
  const { message } = await world.eventuallyCondition('SyncerReady', 'False', 'ClusterChanged');
  expect(await world.condition('Ready')).toMatchObject({ status: 'False', reason: 'ClusterChanged', message });
  return message;
}

describe('when the kubeconfig suddenly leads to another cluster', () => {
  let before: Marks;
  let copies: string[];

  it('that is said with both uids, and nothing is written on any side, whatever users do', async () => {
    const [first, second] = await Promise.all([uidOf(world.cluster), uidOf(other)]);
    copies = [...(await identities(world.down, maps)), ...(await identities(world.down, things))];
    before = marks();
    leadTo(otherAccount);
    expect(await eventuallyChanged()).toBe(
      `Nothing is written: another cluster answers than the one that was met first: uid ${second} in place of ${first}; ` +
        `to go on with it, annotate the SyncTarget with syncer.kcp.io/approve-cluster=${second} and start the syncer again`,
    );

    await writeConfigMap(world.up, { namespace, name: 'map-000' }, 'new');
    await writeConfigMap(world.up, { namespace, name: 'late' }, 'new');
    await widgets.write(world.up, { namespace, name: 'thing-late' }, 1);
    await world.up.delete({ ...maps, name: 'map-001' });
    await world.up.delete(deleted);
    await world.twoHeartbeats();
    expect(writesSince(before)).toEqual([[], [], []]);
    // The other cluster answers that it has no such copy: that is no reason to let the object go.
    const { metadata } = await world.up.get<Thing>(deleted);
    expect(metadata.deletionTimestamp).toBeDefined();
    expect(metadata.finalizers).toHaveLength(1);
    expect((await world.syncTarget()).status?.clusterInfo).toMatchObject({ uid: first });
  });

  it.each(['SIGTERM', 'SIGKILL'] as const)('a syncer that is started again after %s knows it still', async (signal) => {
    await world.syncer.kill(signal);
    await start();
    await eventuallyChanged();
    await world.twoHeartbeats();
    expect(writesSince(before)).toEqual([[], [], []]);
    expect((await world.syncTarget()).status?.clusterInfo).toMatchObject({ uid: await uidOf(world.cluster) });
  });

  it('and when the first one is back, all goes on with the same copies', async () => {
    leadTo(world.accounts.down);
    await world.eventuallyCondition('SyncerReady', 'True', 'SyncerConnected');
    await world.eventuallyInStep(8);
    await eventually('the deleted Widget is let go', async () => (await world.up.find(deleted)) === undefined);
    await world.eventuallyCondition('Ready', 'True');

    const [inWorkspace, inCluster, inOther] = writesSince(before);
    expect(inCluster).toEqual([
      'delete configmaps map-001',
      'delete widgets thing-000',
      'patch configmaps late',
      'patch configmaps map-000',
      'patch widgets thing-late',
    ]);
    expect(inWorkspace).toEqual(['patch widgets thing-000', 'patch widgets thing-late']);
    expect(inOther).toEqual([]);
    expect((await world.down.get<ConfigMap>({ ...maps, name: 'map-000' })).data).toEqual({ value: 'new' });
    const stayed = copies.filter((copy) => !/^(map-001|thing-000) /.test(copy));
    const now = [...(await identities(world.down, maps)), ...(await identities(world.down, things))];
    expect(now).toEqual(expect.arrayContaining(stayed));
    expect(now).toHaveLength(stayed.length + 2);
  });
});

describe('a cluster that takes the place of the one before', () => {
  it('gets everything anew once its uid is approved, and what is left in the other one stays', async () => {
    const second = await uidOf(other);
    const left = [...(await identities(world.down, maps)), ...(await identities(world.down, things))];
    leadTo(otherAccount);
    await eventuallyChanged();
    const target = { ...syncTargets, name: syncTargetName };
    await world.up.patch(target, { metadata: { annotations: { 'syncer.kcp.io/approve-cluster': second } } });
    const before = marks();
    await world.stop();
    await start();

    await world.eventuallyCondition('Ready', 'True');
    await world.eventuallyInStep(8);
    expect((await world.syncTarget()).status?.clusterInfo).toMatchObject({ uid: second });
    const [, inCluster, inOther] = writesSince(before);
    expect(inCluster).toEqual([]);
    expect(inOther!.filter((write) => !write.includes(' namespaces '))).toHaveLength(8);
    expect([...(await identities(world.down, maps)), ...(await identities(world.down, things))]).toEqual(left);
    expect(await other.admin.list(maps)).not.toHaveLength(0);

    // An object that is deleted now was never deleted in the cluster before: that is what the approval says.
    await world.up.delete({ ...things, name: 'thing-001' });
    await eventually('the Widget is let go', async () => {
      return (await world.up.find({ ...things, name: 'thing-001' })) === undefined;
    });
    expect(await other.admin.find({ ...things, name: 'thing-001' })).toBeUndefined();
    expect(await world.down.find({ ...things, name: 'thing-001' })).toBeDefined();
  });
});
