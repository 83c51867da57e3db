import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { eventually } from '../harness/eventually.js';
import { uniqueName } from '../harness/shared.js';
import { prepareConnection, type Connected } from './connected.fixture.js';
import {
  deploymentOf,
  deployments,
  eventuallyGone,
  eventuallyObject,
  isRolledOut,
  type Deployment,
} from './kinds.fixture.js';
import { configMaps, makeNamespace, namespaces, type ConfigMap } from './objects.fixture.js';

jest.setTimeout(180_000);

const claim = 'syncer.kcp.io/claimed-by';
const enforce = 'pod-security.kubernetes.io/enforce';

let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'mapping-'));
});

afterAll(async () => {
  await rm(folder, { recursive: true });
});

/** A file whose section sync has this mapping. */
async function configOf(namespaceMapping: object): Promise<{ config: string }> {
  const config = join(folder, `${uniqueName('config')}.yaml`);
  await writeFile(config, JSON.stringify({ sync: { namespaceMapping } }));
  return { config };
}

async function eventuallyBlocked(world: Connected, reason: string, namespace: string): Promise<string> {
  const { message } = await eventually(`${reason} is said of ${namespace}`, async () => {
    const blocked = (await world.syncTarget()).status?.blocked ?? [];
    return blocked.find((one) => one.reason === reason && one.namespace === namespace);
  });
  return message ?? '';
}

async function write(world: Connected, namespace: string, value: string): Promise<void> {
  await makeNamespace(world.up, namespace);
  await world.up.apply({ ...configMaps, namespace, name: 'settings' }, { kind: 'ConfigMap', data: { value } });
}

async function eventuallyCopied(world: Connected, namespace: string, value: string): Promise<ConfigMap> {
  const ref = { ...configMaps, namespace, name: 'settings' };
  return await eventuallyObject<ConfigMap>(world.down, ref, ({ data }) => data?.['value'] === value);
}

describe('with a prefix', () => {
  const prefix = `${uniqueName('p')}-`;
  const [web, tooLong] = [uniqueName('web'), 'n'.repeat(63 - prefix.length + 1)];
  let world: Connected;

  beforeAll(async () => {
    world = await prepareConnection({ publish: ['deployments.apps'] });
    const template = {
      labels: { [enforce]: 'privileged', team: 'a' },
      annotations: { 'example.com/contact': 'team-a' },
    };
    await world.start(await configOf({ strategy: 'Prefix', prefix, useExisting: [], template }));
  });

  afterAll(async () => {
    await world.stop();
  });

  it('objects go to namespaces that have it, status comes back, and deletions follow', async () => {
    await makeNamespace(world.up, web);
    const up = { ...deployments, namespace: web, name: 'web' };
    const down = { ...up, namespace: `${prefix}${web}` };
    await world.up.apply(up, deploymentOf('web', { replicas: 2 }));

    const { metadata } = await eventuallyObject<Deployment>(world.down, down, isRolledOut);
    expect(metadata.annotations).toMatchObject({ 'syncer.kcp.io/upstream': `${web}/web` });
    const { status } = await eventuallyObject<Deployment>(world.up, up, isRolledOut);
    expect(status).toMatchObject({ readyReplicas: 2, availableReplicas: 2 });
    expect(await world.down.find({ ...namespaces, name: web })).toBeUndefined();

    await world.down.delete(down);
    const again = await eventuallyObject<Deployment>(world.down, down, (found) => found.metadata.uid !== metadata.uid);
    expect(again.metadata.annotations).toMatchObject({ 'syncer.kcp.io/upstream': `${web}/web` });
    await world.up.delete(up);
    await eventuallyGone(world.down, down);
    await eventuallyGone(world.up, up);
  });

  it('namespaces that are created carry the template', async () => {
    const { metadata } = await eventuallyObject(world.down, { ...namespaces, name: `${prefix}${web}` });
    expect(metadata.labels).toEqual({
      'kubernetes.io/metadata.name': `${prefix}${web}`,
      [enforce]: 'privileged',
      team: 'a',
    });
    expect(metadata.annotations).toMatchObject({ 'example.com/contact': 'team-a' });
    expect(metadata.annotations?.[claim]).toMatch(new RegExp(`/${web}$`));
  });

  it('a name that would get too long is refused, and never cut', async () => {
    await write(world, tooLong, 'long');
    expect(await eventuallyBlocked(world, 'NameTooLong', tooLong)).toBe(
      'The namespace has 64 characters; the cluster takes at most 63 here.',
    );
  });

  it('a namespace that was there before is refused where useExisting does not name it', async () => {
    const former = uniqueName('former');
    await makeNamespace(world.down, `${prefix}${former}`);
    await write(world, former, 'a');
    expect(await eventuallyBlocked(world, 'NamespaceUnowned', former)).toContain(`${prefix}${former}`);
    expect((await world.down.get({ ...namespaces, name: `${prefix}${former}` })).metadata.annotations ?? {}).toEqual(
      {},
    );
  });

  it('a restart writes nothing, and another mapping is refused before anything is written', async () => {
    const kept = uniqueName('kept');
    await write(world, kept, 'kept');
    await eventuallyCopied(world, `${prefix}${kept}`, 'kept');
    await world.stop();
    const mark = world.cluster.audit.mark();
    await world.start(await configOf({ strategy: 'Prefix', prefix, useExisting: [] }));
    await world.twoHeartbeats();
    await world.stop();
    const { code, lines } = await ended(world);
    expect({ code, lines }).toMatchObject({ code: 1 });
    expect(lines.join('\n')).toContain('error: namespaceMapping is never changed: namespace ');
    expect(world.downstreamWrites(mark)).toEqual([]);
    await eventuallyCopied(world, `${prefix}${kept}`, 'kept');
  });

  /** The syncer without a file, which would use the names as they are. */
  async function ended(connected: Connected): Promise<{ code: number | null; lines: readonly string[] }> {
    const syncer = await connected.launch();
    const { code } = await syncer.exit;
    return { code, lines: syncer.lines };
  }
});

