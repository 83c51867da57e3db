import type { Clock } from '@kcp-syncer/syncer-runtime/base/clock.js';
import { version } from '@kcp-syncer/syncer-runtime/base/version.js';
import { serverAccess } from '@kcp-syncer/syncer-runtime/kube/access.js';
import { isForbidden, isUnauthorized } from '@kcp-syncer/syncer-runtime/kube/error-class.js';
import { findObject } from '@kcp-syncer/syncer-runtime/kube/find-object.js';
import { Gates } from '@kcp-syncer/syncer-runtime/kube/gates.js';
import { createKubeClient } from '@kcp-syncer/syncer-runtime/kube/http-client.js';
import { syncTargetType } from '@kcp-syncer/syncer-runtime/synctarget/synctarget-api.js';

/** Whether kcp lets this kubeconfig read the SyncTarget. It is asked at `server`, where the administrator reaches it. */
export async function canReadSyncTarget(
  kubeconfig: string,
  { server, syncTarget }: { readonly server: string; readonly syncTarget: string },
  { clock, signal }: { readonly clock: Clock; readonly signal: AbortSignal },
): Promise<boolean> {
  const access = serverAccess(kubeconfig, { clock });
  const client = createKubeClient({ side: 'upstream', access, server, gates: new Gates(), clock, version });
  try {
    return (await findObject(client, { type: syncTargetType, name: syncTarget }, signal)) !== undefined;
  } catch (error) {
    if (isUnauthorized(error) || isForbidden(error)) return false;
    throw error;
  } finally {
    await client.close();
  }
}
