import { ApiError } from '../kube/api-error.js';
import { ConnectionError } from '../kube/connection-error.js';
import { isObjectNotFound, isWorkspaceNotFound } from '../kube/error-class.js';
import { reasons, type Reason } from '../object/reasons.js';
import { apiVersionOf } from '../object/types.js';
import { StartError } from './start-error.js';
import { syncTargetType } from './synctarget-api.js';

/** Where somebody tried to register, as people know it. */
export interface StartPlace {
  /** URL of kcp, without the workspace. */
  readonly server: string;
  readonly workspace: string;
  readonly syncTarget: string;
}

/** What kept the syncer from registering, as one line that says what to change. Anything but a server's failure stays as it is. */
export function explained(error: unknown, place: StartPlace): unknown {
  if (error instanceof ConnectionError)
    return new StartError(error.message, { reason: reasons.KcpUnreachable, cause: error });
  return error instanceof ApiError
    ? new StartError(wordsFor(error, place), { reason: reasonOf(error, place), cause: error })
    : error;
}

/** The type is there, but it drops what we write. */
export function foreignType(workspace: string): string {
  return `the type synctargets.workload.kcp.io in workspace ${workspace} is not this product's: it drops status.syncerIdentifier; ${publish(workspace)}`;
}

function reasonOf(error: ApiError, place: StartPlace): Reason {
  if (error.status === 401) return reasons.KcpCredentialsRefused;
  if (error.status === 403) return reasons.NotPermitted;
  if (isWorkspaceNotFound(error)) return reasons.WorkspaceNotFound;
  const isMissing = isObjectNotFound(error, { ...syncTargetType, name: place.syncTarget });
  return isMissing ? reasons.SyncTargetMissing : reasons.ConfigurationError;
}

function wordsFor(error: ApiError, place: StartPlace): string {
  if (error.status === 401)
    return `kcp at ${place.server} refuses the credentials (401): check the user of the kcp kubeconfig`;
  if (error.status === 403) return forbidden(error, place);
  if (error.status === 404) return notFound(error, place);
  return `kcp at ${place.server} answered ${error.status} to ${error.method} ${error.path}: ${error.message}`;
}

function forbidden(error: ApiError, place: StartPlace): string {
  const verb = error.method === 'PATCH' ? 'patch' : 'get';
  if (!aboutSyncTarget(error)) {
    // To a cluster, what we asked for is no resource.
    const other = error.details.kind === '' ? `, or ${place.server} is not kcp` : '';
    return `the credentials may not ${verb} logicalclusters.core.kcp.io in workspace ${place.workspace} (403), or there is no such workspace${other}`;
  }
  const resource = `synctargets.workload.kcp.io${error.method === 'PATCH' ? '/status' : ''}`;
  return `the credentials may not ${verb} ${resource} in workspace ${place.workspace} (403)`;
}

function notFound(error: ApiError, place: StartPlace): string {
  if (isWorkspaceNotFound(error)) return `kcp at ${place.server} has no workspace ${place.workspace}`;
  if (!aboutSyncTarget(error))
    return `${place.server} does not serve the LogicalCluster of ${place.workspace}: is it kcp?`;
  if (isObjectNotFound(error, { ...syncTargetType, name: place.syncTarget })) {
    return `workspace ${place.workspace} has no SyncTarget ${place.syncTarget}; create it: ${creation(place)}`;
  }
  if (error.method === 'PATCH') return foreignType(place.workspace);
  return `workspace ${place.workspace} does not serve SyncTargets; ${publish(place.workspace)}`;
}

function aboutSyncTarget(error: ApiError): boolean {
  return error.path.includes(`/${syncTargetType.resource}/`);
}

function creation(place: StartPlace): string {
  const object = { apiVersion: apiVersionOf(syncTargetType), kind: 'SyncTarget', metadata: { name: place.syncTarget } };
  return `echo '${JSON.stringify(object)}' | kubectl create --server=${place.server}/clusters/${place.workspace} -f -`;
}

function publish(workspace: string): string {
  return `publish the type: workload-syncer publish-apis --workspace-cluster=${workspace} --kcp-kubeconfig=… --cluster-kubeconfig=…`;
}
