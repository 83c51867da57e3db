/** `namespace/name` of an upstream object: what the queue holds, within one type. */
export type Key = string;

export interface NamespacedName {
  readonly namespace: string;
  readonly name: string;
}

/** The key as a flat string: a slice of a larger text would keep that text in memory. */
export function keyOf(object: { readonly metadata: { readonly namespace?: string; readonly name: string } }): Key {
  return flat(`${object.metadata.namespace ?? ''}/${object.metadata.name}`);
}

/** Namespace and name of a key. Neither may contain '/', so the first one separates them. */
export function splitKey(key: Key): NamespacedName {
  const slash = key.indexOf('/');
  return { namespace: key.slice(0, slash), name: key.slice(slash + 1) };
}

/** A copy of `text` that shares no memory with the text it was cut from. */
export function flat(text: string): string {
  return Buffer.from(text, 'utf8').toString('utf8');
}
