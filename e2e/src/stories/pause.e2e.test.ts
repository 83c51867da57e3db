import { uniqueName } from '../harness/shared.js';
import { connect, type Connected } from './connected.fixture.js';
import { deploymentOf, deployments, eventuallyGone, eventuallyObject, isRolledOut } from './kinds.fixture.js';
import type { Deployment } from './kinds.fixture.js';
import { makeNamespace } from './objects.fixture.js';

jest.setTimeout(180_000);

const namespace = uniqueName('paused');
const app = { ...deployments, namespace, name: 'app' };

let world: Connected;

beforeAll(async () => {
  world = await connect({ publish: ['deployments.apps'], flags: { 'resync-period': '1s' } });
  await makeNamespace(world.up, namespace);
  await world.up.apply(app, deploymentOf('app'));
  await eventuallyObject<Deployment>(world.up, app, isRolledOut);
  await world.eventuallyInStep(1);
});

afterAll(async () => {
  await world.stop();
});

async function say(sync: string | null): Promise<void> {
  await world.up.patch(app, { metadata: { annotations: { 'syncer.kcp.io/sync': sync } } });
}

describe('an object that its user froze by sync: pause', () => {
  it('is carried in neither direction, and catches up when he is done', async () => {
    await say('pause');
    await world.up.patch(app, { spec: { replicas: 2 } });
    await world.twoHeartbeats();
    const [up, down] = [world.kcp.audit.mark(), world.cluster.audit.mark()];
    await world.down.patch(app, { spec: { replicas: 3 } });
    await eventuallyObject<Deployment>(world.down, app, isRolledOut);
    await world.twoHeartbeats();
    expect([...world.upstreamWrites(up), ...world.downstreamWrites(down)]).toEqual([]);
    expect((await world.up.get<Deployment>(app)).status?.replicas).toBe(1);
    expect((await world.syncTarget()).status?.resourceSyncStatus).toMatchObject({ pendingResources: 1 });

    await say('enabled');
    await eventuallyObject<Deployment>(world.down, app, ({ spec }) => spec.replicas === 2);
    await eventuallyObject<Deployment>(world.up, app, (object) => isRolledOut(object) && object.status?.replicas === 2);
    await world.eventuallyInStep(1);
  });

  it('is not made again when somebody deletes it in the cluster, until then', async () => {
    await say('pause');
    await world.twoHeartbeats();
    await world.down.delete(app);
    await eventuallyGone(world.down, app);
    await world.twoHeartbeats();
    expect(await world.down.find(app)).toBeUndefined();
    await say(null);
    await eventuallyObject(world.down, app);
    await eventuallyObject<Deployment>(world.up, app, isRolledOut);
  });

  it('goes when it is deleted', async () => {
    await say('pause');
    await world.twoHeartbeats();
    await world.up.delete(app);
    await eventuallyGone(world.down, app);
    await eventuallyGone(world.up, app);
  });
});
