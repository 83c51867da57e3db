import type { Clock } from '@kcp-syncer/syncer-runtime/base/clock.js';
import type { Side } from '@kcp-syncer/syncer-runtime/base/sides.js';
import { identifyCluster } from '@kcp-syncer/syncer-runtime/engine/cluster-identity.js';
import { createClients, type SyncerClients } from '@kcp-syncer/syncer-runtime/engine/clients.js';
import type { KubeClient } from '@kcp-syncer/syncer-runtime/kube/client.js';
import type { Gates } from '@kcp-syncer/syncer-runtime/kube/gates.js';
import { reasons } from '@kcp-syncer/syncer-runtime/object/reasons.js';
import type { Logger } from '@kcp-syncer/syncer-runtime/observe/logger.js';
import { identifyWorkspace } from '@kcp-syncer/syncer-runtime/synctarget/identify-workspace.js';
import { ensureWorkspaceApis } from '@kcp-syncer/syncer-runtime/workspace-apis/ensure-workspace-apis.js';
import { defaultResources } from '@kcp-syncer/syncer-runtime/workspace-apis/manifests.js';
import { ensureSyncTarget } from './ensure-sync-target.js';
import { StartFailure } from './start-failure.js';
import type { Spec, Status } from './syncer-deployment.js';

export interface PrepareInput {
  readonly spec: Spec;
  /** What was pinned at first contact. */
  readonly pins: Pick<Status, 'workspaceCluster' | 'clusterUID'>;
  readonly upstreamKubeconfig: string;
  readonly downstreamKubeconfig: string;
}

export interface PrepareDeps {
  readonly clock: Clock;
  readonly gates: Gates;
  readonly logger: Logger;
  /** Told what is being done, as a sentence. */
  readonly onStep: (message: string) => void;
}

/** What is known of the two ends before the syncer starts. */
export interface Prepared {
  readonly syncTargetUid: string;
  readonly workspaceCluster: string;
  readonly clusterUid: string;
}

/**
 * Makes two ends ready for a syncer: they are those that they were before (nothing is written otherwise), the workspace
 * serves the types that it shall serve, and it has the SyncTarget.
 * @throws StartFailure, StartError with what to do; ApiError, ConnectionError.
 */
export async function prepare(input: PrepareInput, deps: PrepareDeps, signal: AbortSignal): Promise<Prepared> {
  const { spec } = input;
  const { clients } = createClients({ ...input, workspaceCluster: spec.workspace, qps: 0, burst: 0 }, deps);
  try {
    const ends = await identified(clients, input, { ...deps, signal });
    const workspace = clients.upstream.at(`/clusters/${ends.workspaceCluster}`);
    if (spec.workspaceAPIs?.mode !== 'Require')
      await publish(
        { upstream: workspace, downstream: clients.downstream },
        { ...input, publishedBy: ends.clusterUid },
        { ...deps, signal },
      );
    deps.onStep('looking for the SyncTarget');
    return { ...ends, syncTargetUid: await ensureSyncTarget(workspace, spec, signal) };
  } finally {
    await Promise.all([clients.upstream.close(), clients.downstream.close()]);
  }
}

type Work = PrepareDeps & { readonly signal: AbortSignal };

async function identified(
  clients: SyncerClients,
  { spec, pins }: PrepareInput,
  { clock, logger, onStep, signal }: Work,
): Promise<Omit<Prepared, 'syncTargetUid'>> {
  onStep('connecting to the workspace and to the cluster');
  const onWaiting = (message: string): void => {
    logger.log(1, message);
    onStep(message);
  };
  const workspace = await identifyWorkspace(clients.upstream, {
    workspace: spec.workspace,
    syncTarget: spec.syncTarget,
    clock,
    signal,
    onWaiting,
  });
  const cluster = await identifyCluster(clients.downstream, signal);
  const { workspaceCluster = workspace.logicalCluster, clusterUID = cluster.uid } = pins;
  if (workspaceCluster !== workspace.logicalCluster)
    throw new StartFailure(
      reasons.WorkspaceChanged,
      `the credentials lead to another workspace: ${spec.workspace} is logical cluster ${workspace.logicalCluster} now and was ${workspaceCluster}; nothing is written. If that is meant, make another SyncerDeployment`,
    );
  if (clusterUID !== cluster.uid)
    throw new StartFailure(
      reasons.ClusterChanged,
      `the credentials lead to another cluster: its uid is ${cluster.uid} and was ${clusterUID}; nothing is written. If that is meant, make another SyncerDeployment`,
    );
  return { workspaceCluster, clusterUid: clusterUID };
}

async function publish(
  { upstream, downstream }: Readonly<Record<Side, KubeClient>>,
  { spec, publishedBy }: PrepareInput & { readonly publishedBy: string },
  { clock, logger, onStep, signal }: Work,
): Promise<void> {
  onStep('publishing the types of the cluster in the workspace');
  const resources = spec.workspaceAPIs?.resources ?? defaultResources;
  await ensureWorkspaceApis(upstream, downstream, {
    resources,
    publishedBy,
    clock,
    signal,
    onResult: (result) => {
      // What this means for the syncer its SyncTarget tells (ResourcesReady).
      const why = 'why' in result ? { why: result.why } : {};
      if (result.outcome === 'failed') logger.warn('a type could not be published', { type: result.type, ...why });
      else logger.log(result.outcome === 'unchanged' ? 3 : 1, `type ${result.outcome}`, { type: result.type, ...why });
    },
  });
}
