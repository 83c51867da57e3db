import type { Rule } from '../harness/account.js';
import type { AuditMark } from '../harness/audit.js';
import { eventually } from '../harness/eventually.js';
import { sharedControlPlanes, uniqueName } from '../harness/shared.js';
import type { Workspace } from '../harness/workspace.js';
import { prepareConnection } from './connected.fixture.js';
import type { Connected, ConnectOptions } from './connected.fixture.js';
import { notes, widgets } from './custom-types.fixture.js';
import { configMapsIn, forEach, makeNamespace, names, versions, writeConfigMap } from './objects.fixture.js';

/** Enough to register and to report, and nothing about objects. */
const reportingOnly: readonly Rule[] = [
  { nonResourceURLs: ['/'], verbs: ['access'] },
  { apiGroups: ['core.kcp.io'], resources: ['logicalclusters'], verbs: ['get'] },
  { apiGroups: ['workload.kcp.io'], resources: ['synctargets'], verbs: ['get'] },
  { apiGroups: ['workload.kcp.io'], resources: ['synctargets/status'], verbs: ['patch'] },
  { apiGroups: ['apiextensions.k8s.io'], resources: ['customresourcedefinitions'], verbs: ['get', 'list', 'watch'] },
  { apiGroups: ['apis.kcp.io'], resources: ['apibindings'], verbs: ['get', 'list', 'watch'] },
];

/** The cluster's copies as they were, and a place in its audit log. */
export interface Before {
  readonly versions: readonly string[][];
  readonly mark: AuditMark;
}

/**
 * A workspace whose twenty ConfigMaps, five Widgets and five Notes are in the cluster. So few of a type may vanish
 * without the guard on numbers having a say: what saves them is evidence, or the lack of it.
 */
export class Treasure {
  readonly maps = names('map', 20);
  /** Names of the Notes, and of the first Widgets. */
  readonly things = names('thing', 5);

  constructor(
    readonly world: Connected,
    readonly namespace: string,
    private readonly widgetCount: number,
  ) {}

  get collections(): { apiVersion: string; resource: string; namespace: string }[] {
    return [configMapsIn(this.namespace), widgets.in(this.namespace), notes.in(this.namespace)];
  }

  /** Waits until all of it is in the cluster and in step. */
  async eventuallyWhole(): Promise<void> {
    await this.world.eventuallyInStep(this.maps.length + this.things.length + this.widgetCount);
  }

  async before(): Promise<Before> {
    return { versions: await this.versions(), mark: this.world.cluster.audit.mark() };
  }

  /** Nobody touched a copy: each has its uid and its resourceVersion, and the syncer asked for no write. */
  async expectUntouched(before: Before): Promise<void> {
    expect(before.versions.map((found) => found.length)).toEqual([20, this.widgetCount, 5]);
    expect(await this.versions()).toEqual(before.versions);
    const writes = this.world.downstreamWrites(before.mark);
    expect(writes.filter(({ object }) => object.namespace === this.namespace)).toEqual([]);
  }

  /** Shows that the syncer is at work: an object that comes last is synced, and goes again. */
  async eventuallyAnother(): Promise<void> {
    const { up, down } = this.world;
    const namespace = `${this.namespace}-other`;
    const ref = { ...configMapsIn(namespace), name: uniqueName('last') };
    await makeNamespace(up, namespace);
    await writeConfigMap(up, ref, 'last');
    await eventually('another object is synced', async () => await down.find(ref));
  }

  /** Waits until the SyncTarget says, in these words, what is held; while it goes on, the number grows. */
  async eventuallyHeld(words: RegExp): Promise<void> {
    await eventually(`deletions are held: ${String(words)}`, async () => {
      const found = await this.world.condition('DeletionsAllowed');
      if (found?.status === 'False' && words.test(found.message)) return true;
      throw new Error(`it is ${JSON.stringify(found)}`);
    });
  }

  /** Leaves the syncer no right in the workspace but to report; `world.accounts.up.allow()` gives them back. */
  async takeRights(): Promise<void> {
    const { up, accounts } = this.world;
    const name = accounts.up.user.split(':').at(-1) ?? '';
    const role = { apiVersion: 'rbac.authorization.k8s.io/v1', resource: 'clusterroles', name };
    await up.apply(role, { kind: 'ClusterRole', rules: reportingOnly });
  }

  private async versions(): Promise<string[][]> {
    return await Promise.all(this.collections.map(async (one) => await versions(this.world.down, one)));
  }
}

export interface TreasureOptions extends Omit<ConnectOptions, 'prepare'> {
  /** Makes the workspace serve Widgets; default by a CRD. */
  readonly serveWidgets?: (workspace: Workspace) => Promise<void>;
  /** How many of them; default 5. */
  readonly widgetCount?: number;
}

/** A workspace with all its objects; its syncer was not started yet. */
export async function prepareTreasure(options: TreasureOptions = {}): Promise<Treasure> {
  const { cluster } = options.servers ?? (await sharedControlPlanes());
  const { widgetCount = 5 } = options;
  const namespace = uniqueName('treasure');
  const prepare = async (workspace: Workspace): Promise<void> => {
    const { admin } = workspace;
    await Promise.all([
      ...[widgets, notes].map(async (type) => {
        await type.serveIn(cluster.admin);
      }),
      notes.serveIn(admin),
      options.serveWidgets ? options.serveWidgets(workspace) : widgets.serveIn(admin),
    ]);
    await makeNamespace(admin, namespace);
    await forEach(names('map', 20), async (name) => await writeConfigMap(admin, { namespace, name }, name));
    await forEach(names('thing', 5), async (name) => await notes.write(admin, { namespace, name }, 1));
    await forEach(names('thing', widgetCount), async (name) => await widgets.write(admin, { namespace, name }, 1));
  };
  return new Treasure(await prepareConnection({ ...options, prepare }), namespace, widgetCount);
}

/** As `prepareTreasure`, with everything in step. */
export async function treasure(options: TreasureOptions = {}): Promise<Treasure> {
  const found = await prepareTreasure(options);
  await found.world.start();
  await found.eventuallyWhole();
  return found;
}
