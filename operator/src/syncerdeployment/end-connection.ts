import type { disconnect, DisconnectDeps } from '@kcp-syncer/syncer-runtime/engine/disconnect.js';
import type { DeletionPolicy } from '@kcp-syncer/syncer-runtime/engine/let-go.js';
import { wasSynced } from '@kcp-syncer/syncer-runtime/synctarget/was-synced.js';
import type { Kubeconfigs } from './kubeconfigs.js';
import { namespaceMappingOf } from './options.js';
import type { Spec, Status } from './syncer-deployment.js';

export interface EndInput {
  /** What was learnt at first contact, and reported since. */
  readonly pins: Pick<Status, 'resources'> & {
    readonly workspaceCluster?: string | undefined;
    readonly clusterUID?: string | undefined;
  };
  readonly policy: DeletionPolicy;
  readonly kubeconfigs: Kubeconfigs;
  /** The spec, or a StartFailure that says what is wrong with it. */
  readonly spec: () => Spec;
}

export interface EndDeps extends DisconnectDeps {
  readonly disconnect: typeof disconnect;
}

/**
 * Ends the connection of a SyncerDeployment for good (S30). Where no contact was ever made there is nothing to end.
 * @throws what failed, which is to be tried again; the signal's reason.
 */
export async function endConnection(
  { pins, policy, kubeconfigs, spec: judged }: EndInput,
  deps: EndDeps,
  signal: AbortSignal,
): Promise<void> {
  const { workspaceCluster, clusterUID: clusterUid, resources = [] } = pins;
  if (workspaceCluster === undefined || clusterUid === undefined) return;
  deps.onProgress(`objects in the cluster ${policy === 'Delete' ? 'are deleted' : 'are let go'}`);
  const spec = judged();
  await deps.disconnect(
    {
      ...(await kubeconfigs.readOrKnown(spec, signal)),
      workspaceCluster: spec.workspace,
      syncTarget: spec.syncTarget.name,
      namespaceMapping: namespaceMappingOf(spec),
      policy,
      ends: { workspaceCluster, clusterUid },
      syncedTypes: resources.filter(wasSynced).map(({ resource }) => resource),
      qps: 0,
      burst: 0,
    },
    deps,
    signal,
  );
}
