import { eventually } from '../harness/eventually.js';
import type { Workspace } from '../harness/workspace.js';
import { pathOf } from '../harness/admin-client.js';
import { createWorkspace } from '../harness/workspace.js';
import { sharedControlPlanes, uniqueName } from '../harness/shared.js';
import { customResourceDefinitions, notes, typeIsServed, widgets } from './custom-types.fixture.js';
import { syncTargetName, syncTargets } from './connected.fixture.js';
import { byName, inWords } from './objects.fixture.js';
import { treasure, type Treasure } from './no-wrong-deletion.fixture.js';

jest.setTimeout(240_000);

const exports_ = { apiVersion: 'apis.kcp.io/v1alpha2', resource: 'apiexports' };
const schemas = { apiVersion: 'apis.kcp.io/v1alpha1', resource: 'apiresourceschemas' };
const bindings = { apiVersion: 'apis.kcp.io/v1alpha2', resource: 'apibindings', name: 'widgets' };

/** A workspace that exports Widgets to others; gives what binds another to it. */
async function provider(): Promise<(consumer: Workspace) => Promise<void>> {
  const { kcp } = await sharedControlPlanes();
  const { path, admin } = await createWorkspace(kcp, uniqueName('provider'));
  await admin.create(schemas, widgets.resourceSchema);
  await admin.create(exports_, {
    apiVersion: exports_.apiVersion,
    kind: 'APIExport',
    metadata: { name: 'widgets' },
    spec: { resources: [widgets.exported] },
  });
  return async (consumer) => {
    await consumer.admin.create(bindings, {
      apiVersion: bindings.apiVersion,
      kind: 'APIBinding',
      metadata: { name: bindings.name },
      spec: { reference: { export: { path, name: 'widgets' } } },
    });
    await typeIsServed(consumer.admin, widgets.definition);
  };
}

const syncTarget = { ...syncTargets, name: syncTargetName };
const workspaceGoes = /^error: workspace root:[-\w]+ is being deleted; objects in the cluster stay as they are/;

describe('copies are safe when', () => {
  let tenants: Treasure[];
  beforeAll(async () => {
    const serveWidgets = await provider();
    tenants = await Promise.all([
      treasure(),
      treasure(),
      treasure({ serveWidgets }),
      treasure({ serveWidgets, widgetCount: 300 }),
      treasure({ serveWidgets }),
    ]);
  });

  it('the CRD of a type is deleted; finalizers of the syncer do not keep it', async () => {
    const found = tenants[0]!;
    const { world } = found;
    const before = await found.before();
    const crd = { ...customResourceDefinitions, name: widgets.name };
    await world.up.delete(crd);
    await eventually('the CRD is gone', async () => (await world.up.find(crd)) === undefined);
    await found.eventuallyHeld(/^5 deletions are held back: .*widgets\.stories\.example\.com/);
    await found.eventuallyAnother();
    await world.twoHeartbeats();
    await found.expectUntouched(before);

    await world.syncer.kill('SIGKILL');
    await world.start();
    await world.eventuallyCondition('ResourcesReady', 'False', 'ResourceNotServed');
    await world.twoHeartbeats();
    await found.expectUntouched(before);

    // The type is another one now, although it looks the same.
    await widgets.serveIn(world.up);
    await found.eventuallyHeld(
      /^5 deletions are held back: .*widgets\.stories\.example\.com was deleted and made anew/,
    );
    await world.twoHeartbeats();
    await found.expectUntouched(before);
  });

  it('the CRD of a type is deleted and made anew at once', async () => {
    const found = tenants[1]!;
    const { world } = found;
    const before = await found.before();
    const crd = { ...customResourceDefinitions, name: notes.name };
    await world.up.delete(crd);
    // As soon as the former one is out of the way: nobody lists the type while it is missing.
    await eventually(
      'the CRD is made anew',
      async () => await world.up.create(customResourceDefinitions, notes.definition),
      { pollMs: 10 },
    );
    await found.eventuallyHeld(/^5 deletions are held back: .*notes\.stories\.example\.com.* (was|is being) deleted/);
    await typeIsServed(world.up, notes.definition);
    await world.twoHeartbeats();
    await found.expectUntouched(before);

    await world.syncer.kill('SIGKILL');
    await world.start();
    await world.eventuallyCondition('DeletionsAllowed', 'False', 'DeletionsHeld');
    await world.twoHeartbeats();
    await found.expectUntouched(before);

    // If the objects come back, nothing happened.
    for (const name of found.things) await notes.write(world.up, { namespace: found.namespace, name }, 1);
    await world.eventuallyCondition('DeletionsAllowed', 'True');
    await found.eventuallyWhole();
    const copies = await byName(world.down, notes.in(found.namespace));
    expect([...copies.values()].map(({ metadata }) => `${metadata.name} ${metadata.uid ?? ''}`)).toEqual(
      before.versions[2]?.map((line) => line.split(' ').slice(0, 2).join(' ')),
    );
  });

  it('an APIBinding is deleted; finalizers of the syncer do not keep it', async () => {
    const found = tenants[2]!;
    const { world } = found;
    const before = await found.before();
    await world.up.delete(bindings);
    await eventually('the APIBinding is gone', async () => (await world.up.find(bindings)) === undefined);
    await found.eventuallyHeld(/^5 deletions are held back: .*widgets\.stories\.example\.com.* (was|is being) deleted/);
    await found.eventuallyAnother();
    await world.twoHeartbeats();
    await found.expectUntouched(before);
  });

  it('the workspace is deleted; finalizers of the syncer do not keep it, however many', async () => {
    const found = tenants[3]!;
    const { world } = found;
    const before = await found.before();
    const up = world.kcp.audit.mark();
    await world.workspace.delete();
    const { code } = await world.syncer.exit;
    expect({ code, last: world.syncer.lines.at(-1) }).toEqual({
      code: 1,
      last: expect.stringMatching(workspaceGoes) as string,
    });
    await world.workspace.gone();
    await found.expectUntouched(before);
    // What it takes off, it does not put on again.
    const puttingOn = world.upstreamWrites(up).filter(({ uri }) => uri.includes('fieldManager=kcp-syncer-'));
    expect(inWords(puttingOn)).toEqual([]);
  });

  it('the workspace is deleted while the syncer is away: it lets go of its finalizers, and ends', async () => {
    const found = tenants[4]!;
    const { world } = found;
    const before = await found.before();
    const { uid = '' } = (await world.syncTarget()).metadata;
    await world.syncer.kill('SIGKILL');
    await world.workspace.delete();
    await eventually(
      'SyncTargets are not served any more',
      async () => (await world.up.find(syncTarget)) === undefined,
    );
    const syncer = await world.launch({ 'sync-target-uid': uid });
    expect({ ...(await syncer.exit), last: syncer.lines.at(-1) }).toEqual({
      code: 1,
      signal: null,
      last: expect.stringMatching(workspaceGoes) as string,
    });
    // The workspace itself follows when kcp looks again, minutes later if need be.
    const left = await eventually('its objects can go', async () => {
      const { code, text } = await world.up.request('GET', pathOf(widgets.in(found.namespace)));
      return code === 404 || (JSON.parse(text) as { items: unknown[] }).items.length === 0;
    });
    expect(left).toBe(true);
    await found.expectUntouched(before);
  });
});
