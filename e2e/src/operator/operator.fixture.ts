import { syncerDeploymentCrd } from '@kcp-syncer/crds/generated/syncerdeployment-crd.js';
import type { SyncerDeployment } from '@kcp-syncer/crds/generated/syncerdeployment.js';
import type { SyncTarget } from '@kcp-syncer/crds/generated/synctarget.js';
import { readFileSync } from 'node:fs';
import { clusterAccount, workspaceAccount, type Account, type Rule } from '../harness/account.js';
import type { AdminClient } from '../harness/admin-client.js';
import type { Daemon } from '../harness/daemon.js';
import { eventually } from '../harness/eventually.js';
import { startOperator } from '../harness/operator.js';
import { sharedControlPlanes, uniqueName, type SharedControlPlanes } from '../harness/shared.js';
import type { Flags } from '../harness/syncer.js';
import { createWorkspace, ensureWorkspace, type Workspace } from '../harness/workspace.js';
import { serveType } from '../stories/custom-types.fixture.js';

export const syncerDeployments = { apiVersion: 'workload.kcp.io/v1alpha1', resource: 'syncerdeployments' };
export const syncTargets = { apiVersion: 'workload.kcp.io/v1alpha1', resource: 'synctargets' };
export const leases = { apiVersion: 'coordination.k8s.io/v1', resource: 'leases' };
export const leaseName = 'kcp-syncer-operator';
const secrets = { apiVersion: 'v1', resource: 'secrets' };

/** What the operator may do in the cluster. */
const operatorRules: readonly Rule[] = [
  { apiGroups: ['workload.kcp.io'], resources: ['syncerdeployments'], verbs: ['get', 'list', 'watch', 'patch'] },
  { apiGroups: ['workload.kcp.io'], resources: ['syncerdeployments/status'], verbs: ['patch'] },
  { apiGroups: ['coordination.k8s.io'], resources: ['leases'], verbs: ['get', 'create', 'update'] },
  {
    apiGroups: ['', 'apps'],
    resources: ['namespaces', 'configmaps', 'secrets', 'services', 'deployments'],
    verbs: ['get', 'list', 'watch', 'create', 'patch', 'delete'],
  },
  {
    apiGroups: ['apiextensions.k8s.io', 'autoscaling'],
    resources: ['customresourcedefinitions', 'horizontalpodautoscalers'],
    verbs: ['get', 'list', 'watch'],
  },
];

/** What a syncer that publishes types may do in the workspace. */
const workspaceRules: readonly Rule[] = [
  { apiGroups: ['core.kcp.io'], resources: ['logicalclusters'], verbs: ['get'] },
  { apiGroups: ['workload.kcp.io'], resources: ['synctargets'], verbs: ['get', 'create'] },
  { apiGroups: ['workload.kcp.io'], resources: ['synctargets/status'], verbs: ['patch'] },
  { apiGroups: ['apiextensions.k8s.io'], resources: ['customresourcedefinitions'], verbs: ['create', 'patch'] },
  {
    apiGroups: ['admissionregistration.k8s.io'],
    resources: ['validatingadmissionpolicies', 'validatingadmissionpolicybindings'],
    verbs: ['get', 'create', 'patch'],
  },
  { apiGroups: ['*'], resources: ['*'], verbs: ['get', 'list', 'watch', 'patch'] },
  { apiGroups: [''], resources: ['events'], verbs: ['create', 'patch'] },
];

/** All operators of this test file: a test that fails leaves its own running, and jest would wait for them. */
const started: Daemon[] = [];

afterAll(async () => {
  await Promise.all(started.map(async (operator) => await operator.kill('SIGKILL')));
});

type Condition = NonNullable<NonNullable<SyncerDeployment['status']>['conditions']>[number];

/** A workspace, and the SyncerDeployment that connects it. */
export class Tenant {
  constructor(
    readonly world: World,
    readonly workspace: Workspace,
    readonly account: Account,
  ) {}

  get name(): string {
    return this.workspace.path.split(':').at(-1) ?? '';
  }

  get ref(): { apiVersion: string; resource: string; namespace: string; name: string } {
    return { ...syncerDeployments, namespace: this.world.namespace, name: this.name };
  }

  get secretRef(): { apiVersion: string; resource: string; namespace: string; name: string } {
    return { ...secrets, namespace: this.world.namespace, name: `${this.name}-kcp` };
  }

  /** Puts what the file of the account's kubeconfig holds, or other text, into the Secret. */
  async putSecret(kubeconfig = readFileSync(this.account.kubeconfigPath, 'utf8')): Promise<void> {
    await this.world.down.apply(this.secretRef, { kind: 'Secret', stringData: { kubeconfig } });
  }

