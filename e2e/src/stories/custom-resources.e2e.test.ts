import type { AuditMark } from '../harness/audit.js';
import { eventually } from '../harness/eventually.js';
import { uniqueName } from '../harness/shared.js';
import { connect, type Connected } from './connected.fixture.js';
import { eventuallyGone, eventuallyObject } from './kinds.fixture.js';
import { gadgetsOf, type Gadget } from './gadgets.fixture.js';
import { serveType } from './custom-types.fixture.js';
import { makeNamespace } from './objects.fixture.js';

jest.setTimeout(180_000);

const namespace = uniqueName('custom');
const gadgets = gadgetsOf(uniqueName('story'));
const finalizer = 'example.com/not-yet';

let world: Connected;

/** The syncer runs before anybody knows of the types. */
beforeAll(async () => {
  world = await connect({ flags: { 'resync-period': '1s' } });
  await makeNamespace(world.up, namespace);
});

afterAll(async () => {
  await world.stop();
});

function at(name: string): { apiVersion: string; resource: string; namespace: string; name: string } {
  return { ...gadgets.type, namespace, name };
}

async function apply(name: string, spec: object): Promise<Gadget> {
  return await world.up.apply<Gadget>(at(name), { kind: 'Gadget', spec });
}

/** What a controller in the cluster would do. */
async function writeStatus(name: string, status: object): Promise<void> {
  await world.down.patch({ ...at(name), subresource: 'status' }, { status });
}

async function eventuallyStatus(name: string, status: object): Promise<void> {
  await eventually(`kcp shows the status of ${name}`, async () => {
    const found = (await world.up.get<Gadget>(at(name))).status;
    expect(found).toEqual(status);
    return true;
  });
}

describe('a custom resource', () => {
  it('is synced both ways once its CRD is on both sides, without a restart', async () => {
    await serveType(world.cluster.admin, gadgets.definition);
    await serveType(world.up, gadgets.definition);
    await apply('lamp', { size: 3, colour: 'red' });

    const copy = await eventuallyObject<Gadget>(world.down, at('lamp'));
    expect(copy.spec).toEqual({ size: 3, colour: 'red' });
    await writeStatus('lamp', { phase: 'Shining', message: 'warming up' });
    await eventuallyStatus('lamp', { phase: 'Shining', message: 'warming up' });
    const reported = await eventually('the SyncTarget shows the type', async () => {
      const { status } = await world.syncTarget();
      return status?.resources?.find(({ resource, synced }) => resource === gadgets.name && synced === 1);
    });
    expect(reported).toMatchObject({ version: 'v1', state: 'Synced', pending: 0, failed: 0 });
  });

  it('loses a field on the other side too, of its spec downwards and of its status upwards', async () => {
    await apply('lamp', { size: 3 });
    await eventuallyObject<Gadget>(world.down, at('lamp'), ({ spec }) => spec?.colour === undefined);
    await writeStatus('lamp', { message: null });
    await eventuallyStatus('lamp', { phase: 'Shining' });
    await apply('lamp', { size: 4 });
    const copy = await eventuallyObject<Gadget>(world.down, at('lamp'), ({ spec }) => spec?.size === 4);
    expect(copy).toMatchObject({ spec: { size: 4 }, status: { phase: 'Shining' } });
  });
});

describe('status.observedGeneration in kcp', () => {
  const condition = (observedGeneration: number): object => ({ type: 'Lit', status: 'True', observedGeneration });

  it('speaks of the generations of kcp, and never of one that the cluster has not observed', async () => {
    await apply('clock', { size: 1 });
    await eventuallyObject<Gadget>(world.down, at('clock'));
    // Somebody's change and its repair: from here on the generations of the two sides differ.
    await world.down.patch(at('clock'), { spec: { size: 9 } });
    const { metadata } = await eventuallyObject<Gadget>(world.down, at('clock'), ({ spec }) => spec?.size === 1);
    expect(metadata.generation).toBe(3);
    await writeStatus('clock', { observedGeneration: 3, phase: 'Ready', conditions: [condition(3)] });
    await eventuallyStatus('clock', { observedGeneration: 1, phase: 'Ready', conditions: [condition(1)] });

    expect((await apply('clock', { size: 2 })).metadata.generation).toBe(2);
    await eventuallyObject<Gadget>(world.down, at('clock'), ({ spec }) => spec?.size === 2);
    await writeStatus('clock', { phase: 'Changing' });
    await eventuallyStatus('clock', { observedGeneration: 1, phase: 'Changing', conditions: [condition(1)] });

    await writeStatus('clock', { observedGeneration: 4, phase: 'Ready', conditions: [condition(4)] });
    await eventuallyStatus('clock', { observedGeneration: 2, phase: 'Ready', conditions: [condition(2)] });
  });
});

describe('a custom resource that somebody in the cluster holds by a finalizer', () => {
  let deletedAt: AuditMark;

  it('stays in kcp when it is deleted there', async () => {
    await apply('vase', { size: 1 });
    await eventuallyObject(world.down, at('vase'));
    await world.down.patch(at('vase'), { metadata: { finalizers: [finalizer] } });
    deletedAt = world.cluster.audit.mark();
    await world.up.delete(at('vase'));

    await eventuallyObject(world.down, at('vase'), ({ metadata }) => metadata.deletionTimestamp !== undefined);
    expect((await world.up.get(at('vase'))).metadata.finalizers).toHaveLength(1);
  });

  // Half a minute passes below anyway.
  it('keeps no other from being synced, such as one whose type the cluster serves late', async () => {
    const early = gadgetsOf(uniqueName('early'));
    const ref = { ...early.type, namespace, name: 'waiting' };
    await serveType(world.up, early.definition);
    await world.up.apply(ref, { kind: 'Gadget', spec: { size: 1 } });
    await world.twoHeartbeats();
    expect(await world.condition('Ready')).toMatchObject({ status: 'True' });
    await serveType(world.cluster.admin, early.definition);

    // What both sides serve is asked every half minute anyway: the CRD itself must have told.
    await eventually('the copy is made', async () => await world.down.find(ref), { timeoutMs: 10_000 });
    await world.up.delete(ref);
    await eventuallyGone(world.up, ref);
    expect(await world.down.find(ref)).toBeUndefined();
  });

  it('is named in kcp after half a minute with who holds it, and goes when that one lets go', async () => {
    const blocked = await eventually('the SyncTarget names what blocks', async () => {
      const { status } = await world.syncTarget();
      return status?.blocked?.find(({ name, reason }) => name === 'vase' && reason === 'DeletionBlocked');
    });
    expect(blocked).toMatchObject({ group: gadgets.group, resource: 'gadgets', namespace });
    expect(blocked.message).toContain(finalizer);
    expect((await world.up.get(at('vase'))).metadata).toMatchObject({
      deletionTimestamp: expect.any(String) as string,
      finalizers: [expect.stringMatching(/^syncer\.kcp\.io\//)],
    });
    expect((await world.down.get(at('vase'))).metadata.finalizers).toEqual([finalizer]);
    const written = world.downstreamWrites(deletedAt).filter(({ object }) => object.name === 'vase');
    expect(written.map(({ verb }) => verb)).toEqual(['delete']);

    await world.down.patch(at('vase'), { metadata: { finalizers: null } });
    await eventuallyGone(world.up, at('vase'));
    expect(await world.down.find(at('vase'))).toBeUndefined();
  });
});
