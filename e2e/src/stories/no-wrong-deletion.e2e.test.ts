import { eventually } from '../harness/eventually.js';
import type { Exit } from '../harness/supervised.js';
import { widgets } from './custom-types.fixture.js';
import { configMapsIn, forEach, inWords } from './objects.fixture.js';
import { treasure, type Treasure } from './no-wrong-deletion.fixture.js';

jest.setTimeout(240_000);

const three = ['map-000', 'map-001', 'map-002'];
const threeDeletions = three.map((name) => `delete configmaps ${name}`);

async function deleteThree({ world, namespace }: Treasure): Promise<void> {
  await forEach(three, async (name) => {
    await world.up.delete({ ...configMapsIn(namespace), name });
  });
}

/** Starts a syncer that cannot run, and tells how it ended. */
async function failingStart({ world }: Treasure): Promise<Exit & { readonly lastLine: string }> {
  const syncer = await world.launch();
  return { ...(await syncer.exit), lastLine: syncer.lines.at(-1) ?? '' };
}

/** Once the syncer can see again, what was deleted goes, and nothing else. */
async function eventuallyOnlyThreeAreGone({ world }: Treasure, mark: number): Promise<void> {
  await eventually('what was deleted goes', () => world.downstreamWrites(mark).length >= three.length);
  await world.eventuallyInStep(27);
  expect(inWords(world.downstreamWrites(mark))).toEqual(threeDeletions);
}

describe('copies are safe', () => {
  let tenants: Treasure[];
  beforeAll(async () => {
    tenants = await Promise.all([treasure({ flags: { v: 4 } }), treasure(), treasure()]);
  });

  it('while the token for the workspace is revoked', async () => {
    const found = tenants[0]!;
    const { world } = found;
    const before = await found.before();
    await world.accounts.up.revoke();
    await world.syncer.waitForLine(/WARN +kcp refuses the credentials/);
    // The watches are open still and tell of this.
    await deleteThree(found);
    for (const name of three) await world.syncer.waitForLine(new RegExp(`${name}.*is kept: kcp answers 401`));
    await found.expectUntouched(before);

    await world.syncer.kill('SIGKILL');
    expect(await failingStart(found)).toEqual({
      code: 1,
      signal: null,
      lastLine: expect.stringMatching(/^error: kcp at https:\/\/[\d.:]+ refuses the credentials \(401\)/) as string,
    });
    await found.expectUntouched(before);

    await world.accounts.up.renew();
    await world.start();
    await eventuallyOnlyThreeAreGone(found, before.mark);
  });

  it('while rights in the workspace are missing, also from the start', async () => {
    const found = tenants[1]!;
    const { world } = found;
    const before = await found.before();
    await found.takeRights();
    await deleteThree(found);
    await world.eventuallyCondition('DeletionsAllowed', 'False', 'EvidenceMissing');
    await found.eventuallyHeld(
      /^3 deletions are held back: kcp answers 403 to GET \S+\/configmaps.*; such as configmaps treasure-\w+\/map-00/,
    );
    await world.twoHeartbeats();
    await found.expectUntouched(before);

    await world.syncer.kill('SIGKILL');
    await world.start();
    await world.eventuallyCondition('HeartbeatReady', 'True');
    await world.twoHeartbeats();
    await found.expectUntouched(before);
    await world.eventuallyCondition('ResourcesReady', 'False', 'ResourceNotPermitted');

    await world.accounts.up.allow();
    await eventuallyOnlyThreeAreGone(found, before.mark);
  });

  it('and wait in the workspace while the token for the cluster is revoked', async () => {
    const found = tenants[2]!;
    const { world } = found;
    const before = await found.before();
    await world.accounts.down.revoke();
    const { message } = await world.eventuallyCondition('SyncerReady', 'False', 'ClusterCredentialsRefused');
    expect(message).toMatch(
      /^The cluster refuses the credentials since .*: they were revoked, or are not known to it$/,
    );
    const ref = { ...widgets.in(found.namespace), name: 'thing-000' };
    await world.up.delete(ref);
    const blocked = await eventually(
      'it is said what waits',
      async () => (await world.syncTarget()).status?.blocked?.[0],
    );
    expect(blocked).toMatchObject({
      name: 'thing-000',
      resource: 'widgets',
      message: expect.stringContaining('401') as string,
    });
    await world.twoHeartbeats();
    expect((await world.up.get(ref)).metadata.finalizers).toHaveLength(1);
    await found.expectUntouched(before);

    await world.syncer.kill('SIGKILL');
    await world.accounts.down.renew();
    await world.start();
    await eventually('the object goes', async () => (await world.up.find(ref)) === undefined);
    expect(inWords(world.downstreamWrites(before.mark).filter(({ code }) => code < 400))).toEqual([
      'delete widgets thing-000',
    ]);
  });
});
