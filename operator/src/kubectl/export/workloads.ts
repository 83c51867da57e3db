import { asUpstream } from '@kcp-syncer/syncer-runtime/base/sides.js';
import { inSyncOrder } from '@kcp-syncer/syncer-runtime/engine/sync-order.js';
import type { KubeClient } from '@kcp-syncer/syncer-runtime/kube/client.js';
import { discover } from '@kcp-syncer/syncer-runtime/kube/discovery.js';
import { listPages } from '@kcp-syncer/syncer-runtime/kube/list.js';
import { ownerLabel } from '@kcp-syncer/syncer-runtime/object/marks.js';
import { typeName, type KubeObject, type ResourceType } from '@kcp-syncer/syncer-runtime/object/types.js';
import { neverSyncedObject } from '@kcp-syncer/syncer-runtime/select/never-objects.js';
import type { Selection } from '@kcp-syncer/syncer-runtime/select/selection.js';
import { chooseTypes, isChosen } from '@kcp-syncer/syncer-runtime/select/types.js';
import { desiredObject } from '@kcp-syncer/syncer-runtime/transforms/desired.js';
import { findObject } from '@kcp-syncer/syncer-runtime/kube/find-object.js';
import { types } from '../objects.js';

export interface ExportOptions {
  readonly namespace: string;
  readonly resources: Selection;
  readonly withSecrets: boolean;
}

export interface Exported {
  /** What others lean on comes first. */
  readonly items: readonly object[];
  /** One line for each thing that is not among them and that people may miss. */
  readonly leftOut: readonly string[];
}

/**
 * What a namespace holds of the types that a syncer would sync, in the form in which a workspace takes it: without status
 * and whatever the cluster wrote. Objects that others make again (ReplicaSets of a Deployment) and those that a syncer
 * wrote are not among them.
 * @throws Error when there is no such namespace; what the client throws.
 */
export async function workloadsOf(
  cluster: KubeClient,
  { namespace, resources, withSecrets }: ExportOptions,
  signal: AbortSignal,
): Promise<Exported> {
  if (!(await findObject(cluster, { type: types.namespaces, name: namespace }, signal)))
    throw new Error(`the cluster ${cluster.server} has no namespace ${namespace}`);
  const chosen = await exportable(cluster, resources, signal);
  const kinds = new Set(chosen.map(({ kind }) => kind));
  const items: object[] = [{ apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } }];
  const counts = { secrets: 0, copies: 0 };
  for (const type of chosen) {
    for (const object of await listed(cluster, { type, namespace }, signal)) {
      if (neverSyncedObject(type, asUpstream(object), ({ kind }) => kinds.has(kind)) !== undefined) continue;
      if (object.metadata.labels?.[ownerLabel] !== undefined) counts.copies += 1;
      else if (typeName(type) === 'secrets' && !withSecrets) counts.secrets += 1;
      else items.push(cleaned(object, { type, namespace }));
    }
  }
  return { items, leftOut: leftOut(counts) };
}

/** Those that would be synced with a workspace that serves the same. */
async function exportable(cluster: KubeClient, selection: Selection, signal: AbortSignal): Promise<ResourceType[]> {
  const served = await discover(cluster, signal);
  const choices = chooseTypes({ upstream: served, downstream: served, selection });
  return inSyncOrder(choices.flatMap(({ outcome }) => (isChosen(outcome) ? [outcome.upstream] : [])));
}

interface Scope {
  readonly type: ResourceType;
  readonly namespace: string;
}

async function listed(cluster: KubeClient, scope: Scope, signal: AbortSignal): Promise<KubeObject[]> {
  const found: KubeObject[] = [];
  for await (const { items } of listPages(cluster, scope, signal)) found.push(...items);
  return found;
}

function cleaned(object: KubeObject, { type, namespace }: Scope): object {
  const context = { type, downstreamNamespace: namespace, transformations: [] };
  return desiredObject(asUpstream(object), context).object;
}

function leftOut({ secrets, copies }: { readonly secrets: number; readonly copies: number }): string[] {
  return [
    ...(secrets > 0 ? [`${secrets} Secrets are left out: --include-secrets writes them too`] : []),
    ...(copies > 0 ? [`${copies} objects are left out: they come from a workspace`] : []),
  ];
}
