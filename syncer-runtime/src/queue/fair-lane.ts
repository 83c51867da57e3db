import { splitKey, type Key } from '../object/key.js';

/**
 * Keys in turn by namespace: whoever waits in a small namespace is served after at most one key of each other
 * namespace, however many wait there (S39). Within a namespace, first come first served.
 */
export class FairLane {
  private readonly namespaces = new Map<string, Set<Key>>();
  private count = 0;

  get size(): number {
    return this.count;
  }

  has(key: Key): boolean {
    return this.namespaces.get(splitKey(key).namespace)?.has(key) ?? false;
  }

  add(key: Key): void {
    const { namespace } = splitKey(key);
    let keys = this.namespaces.get(namespace);
    if (!keys) this.namespaces.set(namespace, (keys = new Set()));
    if (keys.has(key)) return;
    keys.add(key);
    this.count++;
  }

  delete(key: Key): void {
    const { namespace } = splitKey(key);
    const keys = this.namespaces.get(namespace);
    if (!keys?.delete(key)) return;
    this.count--;
    if (keys.size === 0) this.namespaces.delete(namespace);
  }

  /** Takes the next key out; undefined when none waits. */
  take(): Key | undefined {
    const [turn] = this.namespaces;
    if (!turn) return undefined;
    const [namespace, keys] = turn;
    const [key] = keys;
    if (key === undefined) return undefined;
    this.delete(key);
    // The namespace goes to the end of the row, if it has more.
    if (keys.size > 0) {
      this.namespaces.delete(namespace);
      this.namespaces.set(namespace, keys);
    }
    return key;
  }

  clear(): void {
    this.namespaces.clear();
    this.count = 0;
  }
}
