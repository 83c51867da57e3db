import type { SyncTarget } from '@kcp-syncer/crds/generated/synctarget.js';
import { clusterAccount, workspaceAccount, type Rule } from '../harness/account.js';
import type { AuditEntry, AuditMark } from '../harness/audit.js';
import { startCluster, type Cluster } from '../harness/cluster.js';
import type { ControlPlane } from '../harness/control-plane.js';
import { eventually } from '../harness/eventually.js';
import { uniqueName } from '../harness/shared.js';
import type { Flags } from '../harness/syncer.js';
import { ensureWorkspace } from '../harness/workspace.js';
import { connect, Connected, syncTargets } from './connected.fixture.js';
import { widgets, type Thing } from './custom-types.fixture.js';
import { eventuallyGone, eventuallyObject } from './kinds.fixture.js';
import { makeNamespace } from './objects.fixture.js';

jest.setTimeout(240_000);

const anything: readonly Rule[] = [{ apiGroups: ['*'], resources: ['*'], verbs: ['*'] }];
const namespace = uniqueName('two');
const heartbeat = { 'heartbeat-period': '1s' };

let world: Connected;

beforeAll(async () => {
  world = await connect({
    flags: heartbeat,
    prepare: async ({ admin }) => {
      await widgets.serveIn(admin);
    },
  });
  await widgets.serveIn(world.cluster.admin);
  await makeNamespace(world.up, namespace);
});

afterAll(async () => {
  await world.stop();
});

/** Another syncer for the same workspace, as another user: the audit logs tell the two apart. */
async function another(cluster: ControlPlane, flags: Flags = {}): Promise<Connected> {
  const { kcp, workspace } = world.place;
  const name = uniqueName('another');
  const identity = await ensureWorkspace(kcp, 'identities');
  const [up, down] = await Promise.all([
    workspaceAccount(kcp, { name: `${name}-up`, workspace, identity, rules: anything }),
    clusterAccount(cluster, { name: `${name}-down`, rules: anything }),
  ]);
  return new Connected({ ...world.place, cluster }, { up, down }, { ...heartbeat, ...flags });
}

function at(name: string): { apiVersion: string; resource: string; namespace: string; name: string } {
  return { ...widgets.in(namespace), name };
}

function writesOf({ kcp, cluster, accounts }: Connected, mark: { up: AuditMark; down: AuditMark }): AuditEntry[] {
  return [
    ...kcp.audit.writesSince(mark.up, accounts.up.user),
    ...cluster.audit.writesSince(mark.down, accounts.down.user),
  ];
}

describe('the same syncer started twice', () => {
  it('ends the later one with one line, and it has written nothing', async () => {
    const later = await another(world.cluster);
    const mark = { up: world.kcp.audit.mark(), down: world.cluster.audit.mark() };
    const process = await later.launch();
    await widgets.write(world.up, { namespace, name: 'meanwhile' }, 1);

    expect((await process.exit).code).toBe(1);
    const errors = process.lines.filter((line) => line.startsWith('error:'));
    expect(errors).toEqual([expect.stringMatching(/^error: SyncTargetInUse: .*my-cluster/)]);
    expect(writesOf(later, mark)).toEqual([]);
    await eventuallyObject(world.down, at('meanwhile'));
    await world.twoHeartbeats();
    expect(await world.condition('Ready')).toMatchObject({ status: 'True' });
  });

  it('replaces one that was killed on the same machine at once', async () => {
    await world.syncer.kill('SIGKILL');
    const process = await world.start();
    expect(process.lines.join('\n')).not.toContain('waiting whether');
  });

  it('replaces one that was killed on another machine once its heartbeats have stopped', async () => {
    const later = await another(world.cluster);
    await world.syncer.kill('SIGKILL');
    const { syncerInstance = '' } = (await world.syncTarget()).status ?? {};
    const elsewhere = syncerInstance.replace(/^[^.]+/, '0123456789abcdef');
    expect(elsewhere).not.toBe(syncerInstance);
    await world.up.patch(
      { ...syncTargets, name: 'my-cluster', subresource: 'status' },
      { status: { syncerInstance: elsewhere } },
    );
    const process = await later.start();

    expect(process.lines.join('\n')).toContain('waiting whether the syncer that holds SyncTarget');
    await widgets.write(world.up, { namespace, name: 'taken-over' }, 1);
    await eventuallyObject(world.down, at('taken-over'));
    await later.stop();
  });

  it('replaces one that was stopped at once', async () => {
    const process = await world.start();
    expect(process.lines.join('\n')).not.toContain('waiting whether');
    await world.twoHeartbeats();
  });
});

describe('two SyncTargets on one workspace', () => {
  let farm: Cluster;
  let other: Connected;

  beforeAll(async () => {
    farm = await startCluster({ controllers: 'basic' });
    await widgets.serveIn(farm.admin);
    const second = await world.up.create<SyncTarget>(syncTargets, {
      apiVersion: syncTargets.apiVersion,
      kind: 'SyncTarget',
      metadata: { name: 'farm' },
      spec: {},
    });
    other = await another(farm, { 'sync-target-name': 'farm', 'sync-target-uid': second.metadata.uid ?? '' });
    await other.start();
  });

  afterAll(async () => {
    await other.stop();
    await farm.stop();
  });

  async function ownerOf({ down }: Connected, name: string): Promise<string> {
    return (await eventuallyObject<Thing>(down, at(name))).metadata.labels?.['syncer.kcp.io/owner'] ?? '';
  }

  it('both make a copy, and one alone writes the status', async () => {
    await widgets.write(world.up, { namespace, name: 'shared' }, 1);
    const owners = await Promise.all([ownerOf(world, 'shared'), ownerOf(other, 'shared')]);
    await eventuallyObject<Thing>(world.up, at('shared'), ({ metadata }) => metadata.finalizers?.length === 2);
    const [writer, reader] = owners[0] < owners[1] ? [world, other] : [other, world];
    await Promise.all([world.twoHeartbeats(), other.twoHeartbeats()]);
    const mark = world.kcp.audit.mark();
    await widgets.report(reader.down, { namespace, name: 'shared' }, 'OfTheReader');
    await widgets.report(writer.down, { namespace, name: 'shared' }, 'OfTheWriter');

    await eventuallyObject<Thing>(world.up, at('shared'), ({ status }) => status?.phase === 'OfTheWriter');
    await Promise.all([world.twoHeartbeats(), other.twoHeartbeats()]);
    expect((await world.up.get<Thing>(at('shared'))).status?.phase).toBe('OfTheWriter');
    expect(reader.upstreamWrites(mark).map(({ uri }) => uri)).toEqual([]);
    expect(writer.upstreamWrites(mark).map(({ object }) => object.subresource)).toEqual(['status']);
  });

  it('a deletion waits for both, and says so while one of them does not run', async () => {
    await other.stop();
    await world.up.delete(at('shared'));
    await eventuallyGone(world.down, at('shared'));
    const blocked = await eventually('the SyncTarget names what keeps the object', async () => {
      const { status } = await world.syncTarget();
      return status?.blocked?.find(({ name, reason }) => name === 'shared' && reason === 'DeletionBlocked');
    });
    expect(blocked.message).toContain('belong to other SyncTargets of this workspace');
    expect(await other.down.find(at('shared'))).toBeDefined();
    expect((await world.up.get(at('shared'))).metadata.finalizers).toHaveLength(1);

    await other.start();
    await eventuallyGone(world.up, at('shared'));
    expect(await other.down.find(at('shared'))).toBeUndefined();
  });
});
