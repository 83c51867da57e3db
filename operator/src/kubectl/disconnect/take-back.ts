import { isForbidden } from '@kcp-syncer/syncer-runtime/kube/error-class.js';
import type { KubeClient } from '@kcp-syncer/syncer-runtime/kube/client.js';
import { accountRef } from '../../credentials/account.js';
import type { End } from '../ends.js';
import type { Io } from '../io.js';
import type { ConnectionRecord } from '../../credentials/managed-secret.js';
import { roleNameOf } from '../manifests.js';
import type { Ref } from '@kcp-syncer/syncer-runtime/kube/find-object.js';
import { remove, types } from '../objects.js';
import { inWorkspace } from '../workspaces.js';

/** Deletes the role, binding and account of a connection. A workspace that is gone has taken its own with it. */
export async function takeBackRights({ client }: End, record: ConnectionRecord, io: Io): Promise<void> {
  const name = roleNameOf(record.syncTarget);
  const workspace = inWorkspace(client, record.logicalCluster);
  const identity = inWorkspace(client, record.identityCluster);
  const account = accountRef(record.logicalCluster, record.syncTarget);
  const rights: readonly (readonly [string, KubeClient, Ref])[] = [
    ['ClusterRoleBinding', workspace, { type: types.clusterRoleBindings, name }],
    ['ClusterRole', workspace, { type: types.clusterRoles, name }],
    ['RoleBinding', identity, { ...account, type: types.roleBindings }],
    ['Role', identity, { ...account, type: types.roles }],
    ['ServiceAccount', identity, account],
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
