import type { KubeClient } from '../kube/client.js';
import { isForbidden } from '../kube/error-class.js';
import type { ListScope } from '../kube/list.js';
import { collectionPath } from '../kube/paths.js';

/** Where a type may be read on one side. */
export interface Scopes {
  /** One without namespace when the whole cluster may be read; else one for each namespace that may be. */
  readonly permitted: readonly ListScope[];
  /** Namespaces that were asked for and may not be read. */
  readonly refused: readonly string[];
}

export interface ScopeQuestion {
  readonly client: KubeClient;
  readonly type: ListScope['type'];
  /** Namespaces to try when the whole cluster may not be read. */
  readonly candidates: () => readonly string[];
}

/**
 * Asks the server where a type may be listed: cluster-wide first, on 403 namespace by namespace.
 * @throws ApiError other than 403, ConnectionError: nothing is known then.
 */
export async function askScopes(question: ScopeQuestion, signal: AbortSignal): Promise<Scopes> {
  const { type, candidates } = question;
  if (await mayList(question, undefined, signal)) return { permitted: [{ type }], refused: [] };
  const permitted: ListScope[] = [];
  const refused: string[] = [];
  for (const namespace of candidates()) {
    if (await mayList(question, namespace, signal)) permitted.push({ type, namespace });
    else refused.push(namespace);
  }
  // A kcp that starts answers 403 for some seconds, and may have come to itself meanwhile.
  if (permitted.length > 0 && (await mayList(question, undefined, signal)))
    return { permitted: [{ type }], refused: [] };
  return { permitted, refused };
}

async function mayList(
  { client, type }: ScopeQuestion,
  namespace: string | undefined,
  signal: AbortSignal,
): Promise<boolean> {
  try {
    await client.request({ method: 'GET', path: collectionPath(type, namespace, { limit: 1 }), lane: 'list', signal });
    return true;
  } catch (error) {
    if (isForbidden(error)) return false;
    throw error;
  }
}
