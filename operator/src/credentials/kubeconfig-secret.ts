import type { KubeClient } from '@kcp-syncer/syncer-runtime/kube/client.js';
import { isForbidden, isObjectNotFound } from '@kcp-syncer/syncer-runtime/kube/error-class.js';
import { objectPath } from '@kcp-syncer/syncer-runtime/kube/paths.js';
import { parseJson } from '@kcp-syncer/syncer-runtime/object/parse.js';
import { reasons } from '@kcp-syncer/syncer-runtime/object/reasons.js';
import { CredentialError } from './credential-error.js';
import { strictKubeconfig } from './strict-kubeconfig.js';

export const secrets = { group: '', version: 'v1', resource: 'secrets' } as const;

/** Which key of which Secret. */
export interface SecretKey {
  readonly namespace: string;
  readonly name: string;
  readonly key: string;
}

/**
 * The kubeconfig that a Secret holds, judged (credentials/strict-kubeconfig).
 * @throws CredentialError with a sentence that says what to change; what the client throws otherwise.
 */
export async function readKubeconfigSecret(client: KubeClient, ref: SecretKey, signal: AbortSignal): Promise<string> {
  const data = await dataOf(client, ref, signal);
  const encoded = Object.hasOwn(data, ref.key) ? data[ref.key] : undefined;
  if (encoded === undefined)
    throw new CredentialError(
      reasons.KubeconfigMissing,
      `Secret ${nameOf(ref)} has no key ${ref.key}; ${keysOf(data)}`,
    );
  try {
    return strictKubeconfig(Buffer.from(encoded, 'base64').toString('utf8'));
  } catch (error) {
    if (!(error instanceof CredentialError)) throw error;
    throw new CredentialError(error.reason, `Secret ${nameOf(ref)}, key ${ref.key}: ${error.message}`);
  }
}

async function dataOf(
  client: KubeClient,
  ref: SecretKey,
  signal: AbortSignal,
): Promise<Readonly<Record<string, string>>> {
  try {
    const { text } = await client.request({ method: 'GET', path: objectPath(secrets, ref), signal });
    return (parseJson(text) as { data?: Record<string, string> }).data ?? {};
  } catch (error) {
    if (isObjectNotFound(error, { ...secrets, name: ref.name }))
      throw new CredentialError(reasons.KubeconfigMissing, `there is no Secret ${nameOf(ref)}`);
    if (isForbidden(error))
      throw new CredentialError(
        reasons.KubeconfigMissing,
        `the operator may not read Secret ${nameOf(ref)}; let its chart know the namespace by the value tenants`,
      );
    throw error;
  }
}

function keysOf(data: object): string {
  const keys = Object.keys(data);
  return keys.length === 0 ? 'it has none' : `it has ${keys.slice(0, 10).join(', ')}`;
}

function nameOf({ namespace, name }: SecretKey): string {
  return `${namespace}/${name}`;
}
