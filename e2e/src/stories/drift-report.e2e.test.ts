import { eventually } from '../harness/eventually.js';
import { uniqueName } from '../harness/shared.js';
import { configFile } from './config-file.fixture.js';
import { prepareConnection, type Connected } from './connected.fixture.js';
import { deploymentOf, deployments, eventuallyObject, isRolledOut, type Deployment } from './kinds.fixture.js';
import { inWords, makeNamespace } from './objects.fixture.js';

jest.setTimeout(240_000);

const namespace = uniqueName('drifting');
const app = { ...deployments, namespace, name: 'app' };

let world: Connected;

beforeAll(async () => {
  world = await prepareConnection({
    publish: ['deployments.apps'],
    flags: { resources: 'deployments.apps', 'sync-namespaces': namespace, 'heartbeat-period': '1s' },
  });
  await makeNamespace(world.up, namespace);
});

afterAll(async () => {
  await world.stop();
});

async function eventuallyBlocked(reason: string): Promise<string> {
  const { message } = await eventually(`the SyncTarget says ${reason}`, async () => {
    return (await world.syncTarget()).status?.blocked?.find((one) => one.name === 'app' && one.reason === reason);
  });
  return message ?? '';
}

async function scaleInCluster(replicas: number): Promise<void> {
  await world.cluster.kubectl(['scale', '-n', namespace, 'deployment/app', `--replicas=${replicas}`]);
}

async function replicasInCluster(): Promise<number | undefined> {
  return (await world.down.get<Deployment>(app)).spec.replicas;
}

async function eventuallyReplicas(replicas: number): Promise<void> {
  await eventuallyObject<Deployment>(
    world.down,
    app,
    (object) => isRolledOut(object) && object.spec.replicas === replicas,
  );
}

describe('with drift: Report', () => {
  beforeAll(async () => {
    await world.start({ config: configFile(world, { drift: 'Report' }) });
    await world.up.apply(app, deploymentOf('app'));
    await eventuallyObject<Deployment>(world.up, app, isRolledOut);
    await world.eventuallyInStep(1);
  });

  afterAll(async () => {
    await world.stop();
  });

  it('what somebody changes in the cluster stays, and the SyncTarget names the field', async () => {
    const mark = world.cluster.audit.mark();
    await scaleInCluster(3);
    expect(await eventuallyBlocked('Drifted')).toContain('.spec.replicas is not what kcp says');
    await eventuallyReplicas(3);
    await eventually('the status goes up all the same', async () => {
      return (await world.up.get<Deployment>(app)).status?.readyReplicas === 3;
    });
    await world.twoHeartbeats();
    expect(await replicasInCluster()).toBe(3);
    expect(inWords(world.downstreamWrites(mark).filter(({ uri }) => !uri.includes('dryRun=All')))).toEqual([]);
  });

  it('marks are repaired, and nothing else by that', async () => {
    await world.down.patch(app, { metadata: { labels: { 'syncer.kcp.io/owner': null } } });
    await eventuallyObject(world.down, app, ({ metadata }) => metadata.labels?.['syncer.kcp.io/owner'] !== undefined);
    await world.twoHeartbeats();
    expect(await replicasInCluster()).toBe(3);
  });

  it('a restart changes nothing of that', async () => {
    await world.syncer.kill('SIGKILL');
    await world.start({ config: configFile(world, { drift: 'Report' }) });
    await eventuallyBlocked('Drifted');
    await world.twoHeartbeats();
    expect(await replicasInCluster()).toBe(3);
  });

  it('the next change in kcp puts it back', async () => {
    await world.up.patch(app, { spec: { template: { metadata: { labels: { app: 'app', new: 'yes' } } } } });
    await eventuallyReplicas(1);
    await world.eventuallyInStep(1);
  });
});

describe('fields that an annotation leaves to the cluster', () => {
  const ignore = async (fields: string | null): Promise<void> => {
    await world.up.patch(app, { metadata: { annotations: { 'syncer.kcp.io/ignore-fields': fields } } });
  };

  beforeAll(async () => {
    await world.start();
    await world.eventuallyInStep(1);
  });

  it('stay what they are there, whatever else changes in kcp', async () => {
    await ignore('spec.replicas');
    await world.eventuallyInStep(1);
    expect(await replicasInCluster()).toBe(1);
    await scaleInCluster(3);
    await eventuallyReplicas(3);
    await world.up.patch(app, { spec: { replicas: 2, template: { metadata: { labels: { app: 'app', new: 'no' } } } } });
    await eventuallyObject(world.down, app, (object) => JSON.stringify(object).includes('"new":"no"'));
    await world.eventuallyInStep(1);
    await world.twoHeartbeats();
    expect(await replicasInCluster()).toBe(3);
  });

  it('also across a restart, which writes nothing', async () => {
    await world.stop();
    const mark = world.cluster.audit.mark();
    await world.start();
    await world.eventuallyInStep(1);
    await world.twoHeartbeats();
    expect(world.downstreamWrites(mark)).toEqual([]);
    expect(await replicasInCluster()).toBe(3);
  });

  it('begin with what kcp says', async () => {
    await world.down.delete(app);
    await eventuallyReplicas(2);
    await world.eventuallyInStep(1);
    await world.up.patch(app, { spec: { template: { metadata: { labels: { app: 'app', new: 'again' } } } } });
    await eventuallyObject(world.down, app, (object) => JSON.stringify(object).includes('"new":"again"'));
    await world.eventuallyInStep(1);
    expect(await replicasInCluster()).toBe(2);
  });

  it('are of kcp again without the annotation', async () => {
    await scaleInCluster(3);
    await eventuallyReplicas(3);
    await ignore(null);
    await eventuallyReplicas(2);
    await world.eventuallyInStep(1);
  });

  it('are never dropped, whichever are left to the cluster after another', async () => {
    const mark = world.cluster.audit.mark();
    const replicaSets = { apiVersion: 'apps/v1', resource: 'replicasets', namespace };
    const generations = async (): Promise<string[]> => {
      const all = await world.down.list(replicaSets);
      return all.map(({ metadata }) => `${metadata.name} ${String(metadata.generation)}`).sort();
    };
    await ignore('spec.replicas');
    await eventuallyReplicas(2);
    await world.eventuallyInStep(1);
    const before = await generations();
    await ignore('spec.replicas,spec.template');
    await world.eventuallyInStep(1);
    await ignore('spec.template');
    await world.eventuallyInStep(1);
    expect(world.downstreamWrites(mark).length).toBeGreaterThan(0);
    // A field that was dropped on the way would have scaled or replaced a ReplicaSet.
    expect(await generations()).toEqual(before);
    expect(await replicasInCluster()).toBe(2);
    await ignore(null);
    await world.eventuallyInStep(1);
    await world.up.patch(app, { spec: { template: { metadata: { labels: { app: 'app', new: null } } } } });
    await eventuallyObject<Deployment>(world.down, app, ({ spec }) => !JSON.stringify(spec).includes('"new"'));
    await world.eventuallyInStep(1);
    expect(JSON.stringify((await world.down.get(app)).metadata['managedFields'])).not.toContain('kcp-syncer-released');
  });

  it('must be fields of spec', async () => {
    await ignore('metadata.labels');
    expect(await eventuallyBlocked('InvalidAnnotation')).toContain('"metadata.labels" is no field of spec');
    await ignore(null);
    await world.eventuallyInStep(1);
  });
});
