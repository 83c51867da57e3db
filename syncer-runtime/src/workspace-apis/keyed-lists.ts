import { listMapKeys, textsIn, type Schema } from './schema.js';

/** A list whose entries Kubernetes merges by key where kubectl and Helm send patches. */
export interface KeyedList {
  /** From the object's root, or from an entry of the list around it. */
  readonly path: readonly string[];
  /** Fields that tell entries apart. */
  readonly keys: readonly string[];
  /** Keyed lists within an entry, such as a container's `env`. */
  readonly inner: readonly KeyedList[];
  /** How many maps an entry nests, itself included. */
  readonly depth: number;
}

/**
 * The keyed lists of a type, from its OpenAPI schema before any mend: it alone knows the merge keys. Status is written
 * by controllers, metadata merged by the server. Below a list that is replaced whole in Kubernetes too there is nothing
 * to lose.
 */
export function keyedLists(schema: Schema, path: readonly string[] = []): KeyedList[] {
  const fields = Object.entries(schema.properties ?? {});
  return fields.flatMap(([name, field]) => {
    if (name === 'metadata' || (path.length === 0 && name === 'status')) return [];
    const here = [...path, name];
    return field.items ? keyedListsAt(field, field.items, here) : keyedLists(field, here);
  });
}

function keyedListsAt(list: Schema, items: Schema, path: readonly string[]): KeyedList[] {
  const mergeKey = list['x-kubernetes-patch-merge-key'];
  if (typeof mergeKey !== 'string') return [];
  const mapKeys = textsIn(list[listMapKeys]);
  const keys = mapKeys.length > 0 ? mapKeys : [mergeKey];
  return [{ path, keys, inner: keyedLists(items), depth: depthOf(items) }];
}

function depthOf(schema: Schema): number {
  const below = Object.values(schema.properties ?? {}).filter((field) => !field.items);
  const maps = typeof schema.additionalProperties === 'object' ? [schema.additionalProperties] : [];
  if (below.length + maps.length === 0) return 0;
  return 1 + Math.max(...[...below, ...maps].map(depthOf));
}

/** A map that Kubernetes replaces whole where kubectl and Helm send patches. */
export interface ReplacedMap {
  readonly path: readonly string[];
  readonly depth: number;
}

/** The maps of a type that are replaced whole, from the same schema; outside of lists. */
export function replacedMaps(schema: Schema, path: readonly string[] = []): ReplacedMap[] {
  return Object.entries(schema.properties ?? {}).flatMap(([name, field]) => {
    if (name === 'metadata' || (path.length === 0 && name === 'status') || field.items) return [];
    const here = [...path, name];
    if (field['x-kubernetes-patch-strategy'] === 'replace') return [{ path: here, depth: depthOf(field) }];
    return replacedMaps(field, here);
  });
}
