import type { KubeClient } from '../kube/client.js';
import { isForbidden } from '../kube/error-class.js';
import { listPages } from '../kube/list.js';
import { claimedFor, namespaceFactsOf, type NamespaceFacts } from '../sync/namespace/facts.js';
import type { NamespaceMapping } from '../sync/namespace/mapping.js';
import { StartError } from '../synctarget/start-error.js';
import { explained } from './cluster-identity.js';
import { namespaceType } from './namespace-watch.js';

export interface KnownMappingQuestion {
  readonly downstream: KubeClient;
  readonly owner: string;
  readonly mapping: NamespaceMapping;
  readonly signal: AbortSignal;
}

/**
 * Namespaces of the cluster tell by their claims what the mapping was before, and it is never changed: copies under
 * other names would be forgotten, and their finalizers upstream released while they run (S32). Where namespaces may
 * not be listed nothing is known.
 * @throws StartError that names the first namespace that is mapped otherwise.
 */
export async function assertKnownMapping(question: KnownMappingQuestion): Promise<void> {
  const { downstream, signal } = question;
  const claimed: NamespaceFacts[] = [];
  try {
    for await (const { items } of listPages(downstream, { type: namespaceType, metadataOnly: true }, signal)) {
      claimed.push(...items.map(namespaceFactsOf).filter(({ claim }) => claim !== ''));
    }
  } catch (error) {
    if (isForbidden(error)) return;
    throw explained(error, downstream.server);
  }
  const message = mappedOtherwise(claimed, question);
  if (message !== undefined) throw new StartError(message);
}

/** A namespace whose claim was copied along with it, as by a restore under another name, stands beside the one it names. */
function mappedOtherwise(
  claimed: readonly NamespaceFacts[],
  { owner, mapping }: Pick<KnownMappingQuestion, 'owner' | 'mapping'>,
): string | undefined {
  const places = claimed.map(({ name, claim }) => ({ name, upstream: claimedFor(claim, owner) }));
  const atHome = new Set(
    places.flatMap(({ name, upstream }) =>
      upstream !== undefined && mapping.toDownstream(upstream) === name ? [upstream] : [],
    ),
  );
  for (const { name, upstream } of places) {
    if (upstream === undefined || atHome.has(upstream)) continue;
    const now = mapping.toDownstream(upstream);
    const other = now === undefined ? 'does not name that one' : `calls that one ${now}`;
    return (
      `namespaceMapping is never changed: namespace ${name} of the cluster serves namespace ${upstream} of the ` +
      `workspace, and the mapping ${other}; give the mapping that there was`
    );
  }
  return undefined;
}
