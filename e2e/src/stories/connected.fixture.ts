import { syncTargetCrd } from '@kcp-syncer/crds/generated/synctarget-crd.js';
import type { SyncTarget, SyncTargetSpec } from '@kcp-syncer/crds/generated/synctarget.js';
import { clusterAccount, workspaceAccount } from '../harness/account.js';
import type { Account, Rule } from '../harness/account.js';
import type { AdminClient } from '../harness/admin-client.js';
import type { AuditEntry, AuditMark } from '../harness/audit.js';
import type { ControlPlane } from '../harness/control-plane.js';
import type { Daemon } from '../harness/daemon.js';
import { eventually } from '../harness/eventually.js';
import type { KcpAccess } from '../harness/kcp-access.js';
import { sharedControlPlanes, uniqueName } from '../harness/shared.js';
import type { SharedControlPlanes } from '../harness/shared.js';
import { runSyncer, startSyncer } from '../harness/syncer.js';
import type { Flags } from '../harness/syncer.js';
import { createWorkspace, ensureWorkspace } from '../harness/workspace.js';
import type { Workspace } from '../harness/workspace.js';
import { serveType } from './custom-types.fixture.js';

export const syncTargets = { apiVersion: 'workload.kcp.io/v1alpha1', resource: 'synctargets' };
export const syncTargetName = 'my-cluster';

/** All syncers of this test file: a test that fails leaves its own running, and jest would wait for them. */
const started: Daemon[] = [];

afterAll(async () => {
  await Promise.all(started.map(async (syncer) => await syncer.kill('SIGKILL')));
});

type Condition = NonNullable<NonNullable<SyncTarget['status']>['conditions']>[number];

/** What a syncer needs in the workspace for any type: writes go to finalizers, status and Events alone. */
const upstreamRules: readonly Rule[] = [
  { apiGroups: ['core.kcp.io'], resources: ['logicalclusters'], verbs: ['get'] },
  { apiGroups: ['workload.kcp.io'], resources: ['synctargets'], verbs: ['get', 'patch'] },
  { apiGroups: ['workload.kcp.io'], resources: ['synctargets/status'], verbs: ['patch'] },
  { apiGroups: ['*'], resources: ['*'], verbs: ['get', 'list', 'watch', 'patch'] },
  { apiGroups: [''], resources: ['events'], verbs: ['create', 'patch'] },
];

/** What it needs in the cluster for any type. */
export const downstreamRules: readonly Rule[] = [
  { apiGroups: ['*'], resources: ['*'], verbs: ['get', 'list', 'watch', 'create', 'patch', 'delete'] },
];

export interface ConnectOptions {
  /** Default: the pair that all files share. */
  readonly servers?: SharedControlPlanes;
  /** Types that the workspace shall serve beside its own, such as deployments.apps; taken from the cluster. */
  readonly publish?: readonly string[];
  /** Makes the workspace serve further types before the syncer starts. */
  readonly prepare?: (workspace: Workspace) => Promise<unknown>;
  readonly spec?: SyncTargetSpec;
  readonly rules?: { readonly upstream?: readonly Rule[]; readonly downstream?: readonly Rule[] };
  /** Flags of the syncer beside the ends and the ports. */
  readonly flags?: Flags;
}

interface Place extends SharedControlPlanes {
  readonly workspace: Workspace;
}

/** A workspace with a SyncTarget, and a syncer that connects it with the cluster. */
export class Connected {
  readonly up: AdminClient;
  readonly down: AdminClient;
  #running: Daemon | undefined;

  constructor(
    readonly place: Place,
    /** Whom the audit logs name for what the syncer does. */
    readonly accounts: { readonly up: Account; readonly down: Account },
    private readonly flags: Flags,
  ) {
    this.up = place.workspace.admin;
    this.down = place.cluster.admin;
  }

  get kcp(): KcpAccess {
    return this.place.kcp;
  }

  get cluster(): ControlPlane {
    return this.place.cluster;
  }

  get workspace(): Workspace {
    return this.place.workspace;
  }

  /** The process that was started last. */
  get syncer(): Daemon {
    if (this.#running === undefined) throw new Error('no syncer was started');
    return this.#running;
  }

  async syncTarget(): Promise<SyncTarget> {
    return await this.up.get<SyncTarget>({ ...syncTargets, name: syncTargetName });
  }

  async condition(type: string): Promise<Condition | undefined> {
    return (await this.syncTarget()).status?.conditions?.find((condition) => condition.type === type);
  }

  /** Waits until the condition has this status, and this reason if one is given; gives it back. */
  async eventuallyCondition(type: string, status: Condition['status'], reason?: string): Promise<Condition> {
    return await eventually(`${type} is ${status}${reason === undefined ? '' : `, ${reason}`}`, async () => {
      const found = await this.condition(type);
      if (found?.status === status && (reason === undefined || found.reason === reason)) return found;
      throw new Error(`it is ${JSON.stringify(found)}; the syncer said last:\n${this.lastLines()}`);
    });
  }

  /** Starts the syncer and waits until it syncs. The flags are added to those of the connection. */
  async start(flags: Flags = {}): Promise<Daemon> {
    await this.launch(flags);
    await this.syncer.waitForLine(/started$/, { timeoutMs: 60_000 });
    return this.syncer;
  }

  /** Starts the syncer without waiting for anything. */
  async launch(flags: Flags = {}): Promise<Daemon> {
    const uid = flags['sync-target-uid'] ?? (await this.syncTarget()).metadata.uid ?? '';
    this.#running = startSyncer({
      flags: {
        'sync-target-name': syncTargetName,
        'sync-target-uid': uid,
        'workspace-cluster': this.workspace.path,
        'kcp-kubeconfig': this.accounts.up.kubeconfigPath,
        'cluster-kubeconfig': this.accounts.down.kubeconfigPath,
        'metrics-port': 0,
        'health-port': 0,
        'heartbeat-period': '2s',
        ...this.flags,
        ...flags,
      },
    });
    started.push(this.#running);
    return this.#running;
  }

