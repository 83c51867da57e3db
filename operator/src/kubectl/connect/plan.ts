import { collectionPath } from '@kcp-syncer/syncer-runtime/kube/paths.js';
import type { KubeClient } from '@kcp-syncer/syncer-runtime/kube/client.js';
import { landmarkNamespace } from '@kcp-syncer/syncer-runtime/access/cluster-rules.js';
import type { SyncedType } from '@kcp-syncer/syncer-runtime/access/rule.js';
import { syncTargetType } from '@kcp-syncer/syncer-runtime/synctarget/synctarget-api.js';
import { typeName } from '@kcp-syncer/syncer-runtime/object/types.js';
import { ApiError } from '@kcp-syncer/syncer-runtime/kube/api-error.js';
import { defaultResources } from '@kcp-syncer/syncer-runtime/workspace-apis/manifests.js';
import { accountRef, accountsNamespace } from '../../credentials/account.js';
import { census } from './census.js';
import type { ConnectOptions } from './options.js';
import type { End } from '../ends.js';
import type { Io } from '../io.js';
import { deploymentRef, roleNameOf, secretRef } from '../manifests.js';
import { findObject, type Ref } from '@kcp-syncer/syncer-runtime/kube/find-object.js';
import { types } from '../objects.js';
import { discovered, futureTypes } from './rights.js';
import { inWorkspace, logicalClusterOf, workspaceExists } from '../workspaces.js';

/** The two ends of a connection to be, and what was found there. */
export interface Plan {
  readonly kcp: End;
  readonly cluster: End;
  /** The workspace, by the name of its logical cluster. */
  readonly workspace: KubeClient;
  readonly logicalCluster: string;
  readonly clusterUid: string;
  readonly syncTarget: string;
  readonly types: readonly SyncedType[];
  /** One line for each thing that is missing. */
  readonly missing: readonly string[];
  /** What would be synced now, in words. */
  readonly synced: string;
}

/**
 * Looks at both sides, and writes nothing.
 * @throws Error in one line when the two cannot be connected as they are.
 */
export async function planOf(options: ConnectOptions, ends: Pick<Plan, 'kcp' | 'cluster'>, io: Io): Promise<Plan> {
  const { signal } = io;
  const { kcp, cluster } = ends;
  const found = await logicalClusterOf(inWorkspace(kcp.client, options.workspace), signal);
  if (!found) throw new Error(`${kcp.client.server} has no workspace ${options.workspace}`);
  if (found.isGoing) throw new Error(`workspace ${options.workspace} is being deleted`);
  await assertServesDeployments(cluster.client, signal);
  const workspace = inWorkspace(kcp.client, found.name);
  const clusterUid = await uidOf(cluster.client, signal);
  const syncTarget = options.syncTargetName ?? `cluster-${clusterUid.slice(0, 8)}`;
  const served = await discovered(workspace, cluster.client, signal);
  const placed = { ...ends, workspace, logicalCluster: found.name, syncTarget };
  const serving = new Set(served.upstream.types.map(typeName));
  return {
    ...placed,
    clusterUid,
    types: futureTypes(options.resources, served),
    missing: [...typesMissing(serving), ...(await objectsMissing(options, { ...placed, serving }, signal))],
    synced: await census(workspace, { ...options, ...served }, signal),
  };
}

function typesMissing(serving: ReadonlySet<string>): string[] {
  const missing = ['synctargets.workload.kcp.io', ...defaultResources].filter((type) => !serving.has(type));
  return missing.length === 0 ? [] : [`types in the workspace: ${missing.join(', ')}`];
}

type Placed = Pick<Plan, 'kcp' | 'cluster' | 'workspace' | 'logicalCluster' | 'syncTarget'> & {
  readonly serving: ReadonlySet<string>;
};

async function objectsMissing(options: ConnectOptions, placed: Placed, signal: AbortSignal): Promise<string[]> {
  const { kcp, cluster, workspace, logicalCluster, syncTarget, serving } = placed;
  const { identityWorkspace } = options;
  const name = roleNameOf(syncTarget);
  const account = accountRef(logicalCluster, syncTarget);
  const hasIdentity = await workspaceExists(kcp.client, identityWorkspace, signal);
  const identity = hasIdentity ? inWorkspace(kcp.client, identityWorkspace) : undefined;
  const targets = serving.has('synctargets.workload.kcp.io') ? workspace : undefined;
  const wanted: readonly (readonly [string, KubeClient | undefined, Ref])[] = [
    [`namespace in ${identityWorkspace}`, identity, { type: types.namespaces, name: accountsNamespace }],
    [`ServiceAccount in ${identityWorkspace}`, identity, account],
    [`Role in ${identityWorkspace}`, identity, { ...account, type: types.roles }],
    [`RoleBinding in ${identityWorkspace}`, identity, { ...account, type: types.roleBindings }],
    ['ClusterRole in the workspace', workspace, { type: types.clusterRoles, name }],
    ['ClusterRoleBinding in the workspace', workspace, { type: types.clusterRoleBindings, name }],
    ['SyncTarget in the workspace', targets, { type: syncTargetType, name: syncTarget }],
    ['namespace in the cluster', cluster.client, { type: types.namespaces, name: options.namespace }],
    ['Secret in the cluster', cluster.client, secretRef(options)],
    ['SyncerDeployment in the cluster', cluster.client, deploymentRef(options)],
  ];
  const lines = await Promise.all(
    wanted.map(async ([what, client, ref]) => {
      const isThere = client !== undefined && (await findObject(client, ref, signal)) !== undefined;
      return isThere ? [] : [`${what}: ${ref.namespace === undefined ? '' : `${ref.namespace}/`}${ref.name}`];
    }),
  );
  return [...(hasIdentity ? [] : [`workspace: ${identityWorkspace}`]), ...lines.flat()];
}

async function uidOf(cluster: KubeClient, signal: AbortSignal): Promise<string> {
  const found = await findObject(cluster, { type: types.namespaces, name: landmarkNamespace }, signal);
  if (found?.metadata.uid !== undefined) return found.metadata.uid;
  throw new Error(`${cluster.server} has no namespace ${landmarkNamespace}: is it a Kubernetes cluster?`);
}

async function assertServesDeployments(cluster: KubeClient, signal: AbortSignal): Promise<void> {
  const { type } = deploymentRef({ namespace: '', name: '' });
  try {
    await cluster.request({ method: 'GET', path: collectionPath(type, undefined, { limit: 1 }), signal });
  } catch (error) {
    if (error instanceof ApiError && error.status === 404)
      throw new Error(`the cluster ${cluster.server} does not know SyncerDeployments: install the operator first`);
    throw error;
  }
}
