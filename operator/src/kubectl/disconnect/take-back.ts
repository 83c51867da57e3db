import { isForbidden } from '@kcp-syncer/syncer-runtime/kube/error-class.js';
import type { KubeClient } from '@kcp-syncer/syncer-runtime/kube/client.js';
import { accountRef } from '../account.js';
import type { End } from '../ends.js';
import type { Io } from '../io.js';
import { roleNameOf, type ConnectionRecord } from '../manifests.js';
import { remove, types, type Ref } from '../objects.js';
import { inWorkspace } from '../workspaces.js';

/** Deletes the role, binding and account of a connection. A workspace that is gone has taken its own with it. */
export async function takeBackRights({ client }: End, record: ConnectionRecord, io: Io): Promise<void> {
  const name = roleNameOf(record.syncTarget);
  const workspace = inWorkspace(client, record.logicalCluster);
  const identity = inWorkspace(client, record.identityCluster);
  const rights: readonly (readonly [string, KubeClient, Ref])[] = [
    ['ClusterRoleBinding', workspace, { type: types.clusterRoleBindings, name }],
    ['ClusterRole', workspace, { type: types.clusterRoles, name }],
    ['ServiceAccount', identity, accountRef(record.logicalCluster, record.syncTarget)],
  ];
  for (const [kind, at, ref] of rights)
    io.say(`${kind} ${ref.name} ${(await removed(at, ref, io.signal)) ? 'deleted' : 'is not there any more'}`);
}

/** An administrator of kcp is refused only what is in a workspace that is gone. */
async function removed(client: KubeClient, ref: Ref, signal: AbortSignal): Promise<boolean> {
  try {
    return await remove(client, ref, signal);
  } catch (error) {
    if (isForbidden(error)) return false;
    throw error;
  }
}
