import type { Clock } from '@kcp-syncer/syncer-runtime/base/clock.js';
import { version } from '@kcp-syncer/syncer-runtime/base/version.js';
import { serverAccess } from '@kcp-syncer/syncer-runtime/kube/access.js';
import type { ServerAccess } from '@kcp-syncer/syncer-runtime/kube/access.js';
import { isForbidden, isUnauthorized } from '@kcp-syncer/syncer-runtime/kube/error-class.js';
import { Gates } from '@kcp-syncer/syncer-runtime/kube/gates.js';
import { createKubeClient } from '@kcp-syncer/syncer-runtime/kube/http-client.js';
import { kcpServer } from '@kcp-syncer/syncer-runtime/kube/server-url.js';
import { syncTargetType } from '@kcp-syncer/syncer-runtime/synctarget/synctarget-api.js';
import { find } from '../objects.js';

export interface CredentialParts {
  /** How the administrator reaches kcp. */
  readonly access: ServerAccess;
  /** Where the syncer reaches it; undefined: at the same address. */
  readonly server: string | undefined;
  readonly workspace: string;
  readonly token: string;
}

/**
 * A kubeconfig with everything inline that leads to the workspace with this token.
 * @throws Error when kcp's certificate would not be checked.
 */
export async function kubeconfigOf({ access, server, workspace, token }: CredentialParts): Promise<string> {
  const { tls } = await access.current();
  if (!tls.rejectUnauthorized)
    throw new Error("the kubeconfig of kcp does not check the server's certificate: give certificate-authority-data");
  const name = 'kcp';
  return JSON.stringify({
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [
      {
        name,
        cluster: {
          server: kcpServer(server ?? access.server, workspace),
          ...(tls.ca !== undefined && { 'certificate-authority-data': Buffer.from(tls.ca).toString('base64') }),
          ...(tls.servername !== undefined && server === undefined && { 'tls-server-name': tls.servername }),
        },
      },
    ],
    users: [{ name, user: { token } }],
    contexts: [{ name, context: { cluster: name, user: name } }],
    'current-context': name,
  });
}

/** Whether kcp lets this kubeconfig read the SyncTarget. It is asked at `server`, where the administrator reaches it. */
export async function canReadSyncTarget(
  kubeconfig: string,
  { server, syncTarget }: { readonly server: string; readonly syncTarget: string },
  { clock, signal }: { readonly clock: Clock; readonly signal: AbortSignal },
): Promise<boolean> {
  const access = serverAccess(kubeconfig, { clock });
  const client = createKubeClient({ side: 'upstream', access, server, gates: new Gates(), clock, version });
  try {
    return (await find(client, { type: syncTargetType, name: syncTarget }, signal)) !== undefined;
  } catch (error) {
    if (isUnauthorized(error) || isForbidden(error)) return false;
    throw error;
  } finally {
    await client.close();
  }
}
