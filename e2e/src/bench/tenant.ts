import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { syncTargetCrd } from '@kcp-syncer/crds/generated/synctarget-crd.js';
import type { SyncTarget } from '@kcp-syncer/crds/generated/synctarget.js';
import { clusterAccount, workspaceAccount } from '../harness/account.js';
import type { Account, Rule } from '../harness/account.js';
import { AdminClient } from '../harness/admin-client.js';
import type { Cluster } from '../harness/cluster.js';
import type { Daemon } from '../harness/daemon.js';
import { eventually } from '../harness/eventually.js';
import type { Kcp } from '../harness/kcp.js';
import { credentialsOf } from '../harness/kubeconfig.js';
import { uniqueName } from '../harness/shared.js';
import { runSyncer, startSyncer } from '../harness/syncer.js';
import type { Flags } from '../harness/syncer.js';
import { createWorkspace, ensureWorkspace } from '../harness/workspace.js';
import type { Workspace } from '../harness/workspace.js';
import type { ProbeReport } from './probe.js';

export interface Servers {
  readonly kcp: Kcp;
  readonly cluster: Cluster;
}

export const syncTargets = { apiVersion: 'workload.kcp.io/v1alpha1', resource: 'synctargets', name: 'bench' };
const crds = { apiVersion: 'apiextensions.k8s.io/v1', resource: 'customresourcedefinitions' };

const upstreamRules: readonly Rule[] = [
  { apiGroups: ['core.kcp.io'], resources: ['logicalclusters'], verbs: ['get'] },
  { apiGroups: ['*'], resources: ['*'], verbs: ['get', 'list', 'watch', 'patch'] },
];
const downstreamRules: readonly Rule[] = [
  { apiGroups: ['*'], resources: ['*'], verbs: ['get', 'list', 'watch', 'create', 'patch', 'delete'] },
];

interface Parts {
  readonly servers: Servers;
  readonly workspace: Workspace;
  readonly accounts: { readonly up: Account; readonly down: Account };
}

/** A workspace with a SyncTarget, the accounts of one syncer, and that syncer when it runs. */
export class Tenant {
  readonly up: AdminClient;
  readonly down: AdminClient;
  /** The bare client: the syncer's own accounts, over connections of its own. */
  readonly bare: { readonly up: AdminClient; readonly down: AdminClient };
  readonly namespace = uniqueName('bench');
  /** Where the bare client works; the syncer does not look at it. */
  readonly bareNamespace = `bare-${this.namespace}`;
  syncer: Daemon | undefined;
  private readonly probeFile: string;

  constructor(readonly parts: Parts) {
    this.up = parts.workspace.admin;
    this.down = parts.servers.cluster.admin;
    const bare = ({ kubeconfigPath }: Account): AdminClient => {
      const credentials = credentialsOf(readFileSync(kubeconfigPath, 'utf8'));
      return new AdminClient(() => credentials);
    };
    this.bare = { up: bare(parts.accounts.up), down: bare(parts.accounts.down) };
    this.probeFile = join(parts.servers.cluster.folder, `${this.namespace}.probe`);
  }

  get pid(): number {
    return this.running.pid;
  }

  get running(): Daemon {
    if (this.syncer === undefined) throw new Error('no syncer was started');
    return this.syncer;
  }

  /** Starts the syncer as users do; with `probe` it can be asked for its heap. Returns when it says that it started. */
  async start(flags: Flags = {}, { probe = false } = {}): Promise<{ launchedAt: number; startedAt: number }> {
    const { metadata } = await this.up.get(syncTargets);
    const launchedAt = Date.now();
    this.syncer = startSyncer({
      flags: {
        'sync-target-name': syncTargets.name,
        'sync-target-uid': metadata.uid ?? '',
        'workspace-cluster': this.parts.workspace.path,
        'kcp-kubeconfig': this.parts.accounts.up.kubeconfigPath,
        'cluster-kubeconfig': this.parts.accounts.down.kubeconfigPath,
        'exclude-namespaces': this.bareNamespace,
        'metrics-port': 0,
        'health-port': 0,
        ...flags,
      },
      ...(probe && { env: this.probing() }),
    });
    await this.syncer.waitForLine(/started$/);
    return { launchedAt, startedAt: Date.now() };
  }

