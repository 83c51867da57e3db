import type { AuditMark } from '../harness/audit.js';
import { eventually } from '../harness/eventually.js';
import { uniqueName } from '../harness/shared.js';
import { connect, syncTargetName, syncTargets, type Connected } from './connected.fixture.js';
import { eventuallyObject } from './kinds.fixture.js';
import { makeNamespace } from './objects.fixture.js';

jest.setTimeout(180_000);

const COUNT = 12;
const namespace = uniqueName('decisions');
const names = Array.from({ length: COUNT }, (_, at) => `settings-${at}`);
const target = { ...syncTargets, name: syncTargetName };

let world: Connected;

beforeAll(async () => {
  world = await connect();
  await makeNamespace(world.up, namespace);
});

afterAll(async () => {
  await world.stop();
});

function settings(name: string): { apiVersion: string; resource: string; namespace: string; name: string } {
  return { apiVersion: 'v1', resource: 'configmaps', namespace, name };
}

/** Objects in step, which vanish from the workspace while no syncer runs. */
async function vanished(): Promise<void> {
  for (const name of names) await world.up.apply(settings(name), { kind: 'ConfigMap', data: { a: name } });
  for (const name of names) await eventuallyObject(world.down, settings(name));
  await world.eventuallyInStep(COUNT);
  await world.stop();
  for (const name of names) await world.up.delete(settings(name));
  await world.start();
}

/** The id by which can be decided on what is held. */
async function heldId(): Promise<string> {
  return await eventually(
    'the id of what is held is shown',
    async () => {
      const message = (await world.condition('DeletionsAllowed'))?.message ?? '';
      return /approve-deletions=(\w+), to keep the objects with syncer\.kcp\.io\/keep-objects=\1$/.exec(message)?.[1];
    },
    { timeoutMs: 60_000 },
  );
}

async function decide(key: string, id: string): Promise<void> {
  await world.up.patch(target, { metadata: { annotations: { [`syncer.kcp.io/${key}`]: id } } });
}

async function isTakenOff(key: string): Promise<void> {
  await eventually(`the annotation ${key} is taken off`, async () => {
    return (await world.syncTarget()).metadata.annotations?.[`syncer.kcp.io/${key}`] === undefined;
  });
}

function deletionsSince(mark: AuditMark): number {
  return world.downstreamWrites(mark).filter(({ verb }) => verb === 'delete').length;
}

describe('deletions that are held', () => {
  it('are carried out when they are approved, also after a restart, and nothing else is', async () => {
    await vanished();
    const id = await heldId();
    await world.syncer.kill('SIGKILL');
    await world.start();
    expect(await heldId()).toBe(id);
    const mark = world.cluster.audit.mark();
    await decide('approve-deletions', 'anotherid');
    await isTakenOff('approve-deletions');
    expect(deletionsSince(mark)).toBe(0);
    await decide('approve-deletions', id);
    await world.eventuallyCondition('DeletionsAllowed', 'True', 'NoneHeld');
    await isTakenOff('approve-deletions');
    for (const name of names) expect(await world.down.find(settings(name))).toBeUndefined();
    expect(deletionsSince(mark)).toBe(COUNT);
  });

  it('leave the objects when they shall be kept, without our marks', async () => {
    await vanished();
    const mark = world.cluster.audit.mark();
    await decide('keep-objects', await heldId());
    await world.eventuallyCondition('DeletionsAllowed', 'True', 'NoneHeld');
    await isTakenOff('keep-objects');
    for (const name of names) {
      const { metadata } = await world.down.get(settings(name));
      expect(metadata.labels ?? {}).not.toHaveProperty('syncer.kcp.io/owner');
      expect(Object.keys(metadata.annotations ?? {})).toEqual(['syncer.kcp.io/upstream-uid']);
      await world.down.delete(settings(name));
    }
    await world.twoHeartbeats();
    expect(deletionsSince(mark)).toBe(0);
  });

  it('are forgotten when the objects come back', async () => {
    await vanished();
    const id = await heldId();
    const mark = world.cluster.audit.mark();
    for (const name of names) await world.up.apply(settings(name), { kind: 'ConfigMap', data: { a: name } });
    await world.eventuallyCondition('DeletionsAllowed', 'True', 'NoneHeld');
    await decide('approve-deletions', id);
    await isTakenOff('approve-deletions');
    await world.eventuallyInStep(COUNT);
    expect(deletionsSince(mark)).toBe(0);
  });
});
