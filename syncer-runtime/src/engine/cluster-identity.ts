import type { SyncTarget } from '@kcp-syncer/crds/generated/synctarget.js';
import { ApiError } from '../kube/api-error.js';
import type { KubeClient } from '../kube/client.js';
import { ConnectionError } from '../kube/connection-error.js';
import { isForbidden, isUnauthorized } from '../kube/error-class.js';
import { objectPath } from '../kube/paths.js';
import { annotations } from '../object/marks.js';
import { reasons } from '../object/reasons.js';
import { parseJson } from '../object/parse.js';
import type { KubeObject } from '../object/types.js';
import { StartError } from '../synctarget/start-error.js';

/** The cluster as it was at first contact. */
export interface ClusterIdentity {
  /** uid of its namespace kube-system (S7). */
  readonly uid: string;
  /** Such as `v1.36.3`. */
  readonly version: string;
}

/** kcp says so in its version, `v1.35.1+kcp-v0.31.2`. A workspace runs nothing, and could be the very one that is synced. */
const kcpVersion = /\+kcp\b/;

/**
 * Asks the cluster who it is.
 * @throws StartError with one line for people.
 */
export async function identifyCluster(client: KubeClient, signal: AbortSignal): Promise<ClusterIdentity> {
  try {
    const version = parseJson((await client.request({ method: 'GET', path: '/version', signal })).text) as {
      gitVersion?: string;
    };
    if (kcpVersion.test(version.gitVersion ?? ''))
      throw new StartError(
        `${client.server} is kcp and no cluster: give the kubeconfig of the cluster to --cluster-kubeconfig`,
      );
    const path = objectPath({ group: '', version: 'v1', resource: 'namespaces' }, { name: 'kube-system' });
    const namespace = parseJson((await client.request({ method: 'GET', path, signal })).text) as KubeObject;
    return { uid: namespace.metadata.uid ?? '', version: version.gitVersion ?? '' };
  } catch (error) {
    throw explained(error, client.server);
  }
}

/**
 * The cluster that a SyncTarget is connected with: the one that it was connected with before, unless its owner approved
 * of the one that answers now (S7).
 */
export function connectedCluster(found: ClusterIdentity, { metadata, status }: SyncTarget): ClusterIdentity {
  const known = status?.clusterInfo?.uid ?? '';
  const isApproved = metadata.annotations?.[annotations.approveCluster] === found.uid;
  return known === '' || isApproved ? found : { ...found, uid: known };
}

/** What went wrong with the first requests to the cluster, in one line for people where there is one. */
export function explained(error: unknown, server: string): unknown {
  if (isUnauthorized(error))
    return new StartError(
      `the cluster ${server} does not accept the credentials of --cluster-kubeconfig (401): renew them`,
      { reason: reasons.ClusterCredentialsRefused, cause: error },
    );
  if (isForbidden(error))
    return new StartError(
      `missing permission in the cluster ${server}: get namespaces kube-system; grant verb get on resource namespaces, resourceNames [kube-system]`,
      { reason: reasons.NotPermitted, cause: error },
    );
  if (error instanceof ApiError)
    return new StartError(
      `the cluster ${server} answers ${String(error.status)}: is --cluster-kubeconfig the one of a Kubernetes cluster?`,
      { reason: reasons.ClusterUnreachable, cause: error },
    );
  if (error instanceof ConnectionError)
    return new StartError(`--cluster-kubeconfig: ${error.message}`, {
      reason: reasons.ClusterUnreachable,
      cause: error,
    });
  return error;
}