  async stop(): Promise<void> {
    await this.syncer?.stop();
    this.syncer = undefined;
  }

  /** What the syncer reported last. */
  async status(): Promise<SyncTarget['status']> {
    return (await this.up.get<SyncTarget>(syncTargets)).status;
  }

  /** Waits until the syncer reports that so many objects are in step, and no others wait. */
  async inStep(count: number, timeoutMs = 300_000): Promise<void> {
    await eventually(
      `${count} objects are in step`,
      async () => {
        const sums = (await this.status())?.resourceSyncStatus;
        if (sums?.syncedResources === count && sums.pendingResources === 0) return true;
        throw new Error(JSON.stringify(sums));
      },
      { timeoutMs, pollMs: 100 },
    );
  }

  /** Forces a collection in the syncer, which was started with a probe, and reads what it says. */
  async probe(): Promise<ProbeReport> {
    rmSync(this.probeFile, { force: true });
    process.kill(this.pid, 'SIGUSR2');
    return await eventually('the probe reports', () => JSON.parse(readFileSync(this.probeFile, 'utf8')) as ProbeReport);
  }

  private probing(): Record<string, string> {
    const url = pathToFileURL(join(import.meta.dirname, 'probe.js')).href;
    return { NODE_OPTIONS: `--import=${url}`, BENCH_PROBE: this.probeFile };
  }
}

/** A new workspace that serves SyncTargets and these types of the cluster. */
export async function createTenant(servers: Servers, publish: readonly string[] = []): Promise<Tenant> {
  const { kcp, cluster } = servers;
  const workspace = await createWorkspace(kcp, uniqueName('bench'));
  await serve(publish, { servers, workspace });
  await workspace.admin.create(
    { apiVersion: syncTargets.apiVersion, resource: syncTargets.resource },
    {
      apiVersion: syncTargets.apiVersion,
      kind: 'SyncTarget',
      metadata: { name: syncTargets.name },
      spec: {},
    },
  );
  const identity = await ensureWorkspace(kcp, 'identities');
  const name = uniqueName('syncer');
  const [up, down] = await Promise.all([
    workspaceAccount(kcp, { name: `${name}-up`, workspace, identity, rules: upstreamRules }),
    clusterAccount(cluster, { name: `${name}-down`, rules: downstreamRules }),
  ]);
  const tenant = new Tenant({ servers, workspace, accounts: { up, down } });
  const namespaces = { apiVersion: 'v1', resource: 'namespaces' };
  for (const namespace of [tenant.namespace, tenant.bareNamespace])
    await tenant.up.apply({ ...namespaces, name: namespace }, { kind: 'Namespace' });
  await tenant.down.apply({ ...namespaces, name: tenant.bareNamespace }, { kind: 'Namespace' });
  return tenant;
}

async function serve(types: readonly string[], { servers, workspace }: Omit<Parts, 'accounts'>): Promise<void> {
  if (types.length === 0) {
    const { name } = syncTargetCrd.metadata;
    await workspace.admin.apply({ ...crds, name }, syncTargetCrd);
    await eventually('SyncTargets are served', async () => {
      return await workspace.admin.list({ apiVersion: syncTargets.apiVersion, resource: syncTargets.resource });
    });
    return;
  }
  const { code, stderr } = await runSyncer([
    'publish-apis',
    `--kcp-kubeconfig=${servers.kcp.kubeconfigPath}`,
    `--workspace-cluster=${workspace.path}`,
    `--cluster-kubeconfig=${servers.cluster.kubeconfigPath}`,
    `--resources=${types.join(',')}`,
  ]);
  if (code !== 0) throw new Error(`publish-apis: ${stderr}`);
}
