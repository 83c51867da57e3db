import type { ServerAccess } from '@kcp-syncer/syncer-runtime/kube/access.js';
import { kcpServer } from '@kcp-syncer/syncer-runtime/kube/server-url.js';

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
