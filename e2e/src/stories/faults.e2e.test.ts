import { startCluster, type Cluster } from '../harness/cluster.js';
import { eventually } from '../harness/eventually.js';
import { startKcp, type Kcp } from '../harness/kcp.js';
import { uniqueName } from '../harness/shared.js';
import { connect, type Connected } from './connected.fixture.js';
import { widgets, type Thing } from './custom-types.fixture.js';
import { Traffic } from './faults-traffic.fixture.js';
import { byName, configMapsIn, eventuallyEqual, identities } from './objects.fixture.js';

jest.setTimeout(240_000);

let kcp: Kcp;
let cluster: Cluster;
beforeAll(async () => {
  [kcp, cluster] = await Promise.all([startKcp(), startCluster({ controllers: 'basic' })]);
  await widgets.serveIn(cluster.admin);
});

afterAll(async () => {
  await Promise.all([kcp.stop(), cluster.stop()]);
});

async function connected(): Promise<Connected> {
  const prepare = async ({ admin }: Connected['workspace']): Promise<void> => {
    await widgets.serveIn(admin);
  };
  return await connect({ servers: { kcp, cluster }, prepare });
}

/** How often the syncer deleted each object in the cluster. */
function deletionsOf(world: Connected, mark: number): Map<string, number> {
  const counts = new Map<string, number>();
  for (const { verb, object, code } of world.downstreamWrites(mark)) {
    const name = `${object.resource ?? ''} ${object.name ?? ''}`;
    if (verb === 'delete' && code === 200) counts.set(name, (counts.get(name) ?? 0) + 1);
  }
  return counts;
}

/** Both sides are the same, nothing was removed that nobody deleted, and nothing is written any more. */
async function eventuallyAtRest(world: Connected, namespace: string): Promise<void> {
  const all = [configMapsIn(namespace), widgets.in(namespace)];
  await eventuallyEqual(world, all);
  await eventually('all statuses are in the workspace', async () => {
    const [up, down] = await Promise.all(
      [world.up, world.down].map((side) => byName<Thing>(side, widgets.in(namespace))),
    );
    return [...(down ?? [])].every(([name, { status }]) => up?.get(name)?.status?.phase === status?.phase);
  });
  const found = await Promise.all(all.map(async (one) => await byName(world.up, one)));
  await world.eventuallyInStep(found.reduce((sum, { size }) => sum + size, 0));
  const [up, down] = [world.kcp.audit.mark(), world.cluster.audit.mark()];
  await world.twoHeartbeats();
  expect(world.upstreamWrites(up)).toEqual([]);
  expect(world.downstreamWrites(down)).toEqual([]);
}

interface Fault {
  readonly server: string;
  kill(): Promise<void>;
  start(): Promise<void>;
}

const faults: readonly Fault[] = [
  {
    server: 'kcp',
    kill: async () => {
      await kcp.kill();
    },
    start: async () => {
      await kcp.start();
    },
  },
  {
    server: 'the API server of the cluster',
    kill: async () => {
      await cluster.kill('kube-apiserver');
    },
    start: async () => {
      await cluster.start('kube-apiserver');
    },
  },
];

describe('under traffic', () => {
  it.each(faults)(
    'all converges and nothing is lost when $server is killed and started again, twice',
    async (fault) => {
      const world = await connected();
      const namespace = uniqueName('traffic');
      const all = [configMapsIn(namespace), widgets.in(namespace)];
      const mark = cluster.audit.mark();
      const traffic = new Traffic(world, namespace);
      const more = async (what: 'done' | 'failed', count: number): Promise<void> => {
        const before = traffic.count[what];
        await eventually(`${count} more requests of users are ${what}`, () => traffic.count[what] >= before + count);
      };
      const staying = async (): Promise<string[]> => {
        const found = await Promise.all(all.map(async (one) => await identities(world.down, one)));
        return found.flat().filter((line) => line.includes('-stays '));
      };
      const before = await eventually('what stays is in the cluster', async () => {
        const found = await staying();
        return found.length === 2 * traffic.users.length && found;
      });
      for (let kills = 0; kills < 2; kills++) {
        await more('done', 80);
        await fault.kill();
        await more('failed', 20);
        await fault.start();
      }
      await more('done', 80);
      await traffic.stop();

      await eventuallyAtRest(world, namespace);
      expect(await staying()).toEqual(before);
      const deletions = deletionsOf(world, mark);
      expect(deletions.size).toBeGreaterThan(0);
      for (const [name, count] of deletions) {
        expect({ name, tooMany: Math.max(0, count - (traffic.deletions.get(name) ?? 0)) }).toEqual({
          name,
          tooMany: 0,
        });
      }
      await world.stop();
    },
  );
});