describe('with a map', () => {
  const [a, b, other, target, later] = ['a', 'b', 'other', 'target', 'later'].map((name) => uniqueName(name)) as [
    string,
    string,
    string,
    string,
    string,
  ];
  let world: Connected;

  beforeAll(async () => {
    world = await prepareConnection();
    // a's name in the cluster is that of another namespace of the workspace
    await world.start(await configOf({ strategy: 'Map', map: { [a]: b, [b]: target, [later]: 'kube-public' } }));
  });

  afterAll(async () => {
    await world.stop();
  });

  it('each namespace goes where the map says, and those that it does not name stay', async () => {
    await write(world, other, 'of other');
    await write(world, a, 'of a');
    await write(world, b, 'of b');
    const copies = [await eventuallyCopied(world, b, 'of a'), await eventuallyCopied(world, target, 'of b')];
    const origins = copies.map(({ metadata }) => metadata.annotations?.['syncer.kcp.io/upstream']);
    expect(origins).toEqual([`${a}/settings`, `${b}/settings`]);
    await world.twoHeartbeats();
    for (const name of [a, other]) expect(await world.down.find({ ...namespaces, name })).toBeUndefined();

    await world.up.delete({ ...configMaps, namespace: b, name: 'settings' });
    await eventuallyGone(world.down, { ...configMaps, namespace: target, name: 'settings' });
    await eventuallyCopied(world, b, 'of a');
  });

  it('whether a namespace is protected is asked of the name that it gets', async () => {
    await write(world, later, 'x');
    expect(await eventuallyBlocked(world, 'NamespaceProtected', later)).toContain('Namespace kube-public');
  });

  it('a map may grow', async () => {
    await world.stop();
    const grown = uniqueName('grown');
    await world.start(await configOf({ strategy: 'Map', map: { [a]: b, [b]: target, [other]: grown } }));
    await eventuallyCopied(world, grown, 'of other');
  });
});
