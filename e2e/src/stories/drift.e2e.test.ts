import type { KubeObject } from '../harness/admin-client.js';
import { eventually } from '../harness/eventually.js';
import { uniqueName } from '../harness/shared.js';
import { connect, type Connected } from './connected.fixture.js';
import { deploymentOf, deployments, eventuallyObject, isRolledOut, type Deployment } from './kinds.fixture.js';
import { configMaps, makeNamespace, namespaces, type ConfigMap } from './objects.fixture.js';

jest.setTimeout(180_000);

const namespace = uniqueName('drift');
const app = { ...deployments, namespace, name: 'app' };
const settings = { ...configMaps, namespace, name: 'settings' };
const ownerLabel = 'syncer.kcp.io/owner';
const lastSync = 'syncer.kcp.io/last-sync';

let world: Connected;

beforeAll(async () => {
  world = await connect({ publish: ['deployments.apps'], flags: { 'resync-period': '1s' } });
  await makeNamespace(world.up, namespace);
  await world.up.apply(app, deploymentOf('app', { replicas: 2 }));
  await world.up.apply(settings, { kind: 'ConfigMap', data: { a: '1', b: '2' } });
  await eventuallyObject<Deployment>(world.up, app, isRolledOut);
  await world.eventuallyInStep(2);
});

afterAll(async () => {
  await world.stop();
});

/** What the syncer wrote on the object in the cluster while something was done, once all is in step again. */
async function repairsOf(name: string, act: () => Promise<void>): Promise<string[]> {
  const mark = world.cluster.audit.mark();
  await act();
  await world.twoHeartbeats();
  await world.eventuallyInStep(2);
  return world
    .downstreamWrites(mark)
    .filter(({ object }) => object.name === name)
    .map(({ verb, code }) => `${verb} ${code}`);
}

/** Our label and annotations. */
function marksOf({ metadata: { labels, annotations } }: KubeObject): Record<string, string> {
  const ours = Object.entries({ ...labels, ...annotations }).filter(([key]) => key.startsWith('syncer.kcp.io/'));
  return Object.fromEntries(ours);
}

describe('what somebody does in the cluster to a copy', () => {
  it('is put back by one write: a number of replicas', async () => {
    const repairs = await repairsOf(app.name, async () => {
      const scaled = await world.cluster.kubectl(['scale', '-n', namespace, 'deployment/app', '--replicas=7']);
      expect(scaled.code).toBe(0);
      await eventuallyObject<Deployment>(world.down, app, ({ spec }) => spec.replicas === 2);
      await eventuallyObject<Deployment>(world.up, app, isRolledOut);
    });
    expect(repairs).toEqual(['patch 200']);
    expect((await world.up.get<Deployment>(app)).spec.replicas).toBe(2);
  });

  it('is put back by one write: keys and values of a ConfigMap', async () => {
    const repairs = await repairsOf(settings.name, async () => {
      await world.down.patch(settings, { data: { a: 'changed', b: null } });
      await eventuallyObject<ConfigMap>(world.down, settings, ({ data }) => data?.['a'] === '1' && data['b'] === '2');
    });
    expect(repairs).toEqual(['patch 200']);
  });

  it('is undone: a deletion, of objects with and without a status', async () => {
    for (const ref of [app, settings]) {
      const { uid } = (await world.down.get(ref)).metadata;
      await world.down.delete(ref);
      await eventuallyObject(world.down, ref, ({ metadata }) => metadata.uid !== uid);
    }
    const again = await eventuallyObject<Deployment>(world.up, app, isRolledOut);
    expect(again.metadata.deletionTimestamp).toBeUndefined();
    expect(await world.down.get<Deployment>(app)).toMatchObject({ spec: { replicas: 2 } });
    expect(await world.down.get<ConfigMap>(settings)).toMatchObject({ data: { a: '1', b: '2' } });
    await world.eventuallyInStep(2);
  });

  it('is undone: the marks by which the copy is known taken off', async () => {
    for (const ref of [app, settings]) {
      const before = await world.down.get(ref);
      await world.down.patch(ref, { metadata: { labels: { [ownerLabel]: null } } });
      const labelled = await eventuallyObject(world.down, ref, ({ metadata }) => ownerLabel in (metadata.labels ?? {}));
      expect(marksOf(labelled)).toEqual(marksOf(before));

      const keys = Object.keys(marksOf(before)).filter((key) => key !== ownerLabel && key !== lastSync);
      await world.down.patch(ref, { metadata: { annotations: Object.fromEntries(keys.map((key) => [key, null])) } });
      const after = await eventuallyObject(world.down, ref, (copy) => keys.every((key) => key in marksOf(copy)));
      expect({ ...marksOf(after), [lastSync]: '' }).toEqual({ ...marksOf(before), [lastSync]: '' });
      expect(after.metadata.uid).toBe(before.metadata.uid);
    }
    await world.eventuallyInStep(2);
  });

  it('stays where kcp says nothing of it: labels and containers of others', async () => {
    const template = { spec: { containers: [{ name: 'sidecar', image: 'sidecar:1' }] } };
    const injected = { kind: 'Deployment', metadata: { labels: { team: 'cluster' } }, spec: { template } };
    await world.down.apply(app, injected, { fieldManager: 'injector' });
    await world.up.apply(app, deploymentOf('app', { replicas: 2, image: 'nginx:1.28' }));

    const copy = await eventuallyObject<Deployment>(world.down, app, ({ spec }) => {
      return spec.template.spec.containers.some(({ image }) => image === 'nginx:1.28');
    });
    expect(copy.metadata.labels).toMatchObject({ team: 'cluster' });
    expect(copy.spec.template.spec.containers.map(({ name }) => name).sort()).toEqual(['nginx', 'sidecar']);
    await eventuallyObject<Deployment>(world.up, app, isRolledOut);
    expect((await world.up.get<Deployment>(app)).spec.template.spec.containers).toHaveLength(1);
  });
});

