import { randomBytes } from 'node:crypto';
import { eventually } from '../harness/eventually.js';
import { uniqueName } from '../harness/shared.js';
import { connect, type Connected } from './connected.fixture.js';
import { eventuallyGone, eventuallyObject, namesIn, secrets, serviceAccounts, type Secret } from './kinds.fixture.js';
import { configMaps, makeNamespace, type ConfigMap } from './objects.fixture.js';

jest.setTimeout(180_000);

const namespace = uniqueName('data');
const map = { ...configMaps, namespace, name: 'settings' };
const secret = { ...secrets, namespace, name: 'keys' };
const everyByte = Buffer.from(Array.from({ length: 256 }, (_, byte) => byte)).toString('base64');

let world: Connected;

beforeAll(async () => {
  world = await connect({ flags: { 'resync-period': '1s' } });
  await makeNamespace(world.up, namespace);
});

afterAll(async () => {
  await world.stop();
});

/** All that the syncer had to do before this object, it has done: it came last. */
async function eventuallyLast(name: string): Promise<void> {
  await world.up.apply({ ...secrets, namespace, name }, { kind: 'Secret' });
  await world.up.apply({ ...configMaps, namespace, name }, { kind: 'ConfigMap' });
  await eventuallyObject(world.down, { ...secrets, namespace, name });
  await eventuallyObject(world.down, { ...configMaps, namespace, name });
}

describe('a ConfigMap', () => {
  const data = {
    plain: 'a\n',
    empty: '',
    unicode: 'grün 🌱\u2028',
    constructor: 'b',
    __proto__x: 'c',
    ['__proto__']: 'd',
  };

  it('is the same in the cluster, binary data and odd keys included', async () => {
    await world.up.apply(map, { kind: 'ConfigMap', data, binaryData: { everyByte } });
    const copy = await eventuallyObject<ConfigMap>(world.down, map);
    expect(Object.entries(copy.data ?? {}).sort()).toEqual(Object.entries(data).sort());
    expect(copy.binaryData).toEqual({ everyByte });
  });

  it('loses a key, and goes, where it does so in kcp', async () => {
    await world.up.apply(map, { kind: 'ConfigMap', data: { plain: 'a\n' } });
    const copy = await eventuallyObject<ConfigMap>(world.down, map, ({ binaryData }) => binaryData === undefined);
    expect(copy.data).toEqual({ plain: 'a\n' });
    await world.up.delete(map);
    await eventuallyGone(world.down, map);
  });
});

describe('a Secret', () => {
  it('is the same in the cluster, binary data and type included', async () => {
    const body = { kind: 'Secret', type: 'example.com/keys', data: { everyByte }, stringData: { password: 'grün' } };
    await world.up.apply(secret, body);
    const copy = await eventuallyObject<Secret>(world.down, secret);
    expect(copy.data).toEqual({ everyByte, password: Buffer.from('grün').toString('base64') });
    expect(copy.type).toBe('example.com/keys');
  });

  it('loses a key, and goes, where it does so in kcp', async () => {
    await world.up.patch(secret, { data: { everyByte: null } });
    const copy = await eventuallyObject<Secret>(world.down, secret, ({ data }) => data?.['everyByte'] === undefined);
    expect(Object.keys(copy.data ?? {})).toEqual(['password']);
    await world.up.delete(secret);
    await eventuallyGone(world.down, secret);
  });
});

describe('what belongs to one side', () => {
  it('stays there: tokens of ServiceAccounts, records of Helm, the root certificate, the default ServiceAccount', async () => {
    const account = { ...serviceAccounts, namespace, name: 'robot' };
    const rootCa = { ...configMaps, namespace, name: 'kube-root-ca.crt' };
    const robot = { 'kubernetes.io/service-account.name': 'robot' };
    const token = { kind: 'Secret', metadata: { annotations: robot }, type: 'kubernetes.io/service-account-token' };
    await world.up.apply(account, { kind: 'ServiceAccount' });
    await world.up.apply({ ...secrets, namespace, name: 'robot-token' }, token);
    await world.up.apply({ ...secrets, namespace, name: 'release' }, { kind: 'Secret', type: 'helm.sh/release.v1' });
    await eventuallyObject<Secret>(
      world.up,
      { ...secrets, namespace, name: 'robot-token' },
      ({ data }) => data?.['token'] !== undefined,
    );
    const certificate = await eventuallyObject<ConfigMap>(world.up, rootCa);
    await eventuallyLast('last');

    expect(await eventuallyObject(world.down, account)).toBeDefined();
    expect(await namesIn(world.down, { ...secrets, namespace })).toEqual(['last']);
    const ownCertificate = await world.down.get<ConfigMap>(rootCa);
    expect(ownCertificate.data).not.toEqual(certificate.data);
    for (const ref of [rootCa, { ...serviceAccounts, namespace, name: 'default' }]) {
      const { labels, annotations } = (await world.down.get(ref)).metadata;
      expect(JSON.stringify({ labels, annotations })).not.toContain('syncer.kcp.io');
    }
  });
});

describe('objects that change fast', () => {
  it('end equal on both sides, and then stay as they are', async () => {
    const fast = { ...configMaps, namespace, name: 'fast' };
    const fastSecret = { ...secrets, namespace, name: 'fast' };
    const mark = world.cluster.audit.mark();
    const values = Array.from({ length: 50 }, (_, index) => `${index} ${randomBytes(50).toString('hex')}`);
    const write = async (ref: typeof fast, kind: string, field: string): Promise<void> => {
      for (const value of values)
        await world.up.apply(ref, { kind, [field]: { value, [`key-${value.slice(0, 2).trim()}`]: '' } });
    };
    await Promise.all([write(fast, 'ConfigMap', 'data'), write(fastSecret, 'Secret', 'stringData')]);

    for (const ref of [fast, fastSecret]) {
      const wanted = (await world.up.get<ConfigMap>(ref)).data;
      await eventually(`${ref.resource} are equal`, async () => {
        expect((await world.down.get<ConfigMap>(ref)).data).toEqual(wanted);
        return true;
      });
    }
    await eventuallyLast('later');
    const written = world.downstreamWrites(mark).filter(({ object }) => object.name === 'fast');
    expect(written.every(({ verb, code }) => verb === 'patch' && code < 300)).toBe(true);

    const quiet = world.cluster.audit.mark();
    await world.twoHeartbeats();
    expect(world.downstreamWrites(quiet)).toEqual([]);
  });
});
