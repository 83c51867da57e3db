import type { KubeClient } from '../kube/client.js';
import { isForbidden } from '../kube/error-class.js';
import { listPages } from '../kube/list.js';
import type { KubeObject } from '../object/types.js';
import type { ClusterInfo } from '../observe/snapshot.js';
import { sumQuantities } from './quantity.js';

const nodeType = { group: '', version: 'v1', resource: 'nodes' };

/**
 * How many nodes the cluster has, and what they offer together. Nothing when the credentials may not list nodes:
 * syncing needs no such right.
 * @throws what the client throws, but for that refusal.
 */
export async function nodeTotals(
  downstream: KubeClient,
  signal: AbortSignal,
): Promise<Pick<ClusterInfo, 'nodes' | 'capacity'>> {
  const offers = new Map<string, string[]>();
  let nodes = 0;
  try {
    for await (const { items } of listPages(downstream, { type: nodeType }, signal)) {
      nodes += items.length;
      for (const node of items) addOffer(offers, node);
    }
  } catch (error) {
    if (isForbidden(error)) return {};
    throw error;
  }
  const sums = [...offers].map(([resource, quantities]) => [resource, sumQuantities(quantities)] as const);
  const capacity = sums.filter((pair): pair is [string, string] => pair[1] !== undefined && pair[1] !== '0');
  return { nodes, capacity: Object.fromEntries(capacity.sort(([a], [b]) => (a < b ? -1 : 1))) };
}

function addOffer(offers: Map<string, string[]>, node: KubeObject): void {
  const status = node['status'] as { readonly capacity?: Readonly<Record<string, unknown>> } | undefined;
  for (const [resource, quantity] of Object.entries(status?.capacity ?? {})) {
    const known = offers.get(resource);
    if (known) known.push(String(quantity));
    else offers.set(resource, [String(quantity)]);
  }
}
