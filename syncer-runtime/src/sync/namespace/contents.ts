import type { KubeClient } from '../../kube/client.js';
import type { Discovered } from '../../kube/discovery.js';
import { listPages } from '../../kube/list.js';
import { typeName, type KubeObject, type ResourceType } from '../../object/types.js';

/** Types whose objects come and go by themselves and are nobody's work. */
const noiseTypes = new Set([
  'events',
  'events.events.k8s.io',
  'endpoints',
  'endpointslices.discovery.k8s.io',
  'leases.coordination.k8s.io',
]);
/** Types that show others' objects once more. */
const viewGroups = new Set(['metrics.k8s.io', 'custom.metrics.k8s.io', 'external.metrics.k8s.io']);

/** Where to look, and what the server serves. */
export interface Where {
  readonly namespace: string;
  readonly served: Discovered;
  readonly labelSelector?: string;
}

/**
 * The first object in a downstream namespace that is more than noise, as `deployments.apps nginx-app`; undefined when
 * there is none. Everything that the server can list is looked at.
 * @throws ApiError, also when something may not be listed: then nobody knows what is inside.
 */
export async function firstResident(
  client: KubeClient,
  where: Where,
  signal: AbortSignal,
): Promise<string | undefined> {
  for await (const { type, object } of residents(client, where, signal))
    return `${typeName(type)} ${object.metadata.name}`;
  return undefined;
}

export interface Resident {
  readonly type: ResourceType;
  /** Its metadata alone. */
  readonly object: KubeObject;
}

/** All objects in a downstream namespace that are more than noise, page by page. @throws as `firstResident` */
export async function* residents(client: KubeClient, where: Where, signal: AbortSignal): AsyncGenerator<Resident> {
  const { served, ...scope } = where;
  for (const type of listable(served)) {
    for await (const { items } of listPages(client, { type, ...scope, metadataOnly: true }, signal))
      yield* items.filter((object) => !isNoise(type, object)).map((object) => ({ type, object }));
  }
}

/** Each namespaced type once. */
function listable({ types }: Discovered): ResourceType[] {
  const byName = new Map<string, ResourceType>();
  for (const type of types) {
    const skip =
      !type.namespaced || !type.verbs.includes('list') || viewGroups.has(type.group) || noiseTypes.has(typeName(type));
    if (!skip && !byName.has(typeName(type))) byName.set(typeName(type), type);
  }
  return [...byName.values()];
}

function isNoise(type: ResourceType, { metadata }: KubeObject): boolean {
  const name = typeName(type);
  return (
    (name === 'serviceaccounts' && metadata.name === 'default') ||
    (name === 'configmaps' && metadata.name === 'kube-root-ca.crt')
  );
}
