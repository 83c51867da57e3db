import type { KubeClient } from '@kcp-syncer/syncer-runtime/kube/client.js';
import { isNotFound } from '@kcp-syncer/syncer-runtime/kube/error-class.js';
import { listPages } from '@kcp-syncer/syncer-runtime/kube/list.js';
import type { KubeObject } from '@kcp-syncer/syncer-runtime/object/types.js';
import { syncerDeployments, type Condition, type Spec, type Status } from '../syncerdeployment/syncer-deployment.js';
import { deploymentRef, type Place } from './manifests.js';
import { findObject } from '@kcp-syncer/syncer-runtime/kube/find-object.js';

/** A SyncerDeployment of the cluster, which judged its spec. */
export type Deployment = KubeObject & {
  readonly metadata: { readonly namespace: string };
  readonly spec: Spec;
  readonly status?: Status;
};

/** @throws Error when it is not there; what the client throws. */
export async function deploymentOf(cluster: KubeClient, place: Place, signal: AbortSignal): Promise<Deployment> {
  const found = await findObject<Deployment>(cluster, deploymentRef(place), signal);
  if (found) return found;
  throw new Error(
    `there is no SyncerDeployment ${place.name} in namespace ${place.namespace} (kubectl get syncerdeployments -A lists all)`,
  );
}

/** Those of one namespace, or all. @throws Error when the cluster does not know the type; what the client throws. */
export async function listDeployments(
  cluster: KubeClient,
  namespace: string | undefined,
  signal: AbortSignal,
): Promise<Deployment[]> {
  const found: Deployment[] = [];
  const scope = { type: syncerDeployments, ...(namespace !== undefined && { namespace }) };
  try {
    for await (const { items } of listPages(cluster, scope, signal)) found.push(...(items as Deployment[]));
  } catch (error) {
    if (isNotFound(error))
      throw new Error(`the cluster ${cluster.server} does not know SyncerDeployments: install the operator first`);
    throw error;
  }
  return found;
}

export function conditionOf({ status }: Pick<Deployment, 'status'>, type: string): Condition | undefined {
  return status?.conditions?.find((condition) => condition.type === type);
}
