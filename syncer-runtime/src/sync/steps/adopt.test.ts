import { annotations, fieldManager, ownerLabel } from '../../object/marks.js';
import type { KubeObject, ManagedFieldsEntry, OwnerReference } from '../../object/types.js';
import type { SyncPolicy } from '../context.js';
import { identity, webDeployment, World } from '../world.fixture.js';

const kubectl: ManagedFieldsEntry = {
  manager: 'kubectl',
  operation: 'Update',
  apiVersion: 'apps/v1',
  fieldsV1: { 'f:spec': { 'f:replicas': {}, 'f:paused': {} } },
};

/** A Deployment that somebody made in the cluster, and one of its name that waits in kcp. */
function worldWith(
  whenExists: SyncPolicy['whenExists'],
  { spec = { replicas: 3 }, ...metadata }: { spec?: object } & Partial<KubeObject['metadata']> = {},
): World {
  const world = new World({ policy: { whenExists } });
  world.down.put(world.type, webDeployment(spec, { managedFields: [kubectl], ...metadata }));
  world.up.put(world.type, webDeployment());
  world.see();
  return world;
}

async function expectLeftAlone(world: World, why: string): Promise<void> {
  const before = world.copy();
  await expect(world.converge()).rejects.toMatchObject({
    reason: 'ConflictUnowned',
    message: expect.stringContaining(`it is left alone${why}. `) as string,
  });
  expect(world.copy()).toBe(before);
}

describe('an object of the name that nobody syncs', () => {
  test('is left alone with Refuse, and not asked what would come of it', async () => {
    const world = worldWith('Refuse');
    await expectLeftAlone(world, '');
    expect(world.down.requests.filter(({ path }) => path.includes('dryRun'))).toEqual([]);
  });

  test('becomes the copy with AdoptIfEqual when nothing but marks would change', async () => {
    const world = worldWith('AdoptIfEqual', { labels: { team: 'a' } });
    const { uid, labels } = world.copy()!.metadata;
    expect(await world.converge()).toMatchObject({ outcome: { kind: 'done' } });
    expect(world.copy()).toMatchObject({
      metadata: {
        uid,
        labels: { ...labels, [ownerLabel]: identity.owner },
        annotations: { [annotations.adopted]: 'true', [annotations.upstream]: 'default/web' },
      },
      spec: { replicas: 3 },
    });
    world.up.edit(world.type, 'default/web', (object) => ({ ...object, spec: { replicas: 4 } }));
    await world.converge();
    expect(world.copy()).toMatchObject({
      metadata: { uid, annotations: { [annotations.adopted]: 'true' } },
      spec: { replicas: 4 },
    });
  });

  test('is left alone with AdoptIfEqual when it differs, and the field is named', async () => {
    await expectLeftAlone(worldWith('AdoptIfEqual', { spec: { replicas: 1 } }), ': it differs in .spec.replicas');
  });

  test('becomes the copy with TakeOver, and what its former writers set besides goes', async () => {
    const world = worldWith('TakeOver', { spec: { replicas: 1, paused: true, theirs: 'kept' } });
    const { uid } = world.copy()!.metadata;
    await world.converge();
    expect(world.copy()).toMatchObject({ metadata: { uid, annotations: { [annotations.adopted]: 'true' } } });
    expect(world.copy()?.['spec']).toEqual({ replicas: 3, theirs: 'kept' });
    expect(world.copy()?.metadata.managedFields).toMatchObject([{ manager: fieldManager, operation: 'Apply' }]);
  });

  test('stays as it was when the server would not take what kcp says', async () => {
    const world = worldWith('TakeOver', { spec: { replicas: 1, paused: true } });
    const before = world.copy();
    world.down.admission = (object) => {
      if (object.kind !== 'Deployment' || JSON.stringify(object['spec']) === JSON.stringify(before?.['spec']))
        return object;
      throw world.down.refusal(422, 'Invalid', { details: { name: 'web', kind: 'Deployment' } });
    };
    await expect(world.converge()).rejects.toMatchObject({ status: 422 });
    expect(world.copy()).toBe(before);
  });

  test.each(['AdoptIfEqual', 'TakeOver'] as const)(
    'that changes while it is looked at is not written with %s',
    async (whenExists) => {
      const world = worldWith(whenExists);
      world.down.beforeReply = ({ path }) => {
        if (!path.includes('dryRun')) return undefined;
        world.down.beforeReply = () => undefined;
        world.down.edit(world.type, 'default/web', (object) => ({ ...object, spec: { replicas: 9 } }));
        return undefined;
      };
      await expect(world.reconcile()).rejects.toMatchObject({ status: 409 });
      expect(world.copy()?.['spec']).toEqual({ replicas: 9 });
      expect(world.copy()?.metadata.labels).toBeUndefined();
    },
  );
});

const controller: OwnerReference = { apiVersion: 'v1', kind: 'Boss', name: 'b', uid: 'u', controller: true };

describe.each(['AdoptIfEqual', 'TakeOver'] as const)('%s never takes', (whenExists) => {
  test.each<[string, Partial<KubeObject['metadata']>, string]>([
    ['what a controller made', { ownerReferences: [controller] }, ': it belongs to Boss b'],
    [
      'the copy of another object',
      { annotations: { [annotations.upstream]: 'default/other' } },
      ': it is the copy of another object',
    ],
    [
      'what is being deleted',
      { deletionTimestamp: '2026-01-01T00:00:00Z', finalizers: ['example.com/theirs'] },
      ': it is being deleted',
    ],
  ])('%s', async (_, metadata, why) => {
    await expectLeftAlone(worldWith(whenExists, metadata), why);
  });

  test("another syncer's copy (S4)", async () => {
    const world = worldWith(whenExists, { labels: { [ownerLabel]: 'another' } });
    const before = world.copy();
    await expect(world.converge()).rejects.toMatchObject({ reason: 'ConflictOtherSyncer' });
    expect(world.copy()).toBe(before);
  });
});

describe('what a former connection let go', () => {
  function orphanOf(uid: string, more: Record<string, string> = {}): World {
    const world = new World({ policy: { whenExists: 'Refuse' } });
    world.up.put(world.type, webDeployment());
    const upstreamUid = uid === 'its own' ? (world.upstreamObject()?.metadata.uid ?? '') : uid;
    const marks = { [annotations.upstreamUid]: upstreamUid, ...more };
    world.down.put(world.type, webDeployment({ replicas: 1 }, { managedFields: [kubectl], annotations: marks }));
    world.see();
    return world;
  }

  test('becomes the copy again, whatever the configuration says of others', async () => {
    const world = orphanOf('its own');
    const { uid } = world.copy()!.metadata;
    await world.converge();
    expect(world.copy()).toMatchObject({
      metadata: { uid, labels: { [ownerLabel]: identity.owner } },
      spec: { replicas: 3 },
    });
    expect(world.copy()?.metadata.annotations).not.toHaveProperty(annotations.adopted);
  });

  test('is let go again and not deleted when it was there before the former connection', async () => {
    const world = orphanOf('its own', { [annotations.adopted]: 'true' });
    await world.converge();
    expect(world.copy()?.metadata.annotations).toMatchObject({ [annotations.adopted]: 'true' });
  });

  test('is left alone when it was made of another object of that name', async () => {
    await expectLeftAlone(orphanOf('another'), '');
  });

  test('is left alone when another syncer has taken it up', async () => {
    const world = orphanOf('its own', { [annotations.upstream]: 'other/web' });
    await expectLeftAlone(world, '');
  });
});