describe('what is in step', () => {
  it('is not written again, however often it is compared', async () => {
    const refs = [app, settings];
    await world.eventuallyInStep(2);
    const versions = async (): Promise<unknown[]> => {
      const objects = refs.flatMap((ref) => [world.up.get(ref), world.down.get(ref)]);
      return (await Promise.all(objects)).map(({ metadata }) => metadata.resourceVersion);
    };
    const before = await versions();
    const [up, down] = [world.kcp.audit.mark(), world.cluster.audit.mark()];
    await world.twoHeartbeats();
    await world.twoHeartbeats();

    expect(world.upstreamWrites(up)).toEqual([]);
    expect(world.downstreamWrites(down)).toEqual([]);
    expect(await versions()).toEqual(before);
  });
});

describe('an object of the same name that somebody else made in the cluster', () => {
  it('is not touched, kcp says so, and makes way when it is gone', async () => {
    const taken = uniqueName('taken');
    const theirs = [
      {
        ref: { ...configMaps, namespace: taken, name: 'theirs' },
        body: { kind: 'ConfigMap', data: { whose: 'theirs' } },
      },
      {
        ref: { ...deployments, namespace: taken, name: 'theirs' },
        body: deploymentOf('theirs', { image: 'theirs:1' }),
      },
    ];
    await makeNamespace(world.down, taken);
    for (const { ref, body } of theirs) await world.down.apply(ref, body, { fieldManager: 'somebody' });
    const [map, deployment] = theirs.map(({ ref }) => ref);
    if (map === undefined || deployment === undefined) throw new Error('there are two');
    await eventuallyObject<Deployment>(world.down, deployment, isRolledOut);
    const essence = async (): Promise<unknown[]> =>
      await Promise.all(theirs.map(async ({ ref }) => (await world.down.get(ref)).metadata));
    const before = await essence();

    await makeNamespace(world.up, taken);
    await world.up.apply(map, { kind: 'ConfigMap', data: { mine: 'also', whose: 'mine' } });
    await world.up.apply(deployment, deploymentOf('theirs', { image: 'mine:1' }));
    const blocked = await eventually('the SyncTarget names both', async () => {
      const all = (await world.syncTarget()).status?.blocked ?? [];
      const found = all.filter((one) => one.namespace === taken && one.name === 'theirs');
      return found.length === 2 && found;
    });
    for (const one of blocked) {
      expect(one).toMatchObject({ reason: 'ConflictUnowned' });
      expect(one.message).toContain(`${taken}/theirs exists in the cluster and was not made by this syncer`);
    }
    await world.twoHeartbeats();
    expect(await essence()).toEqual(before);
    expect((await world.up.get<Deployment>(deployment)).status).toBeUndefined();
    expect((await world.syncTarget()).status?.resourceSyncStatus).toMatchObject({ failedResources: 2 });

    for (const { ref } of theirs) {
      await world.down.delete(ref);
      // Who does not want to wait for the next try changes something.
      await world.up.patch(ref, { metadata: { labels: { again: 'please' } } });
    }
    await eventuallyObject<ConfigMap>(world.down, map, ({ data }) => data?.['whose'] === 'mine');
    await eventuallyObject<Deployment>(world.up, deployment, isRolledOut);
    await world.eventuallyInStep(4);
    expect((await world.syncTarget()).status?.blocked ?? []).toEqual([]);
    const { labels } = (await world.down.get({ ...namespaces, name: taken })).metadata;
    expect(Object.keys(labels ?? {})).toEqual(['kubernetes.io/metadata.name']);
  });
});
