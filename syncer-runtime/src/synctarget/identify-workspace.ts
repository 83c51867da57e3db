import type { Clock } from '../base/clock.js';
import type { KubeClient } from '../kube/client.js';
import { objectPath } from '../kube/paths.js';
import type { JsonRecord } from '../object/json.js';
import { untilBelieved } from './belief.js';
import { StartError } from './start-error.js';
import { explained } from './start-words.js';
import { SyncTargetApi } from './synctarget-api.js';

const REQUEST_TIMEOUT_MS = 10_000;
/** Of the one LogicalCluster that each workspace has. */
export const logicalClusterPath = objectPath(
  { group: 'core.kcp.io', version: 'v1alpha1', resource: 'logicalclusters' },
  { name: 'cluster' },
);

/** Which workspace a path or name leads to: plain data. */
export interface WorkspaceIdentity {
  /** Name of the logical cluster: all further URLs use `/clusters/<name>`, and the owner hash is made of it (S1). */
  readonly logicalCluster: string;
  readonly logicalClusterUid: string;
  /** The workspace's path, such as `root:team-a`: for people. */
  readonly workspacePath: string;
}

export interface BelievedOptions {
  readonly syncTarget: { readonly name: string };
  /** The workspace as the user named it: for messages. */
  readonly workspace: string;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  /** Told, once for each reason, that the start has to wait. */
  readonly onWaiting: (message: string) => void;
}

/**
 * Finds out which logical cluster `upstream`, whose URL ends with the workspace, leads to.
 * @throws StartError with one line for people; the signal's reason.
 */
export async function identifyWorkspace(upstream: KubeClient, options: BelievedOptions): Promise<WorkspaceIdentity> {
  return await believed(upstream, options, async (api) => {
    return workspaceOf(await api.readOther(logicalClusterPath, options.signal), options.workspace);
  });
}

/**
 * What `attempt` gives, as soon as kcp's answers can be believed.
 * @throws StartError with one line for people; the signal's reason.
 */
export async function believed<T>(
  client: KubeClient,
  options: BelievedOptions,
  attempt: (api: SyncTargetApi) => Promise<T>,
): Promise<T> {
  const { clock, signal, onWaiting, workspace, syncTarget } = options;
  const api = new SyncTargetApi({ client, clock, name: syncTarget.name, timeoutMs: REQUEST_TIMEOUT_MS });
  try {
    return await untilBelieved(async () => await attempt(api), { api, clock, signal, onWaiting });
  } catch (error) {
    throw explained(error, { server: api.server, workspace, syncTarget: syncTarget.name });
  }
}

function workspaceOf(body: JsonRecord, named: string): WorkspaceIdentity {
  const metadata = body['metadata'] as { uid?: string; annotations?: Record<string, string> } | undefined;
  const logicalCluster = metadata?.annotations?.['kcp.io/cluster'];
  if (logicalCluster === undefined || metadata?.uid === undefined) {
    throw new StartError(
      `the LogicalCluster of workspace ${named} does not say its name (annotation kcp.io/cluster): is the server kcp?`,
    );
  }
  const workspacePath = metadata.annotations?.['kcp.io/path'] ?? named;
  return { logicalCluster, logicalClusterUid: metadata.uid, workspacePath };
}