  /** Creates or changes the SyncerDeployment. */
  async deploy(spec: object = {}): Promise<void> {
    await this.world.down.apply(this.ref, {
      kind: 'SyncerDeployment',
      spec: {
        workspace: this.workspace.path,
        syncTarget: { name: 'my-cluster' },
        kcp: { kubeconfigSecretRef: { name: `${this.name}-kcp` } },
        workspaceAPIs: { resources: ['deployments.apps', 'services'] },
        heartbeatPeriod: '2s',
        namespaceMapping: { strategy: 'Prefix', prefix: `${this.name}-` },
        ...spec,
      },
    });
  }

  async syncerDeployment(): Promise<SyncerDeployment> {
    return await this.world.down.get<SyncerDeployment>(this.ref);
  }

  async syncTarget(): Promise<SyncTarget> {
    return await this.workspace.admin.get<SyncTarget>({ ...syncTargets, name: 'my-cluster' });
  }

  /** Waits until the SyncerDeployment's condition has this status and reason, and gives it back. */
  async eventually(type: string, status: Condition['status'], reason?: string): Promise<Condition> {
    return await eventually(
      `${type} of ${this.name} is ${status} ${reason ?? ''}`,
      async () => {
        const { conditions = [] } = (await this.syncerDeployment()).status ?? {};
        const found = conditions.find((condition) => condition.type === type);
        if (found?.status === status && (reason === undefined || found.reason === reason)) return found;
        throw new Error(`it is ${JSON.stringify(found)}; the operator said last:\n${this.world.lastLines()}`);
      },
      { timeoutMs: 90_000 },
    );
  }
}

/** The shared servers, a namespace for an operator, and that operator. */
export class World {
  readonly down: AdminClient;
  #operators: Daemon[] = [];

  constructor(
    readonly servers: SharedControlPlanes,
    /** Whom the operator runs as. */
    readonly account: Pick<Account, 'kubeconfigPath' | 'user'>,
    readonly namespace = uniqueName('operator'),
  ) {
    this.down = servers.cluster.admin;
  }

  /** All operators, in the order of their starts. */
  get operators(): readonly Daemon[] {
    return this.#operators;
  }

  /** The operator that was started last. */
  get operator(): Daemon {
    const operator = this.#operators.at(-1);
    if (operator === undefined) throw new Error('no operator was started');
    return operator;
  }

  /** Starts an operator; resolves when it holds the Lease, unless it is one more that waits. */
  async start(
    flags: Flags = {},
    { waits = false, env }: { readonly waits?: boolean; readonly env?: Readonly<Record<string, string>> } = {},
  ): Promise<Daemon> {
    const all = {
      kubeconfig: this.account.kubeconfigPath,
      namespace: this.namespace,
      'watch-namespaces': this.namespace,
      identity: `replica-${this.#operators.length}`,
      'metrics-port': 0,
      'health-port': 0,
      ...flags,
    };
    const operator = startOperator(all, env);
    started.push(operator);
    this.#operators.push(operator);
    await operator.waitForLine(waits ? /waiting for the Lease/ : /holds the Lease/);
    return operator;
  }

  /** A new workspace, an account for its syncer, and the Secret with the account's kubeconfig. */
  async tenant(rules: readonly Rule[] = workspaceRules): Promise<Tenant> {
    const { kcp } = this.servers;
    const workspace = await createWorkspace(kcp, uniqueName('tenant'));
    const identity = await ensureWorkspace(kcp, 'identities');
    const account = await workspaceAccount(kcp, { name: uniqueName('sd'), workspace, identity, rules });
    const tenant = new Tenant(this, workspace, account);
    await tenant.putSecret();
    return tenant;
  }

  lastLines(): string {
    return this.#operators.at(-1)?.lines.slice(-15).join('\n') ?? 'nothing';
  }
}

/** A cluster that serves SyncerDeployments, with an account and a namespace for an operator; none runs yet. */
export async function operatorWorld(furtherRules: readonly Rule[] = []): Promise<World> {
  const servers = await sharedControlPlanes();
  await serveType(servers.cluster.admin, syncerDeploymentCrd);
  const account = await clusterAccount(servers.cluster, {
    name: uniqueName('operator'),
    rules: [...operatorRules, ...furtherRules],
  });
  const world = new World(servers, account);
  await world.down.apply({ apiVersion: 'v1', resource: 'namespaces', name: world.namespace }, { kind: 'Namespace' });
  return world;
}
