import { ownerHash } from '@kcp-syncer/syncer-runtime/object/marks.js';
import type { KubeClient } from '@kcp-syncer/syncer-runtime/kube/client.js';
import { subresourcePath } from '@kcp-syncer/syncer-runtime/kube/paths.js';
import { parseJson } from '@kcp-syncer/syncer-runtime/object/parse.js';
import type { Ref } from '@kcp-syncer/syncer-runtime/kube/find-object.js';

export const serviceAccounts = { group: '', version: 'v1', resource: 'serviceaccounts' } as const;

/** Namespace of the accounts in the identity workspace. */
export const accountsNamespace = 'kcp-syncers';

/** The account of the syncer of one SyncTarget: its name does not change when the SyncTarget is made again. */
export function accountRef(logicalCluster: string, syncTarget: string): Ref & { readonly namespace: string } {
  return {
    type: serviceAccounts,
    namespace: accountsNamespace,
    name: `syncer-${ownerHash(logicalCluster, syncTarget)}`,
  };
}

/** What other workspaces know an account as. */
export function userOf(identityCluster: string, { namespace, name }: ReturnType<typeof accountRef>): string {
  return `system:kcp:serviceaccount:${identityCluster}:${namespace}:${name}`;
}

/** A new token of the account, good for so many seconds; a server may shorten it. @throws what the client throws. */
export async function requestToken(
  identity: KubeClient,
  { account, seconds }: { readonly account: Ref; readonly seconds: number },
  signal: AbortSignal,
): Promise<string> {
  const { text } = await identity.request({
    method: 'POST',
    path: subresourcePath(account.type, { ...account, subresource: 'token' }),
    body: JSON.stringify({
      apiVersion: 'authentication.k8s.io/v1',
      kind: 'TokenRequest',
      spec: { expirationSeconds: seconds },
    }),
    signal,
  });
  const { status } = parseJson(text) as { status?: { token?: string } };
  if (status?.token === undefined)
    throw new Error(`${identity.server} gave no token for ServiceAccount ${account.name}`);
  return status.token;
}
