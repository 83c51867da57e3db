import type { Environment } from '@kcp-syncer/syncer-runtime/cli/resolve-flags.js';
import { readFile } from 'node:fs/promises';
import type { OwnerReference } from '@kcp-syncer/syncer-runtime/object/types.js';
import { accountIn } from '../credentials/token.js';
import { UsageError } from '@kcp-syncer/syncer-runtime/cli/usage-error.js';

const account = '/var/run/secrets/kubernetes.io/serviceaccount';

/**
 * How a Pod reaches its own cluster, as a kubeconfig; the token is read again from its file as it is renewed there.
 * @throws UsageError outside of a Pod.
 */
export function inClusterKubeconfig(env: Environment): string {
  const { KUBERNETES_SERVICE_HOST: host, KUBERNETES_SERVICE_PORT: port } = env;
  if (!host || !port) throw new UsageError('this is no Pod of a cluster: give --kubeconfig');
  const name = 'in-cluster';
  const server = `https://${host.includes(':') ? `[${host}]` : host}:${port}`;
  return JSON.stringify({
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name, cluster: { server, 'certificate-authority': `${account}/ca.crt` } }],
    users: [{ name, user: { tokenFile: `${account}/token` } }],
    contexts: [{ name, context: { cluster: name, user: name } }],
    'current-context': name,
  });
}

/**
 * The ServiceAccount of this Pod as the owner of what goes with it; undefined where the token does not say it, or it is of
 * another namespace.
 */
export async function ownServiceAccount(namespace: string): Promise<OwnerReference | undefined> {
  const found = accountIn(await readFile(`${account}/token`, 'utf8').catch(() => ''));
  if (found?.namespace !== namespace) return undefined;
  return { apiVersion: 'v1', kind: 'ServiceAccount', name: found.name, uid: found.uid };
}