  /** Ends the syncer in order. */
  async stop(): Promise<void> {
    await this.#running?.stop();
  }

  /** Waits until the syncer reports that so many objects are in step, and that none is waiting. */
  async eventuallyInStep(count: number): Promise<void> {
    await eventually(`${count} objects are in step`, async () => {
      const { status } = await this.syncTarget();
      const { syncedResources, pendingResources, failedResources } = status?.resourceSyncStatus ?? {};
      if (syncedResources === count && pendingResources === 0 && failedResources === 0) return true;
      const blocked = JSON.stringify(status?.blocked?.slice(0, 3));
      throw new Error(`${JSON.stringify(status?.resourceSyncStatus)} ${blocked}\n${this.lastLines()}`);
    });
  }

  /**
   * Waits until the syncer has reported twice more: what it had to notice by then, it has noticed. For tests that show
   * that nothing happens.
   */
  async twoHeartbeats(): Promise<void> {
    const countOf = async (): Promise<number> => (await this.syncTarget()).status?.heartbeat?.count ?? 0;
    const before = await countOf();
    await eventually('two more heartbeats', async () => (await countOf()) >= before + 2);
  }

  /** Writes of the syncer in the workspace since the mark, without Events and its reports on the SyncTarget. */
  upstreamWrites(mark: AuditMark): AuditEntry[] {
    return this.kcp.audit
      .writesSince(mark, this.accounts.up.user)
      .filter(({ object }) => object.resource !== syncTargets.resource && object.resource !== 'events');
  }

  /** Events that the syncer wrote, or tried to, in the workspace since the mark. */
  eventWrites(mark: AuditMark): AuditEntry[] {
    const writes = this.kcp.audit.writesSince(mark, this.accounts.up.user);
    return writes.filter(({ object }) => object.resource === 'events');
  }

  /** Writes of the syncer in the cluster since the mark. */
  downstreamWrites(mark: AuditMark): AuditEntry[] {
    return this.cluster.audit.writesSince(mark, this.accounts.down.user);
  }

  private lastLines(): string {
    return this.#running?.lines.slice(-12).join('\n') ?? 'nothing';
  }
}

/** A workspace that serves SyncTargets and other types, with a SyncTarget and accounts; no syncer runs yet. */
export async function prepareConnection(options: ConnectOptions = {}): Promise<Connected> {
  const { kcp, cluster } = options.servers ?? (await sharedControlPlanes());
  const workspace = await createWorkspace(kcp, uniqueName('tenant'));
  await Promise.all([
    options.publish ? publish(options.publish, { kcp, cluster, workspace }) : serveType(workspace.admin, syncTargetCrd),
    options.prepare?.(workspace),
  ]);
  await workspace.admin.create(syncTargets, {
    apiVersion: syncTargets.apiVersion,
    kind: 'SyncTarget',
    metadata: { name: syncTargetName },
    spec: options.spec ?? {},
  });
  const identity = await ensureWorkspace(kcp, 'identities');
  const name = uniqueName('syncer');
  const { upstream = upstreamRules, downstream = downstreamRules } = options.rules ?? {};
  const [up, down] = await Promise.all([
    workspaceAccount(kcp, { name: `${name}-up`, workspace, identity, rules: upstream }),
    clusterAccount(cluster, { name: `${name}-down`, rules: downstream }),
  ]);
  return new Connected({ kcp, cluster, workspace }, { up, down }, options.flags ?? {});
}

/** As `prepareConnection`, with the syncer running. */
export async function connect(options: ConnectOptions = {}): Promise<Connected> {
  const connected = await prepareConnection(options);
  await connected.start();
  return connected;
}

/** Publishes types as users do, the SyncTarget type among them. */
async function publish(resources: readonly string[], { kcp, cluster, workspace }: Place): Promise<void> {
  const { code, stderr } = await runSyncer([
    'publish-apis',
    `--kcp-kubeconfig=${kcp.kubeconfigPath}`,
    `--workspace-cluster=${workspace.path}`,
    `--cluster-kubeconfig=${cluster.kubeconfigPath}`,
    `--resources=${resources.join(',')}`,
  ]);
  if (code !== 0) throw new Error(`publish-apis: ${stderr}`);
}
