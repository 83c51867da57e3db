import type { SyncTarget } from '@kcp-syncer/crds/generated/synctarget.js';
import type { KubeClient } from '@kcp-syncer/syncer-runtime/kube/client.js';
import { findObject } from '@kcp-syncer/syncer-runtime/kube/find-object.js';
import { isConflict, isForbidden } from '@kcp-syncer/syncer-runtime/kube/error-class.js';
import { collectionPath } from '@kcp-syncer/syncer-runtime/kube/paths.js';
import { parseJson } from '@kcp-syncer/syncer-runtime/object/parse.js';
import { reasons } from '@kcp-syncer/syncer-runtime/object/reasons.js';
import { apiVersionOf } from '@kcp-syncer/syncer-runtime/object/types.js';
import { syncTargetType } from '@kcp-syncer/syncer-runtime/synctarget/synctarget-api.js';
import { StartFailure } from './start-failure.js';
import type { Spec } from './syncer-deployment.js';

/**
 * The uid of the workspace's SyncTarget, which is created when it is missing and the policy says so. One that is there is
 * its owner's: it is not changed.
 * @throws StartFailure; what the client throws otherwise.
 */
export async function ensureSyncTarget(workspace: KubeClient, spec: Spec, signal: AbortSignal): Promise<string> {
  const ref = { type: syncTargetType, name: spec.syncTarget.name };
  const { metadata } = (await findObject(workspace, ref, signal)) ?? (await create(workspace, spec, signal));
  const { uid: pinned = '', name } = spec.syncTarget;
  if (pinned !== '' && metadata.uid !== pinned)
    throw new StartFailure(
      reasons.SyncTargetChanged,
      `SyncTarget ${name} in workspace ${spec.workspace} has uid ${String(metadata.uid)}, and spec.syncTarget.uid is ${pinned}: if it is the one that is meant, change the field`,
    );
  return metadata.uid ?? '';
}

async function create(workspace: KubeClient, spec: Spec, signal: AbortSignal): Promise<SyncTarget> {
  const { name, createPolicy, labels, workloadCluster, supportedAPIExports, capabilities } = spec.syncTarget;
  if (createPolicy === 'Never')
    throw new StartFailure(
      reasons.SyncTargetMissing,
      `workspace ${spec.workspace} has no SyncTarget ${name}, and spec.syncTarget.createPolicy is Never: create it there`,
    );
  const body = JSON.stringify({
    apiVersion: apiVersionOf(syncTargetType),
    kind: 'SyncTarget',
    metadata: { name, labels },
    spec: { workloadCluster, supportedAPIExports, capabilities },
  });
  try {
    return await send(workspace, { method: 'POST', path: collectionPath(syncTargetType), body, signal });
  } catch (error) {
    if (isConflict(error))
      throw new StartFailure(reasons.Starting, `SyncTarget ${name} was made by somebody else just now`);
    if (isForbidden(error))
      throw new StartFailure(
        reasons.SyncTargetMissing,
        `workspace ${spec.workspace} has no SyncTarget ${name}, and the credentials may not create it: create it there, or grant create on synctargets.workload.kcp.io`,
      );
    throw error;
  }
}

async function send(workspace: KubeClient, request: Parameters<KubeClient['request']>[0]): Promise<SyncTarget> {
  return parseJson((await workspace.request(request)).text) as SyncTarget;
}
