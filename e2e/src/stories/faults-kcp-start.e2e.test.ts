import type { AuditEntry } from '../harness/audit.js';
import { startCluster, type Cluster } from '../harness/cluster.js';
import { eventually } from '../harness/eventually.js';
import { startKcp, type Kcp } from '../harness/kcp.js';
import { treasure, type Treasure } from './no-wrong-deletion.fixture.js';
import { configMapsIn, forEach, inWords } from './objects.fixture.js';

jest.setTimeout(240_000);

const three = ['map-000', 'map-001', 'map-002'];

describe('while kcp starts, and denies what exists', () => {
  let kcp: Kcp;
  let cluster: Cluster;
  let found: Treasure;
  beforeAll(async () => {
    [kcp, cluster] = await Promise.all([startKcp(), startCluster({ controllers: 'basic' })]);
    found = await treasure({ servers: { kcp, cluster } });
  });

  afterAll(async () => {
    await found.world.stop();
    await Promise.all([kcp.stop(), cluster.stop()]);
  });

  /** What kcp answered the syncer since the mark, up to where it said that it is ready, and from there on. */
  function answers(mark: number): { early: AuditEntry[]; ready: AuditEntry[] } {
    const all = kcp.audit.since(mark).filter(({ user }) => user === found.world.accounts.up.user);
    const at = all.findIndex(({ uri, code }) => uri === '/readyz' && code === 200);
    return { early: all.slice(0, at), ready: all.slice(at) };
  }

  it('a syncer that saw deletions before waits with them until kcp is ready', async () => {
    const { world, namespace } = found;
    await found.takeRights();
    await forEach(three, async (name) => {
      await world.up.delete({ ...configMapsIn(namespace), name });
    });
    await world.eventuallyCondition('DeletionsAllowed', 'False', 'EvidenceMissing');
    // It may not look again before kcp is gone.
    process.kill(world.syncer.pid, 'SIGSTOP');
    await world.accounts.up.allow();
    await kcp.kill();
    const [up, down] = [kcp.audit.mark(), cluster.audit.mark()];
    process.kill(world.syncer.pid, 'SIGCONT');
    await kcp.start();
    await eventually('what was deleted goes', () => world.downstreamWrites(down).length >= three.length);
    await world.eventuallyCondition('Ready', 'True');

    const { early, ready } = answers(up);
    const lies = early.filter(({ code, object }) => (code === 403 || code === 404) && object.resource === 'configmaps');
    expect(lies.length).toBeGreaterThan(0);
    const writes = world.downstreamWrites(down);
    expect(inWords(writes)).toEqual(three.map((name) => `delete configmaps ${name}`));
    for (const { timestamp } of writes) expect(timestamp > (ready[0]?.timestamp ?? '9')).toBe(true);
    await world.eventuallyInStep(27);
  });

  it('a syncer that starts too waits for it, and goes on with what it had', async () => {
    const { world } = found;
    await world.syncer.kill('SIGKILL');
    const uid = (await world.syncTarget()).metadata.uid ?? '';
    const down = cluster.audit.mark();
    await kcp.kill();
    const [syncer] = await Promise.all([world.launch({ 'sync-target-uid': uid }), kcp.start()]);
    await syncer.waitForLine(
      /waiting for kcp to become ready \(workspaces\.tenancy\.kcp\.io "root:tenant-\w+" not found\)/,
    );
    await syncer.waitForLine(/started$/);
    await world.eventuallyCondition('Ready', 'True');
    await world.eventuallyInStep(27);
    await world.twoHeartbeats();
    expect(world.downstreamWrites(down)).toEqual([]);
  });
});
