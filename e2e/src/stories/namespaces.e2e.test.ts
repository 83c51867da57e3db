import type { KubeObject } from '../harness/admin-client.js';
import { eventually } from '../harness/eventually.js';
import { uniqueName } from '../harness/shared.js';
import { connect, type Connected } from './connected.fixture.js';
import { eventuallyGone, eventuallyObject } from './kinds.fixture.js';
import { configMaps, makeNamespace, namespaces, type ConfigMap } from './objects.fixture.js';

jest.setTimeout(180_000);

const enforce = 'pod-security.kubernetes.io/enforce';
const claim = 'syncer.kcp.io/claimed-by';

let world: Connected;
/** Another workspace, with a syncer of its own to the same cluster. */
let other: Connected;

beforeAll(async () => {
  [world, other] = await Promise.all([connect({ flags: { 'resync-period': '1s' } }), connect()]);
});

afterAll(async () => {
  await Promise.all([world.stop(), other.stop()]);
});

async function write({ up }: Connected, namespace: string, value: string): Promise<void> {
  await up.apply({ ...configMaps, namespace, name: 'settings' }, { kind: 'ConfigMap', data: { value } });
}

async function eventuallyCopied(namespace: string, value: string): Promise<ConfigMap> {
  const ref = { ...configMaps, namespace, name: 'settings' };
  return await eventuallyObject<ConfigMap>(world.down, ref, ({ data }) => data?.['value'] === value);
}

async function eventuallyBlocked(
  connected: Connected,
  about: { reason: string; name: string; namespace?: string },
): Promise<string> {
  const { message } = await eventually(`${about.reason} is said of ${about.name}`, async () => {
    const blocked = (await connected.syncTarget()).status?.blocked ?? [];
    return blocked.find((one) => Object.entries(about).every(([field, value]) => one[field as 'name'] === value));
  });
  return message ?? '';
}

function marksOf({ metadata }: KubeObject): object {
  return { labels: metadata.labels, annotations: metadata.annotations };
}

describe('objects of several namespaces', () => {
  it('go to the namespaces of the same names, which are made for them', async () => {
    const [first, second] = [uniqueName('several'), uniqueName('several')];
    await world.up.apply(
      { ...namespaces, name: first },
      { kind: 'Namespace', metadata: { labels: { [enforce]: 'privileged', team: 'a' }, annotations: { note: 'a' } } },
    );
    await makeNamespace(world.up, second);
    await write(world, first, 'first');
    await write(world, second, 'second');

    await eventuallyCopied(first, 'first');
    await eventuallyCopied(second, 'second');
    for (const name of [first, second]) {
      const { labels, annotations } = (await world.down.get({ ...namespaces, name })).metadata;
      expect(labels).toEqual({ 'kubernetes.io/metadata.name': name, [enforce]: 'baseline' });
      expect(Object.keys(annotations ?? {}).sort()).toEqual([claim, 'syncer.kcp.io/created']);
    }
  });
});

describe('a namespace of the cluster', () => {
  it('that is protected is not written', async () => {
    const ref = { ...configMaps, namespace: 'kube-system', name: uniqueName('intruder') };
    await makeNamespace(world.up, 'kube-system');
    const mark = world.cluster.audit.mark();
    await world.up.apply(ref, { kind: 'ConfigMap', data: { a: 'b' } });

    const message = await eventuallyBlocked(world, {
      reason: 'NamespaceProtected',
      namespace: 'kube-system',
      name: ref.name,
    });
    expect(message).toBe('Namespace kube-system of the cluster is protected; nothing is ever written there.');
    await world.twoHeartbeats();
    expect(world.downstreamWrites(mark)).toEqual([]);
    expect(await world.down.find(ref)).toBeUndefined();
    await world.up.delete(ref);
  });

  it('that serves one SyncTarget is refused to another', async () => {
    const contested = uniqueName('contested');
    await makeNamespace(world.up, contested);
    await write(world, contested, 'of the first');
    const copy = await eventuallyCopied(contested, 'of the first');
    const mark = world.cluster.audit.mark();
    await makeNamespace(other.up, contested);
    await write(other, contested, 'of the second');
    const only = { ...configMaps, namespace: contested, name: 'only-of-the-second' };
    await other.up.apply(only, { kind: 'ConfigMap' });

    for (const name of ['settings', only.name]) {
      const message = await eventuallyBlocked(other, { reason: 'NamespaceClaimed', namespace: contested, name });
      expect(message).toMatch(`Namespace ${contested} of the cluster is in use by another workspace or SyncTarget`);
      expect(message).not.toContain(world.workspace.path);
    }
    await other.twoHeartbeats();
    expect(other.downstreamWrites(mark)).toEqual([]);
    expect(await eventuallyCopied(contested, 'of the first')).toEqual(copy);
    expect(await world.down.find(only)).toBeUndefined();
  });
});

describe('a namespace that is deleted in kcp', () => {
  it('goes from the cluster when the syncer made it and nothing of others is inside, and else stays until then', async () => {
    const [empty, shared, former] = [uniqueName('empty'), uniqueName('shared'), uniqueName('former')];
    const theirs = { ...configMaps, namespace: shared, name: 'theirs' };
    const before = { kind: 'Namespace', metadata: { labels: { team: 'cluster' } } };
    await world.down.apply({ ...namespaces, name: former }, before);
    const own = marksOf(await world.down.get({ ...namespaces, name: former }));
    for (const name of [empty, shared, former]) {
      await makeNamespace(world.up, name);
      await write(world, name, name);
      await eventuallyCopied(name, name);
    }
    expect((await world.down.get({ ...namespaces, name: former })).metadata.annotations).toHaveProperty([claim]);
    await world.down.apply(theirs, { kind: 'ConfigMap', data: { whose: 'theirs' } });
    const untouched = await world.down.get(theirs);
    for (const name of [empty, shared, former]) await world.up.delete({ ...namespaces, name });

    await eventuallyGone(world.down, { ...namespaces, name: empty });
    for (const namespace of [shared, former]) {
      await eventuallyGone(world.down, { ...configMaps, namespace, name: 'settings' });
    }
    const message = await eventuallyBlocked(world, { reason: 'NamespaceKept', name: shared });
    expect(message).toContain('configmaps theirs is inside');
    expect(await world.down.get(theirs)).toEqual(untouched);
    const released = await eventuallyObject(world.down, { ...namespaces, name: former }, ({ metadata }) => {
      return metadata.annotations?.[claim] === undefined;
    });
    expect(marksOf(released)).toEqual(own);

    await world.down.delete(theirs);
    await eventuallyGone(world.down, { ...namespaces, name: shared });
    expect((await world.down.get({ ...namespaces, name: former })).metadata.deletionTimestamp).toBeUndefined();
  });
});
