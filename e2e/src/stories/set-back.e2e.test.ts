import { startKcp, type Kcp } from '../harness/kcp.js';
import { sharedControlPlanes, uniqueName } from '../harness/shared.js';
import { connect, type Connected } from './connected.fixture.js';
import { gadgetsOf, type Gadget } from './gadgets.fixture.js';
import { serveType } from './custom-types.fixture.js';
import { eventuallyObject } from './kinds.fixture.js';
import { makeNamespace } from './objects.fixture.js';

jest.setTimeout(180_000);

const namespace = uniqueName('set-back');
const gadgets = gadgetsOf(uniqueName('setback'));
const lamp = { ...gadgets.type, namespace, name: 'lamp' };
const later = { apiVersion: 'v1', resource: 'configmaps', namespace, name: 'later' };
const early = { ...later, name: 'early' };

let kcp: Kcp;
let world: Connected;

beforeAll(async () => {
  const { cluster } = await sharedControlPlanes();
  kcp = await startKcp();
  await serveType(cluster.admin, gadgets.definition);
  world = await connect({
    servers: { kcp, cluster },
    prepare: async (workspace) => {
      await serveType(workspace.admin, gadgets.definition);
    },
  });
  await makeNamespace(world.up, namespace);
});

afterAll(async () => {
  await world.stop();
  await kcp.stop();
});

describe('kcp that is restored from a backup while no syncer runs', () => {
  it('is noticed by its copies: what it lacks stays in the cluster, and the SyncTarget says why', async () => {
    await world.up.apply(lamp, { kind: 'Gadget', spec: { size: 1 } });
    await world.up.apply(early, { kind: 'ConfigMap', data: { a: '1' } });
    await eventuallyObject<Gadget>(world.down, lamp);
    await world.eventuallyInStep(2);
    await world.stop();
    await kcp.kill();
    kcp.backUp();
    await kcp.start();

    await world.start();
    await world.up.apply(lamp, { kind: 'Gadget', spec: { size: 2 } });
    await world.up.apply(later, { kind: 'ConfigMap', data: { a: '1' } });
    await eventuallyObject<Gadget>(world.down, lamp, ({ spec }) => spec?.size === 2);
    const copy = await eventuallyObject(world.down, later);
    await world.eventuallyInStep(3);
    await world.syncer.kill('SIGKILL');
    await kcp.kill();
    kcp.restore();
    await kcp.start();
    const mark = world.cluster.audit.mark();

    await world.start();
    const { message } = await world.eventuallyCondition('DeletionsAllowed', 'False', 'DeletionsHeld');
    expect(message).toContain(`restored from a backup; such as configmaps ${namespace}/later`);
    expect(message).toContain(`${gadgets.name} ${namespace}/lamp`);
    await eventuallyObject<Gadget>(world.down, lamp, ({ spec }) => spec?.size === 1);
    await world.twoHeartbeats();
    expect(await world.down.get(later)).toMatchObject({ metadata: { uid: copy.metadata.uid } });
    expect(world.downstreamWrites(mark).filter(({ verb }) => verb === 'delete')).toEqual([]);
  });

  it('is not forgotten by the next start', async () => {
    await world.syncer.kill('SIGKILL');
    await world.start();
    await world.twoHeartbeats();
    await world.eventuallyCondition('DeletionsAllowed', 'False', 'DeletionsHeld');
    expect(await world.down.find(later)).toBeDefined();
    await world.up.delete(early);
    await world.eventuallyInStep(1);
    expect(await world.down.find(early)).toBeUndefined();
  });
});
