import { canonicalJson } from './canonical.js';
import { isRecord, type JsonRecord } from './json.js';
import type { Step } from './owned-path.js';
import { parseJson } from './parse.js';

/** What `fieldsV1` says of one item of a list; `fields` is undefined when the item is not ours. */
export interface OwnedItem {
  readonly step: Step;
  readonly fields: unknown;
}

/**
 * Finds what `fieldsV1` says of each of `items`, in order. Items of a map list stand there as `k:{…}` by their keys,
 * items of a set as `v:…` by their value. A key that an item leaves out is filled in by the server's default, so such
 * an item is the first whose given keys fit and which no other item names in full.
 */
export function ownedItems(items: readonly unknown[], fields: JsonRecord): OwnedItem[] {
  const entries = keyedEntries(fields);
  const names = Object.keys(entries[0]?.keys ?? {});
  const byKeys = new Map(entries.map((entry) => [canonicalJson(entry.keys), entry]));
  const exact = items.map((item) => byKeys.get(canonicalJson(isRecord(item) ? keysOf(item, names) : item)));
  const free = new Set(entries);
  for (const entry of exact) if (entry) free.delete(entry);
  const byValue = valueEntries(fields);
  return items.map((item, i) => {
    if (!isRecord(item)) return { step: { value: item }, fields: byValue.get(canonicalJson(item)) };
    const entry = exact[i] ?? takeFirst(free, keysOf(item, names));
    return { step: { keys: entry?.keys ?? keysOf(item, names) }, fields: entry?.fields };
  });
}

interface KeyedEntry {
  readonly keys: JsonRecord;
  readonly fields: unknown;
}

function keyedEntries(fields: JsonRecord): KeyedEntry[] {
  const keyed = Object.entries(fields).filter(([name]) => name.startsWith('k:'));
  return keyed.map(([name, below]) => ({ keys: parseJson(name.slice(2)) as JsonRecord, fields: below }));
}

function valueEntries(fields: JsonRecord): Map<string, unknown> {
  const values = Object.entries(fields).filter(([name]) => name.startsWith('v:'));
  return new Map(values.map(([name, below]) => [canonicalJson(parseJson(name.slice(2))), below]));
}

function keysOf(item: JsonRecord, names: readonly string[]): JsonRecord {
  return Object.fromEntries(names.filter((name) => Object.hasOwn(item, name)).map((name) => [name, item[name]]));
}

function takeFirst(free: Set<KeyedEntry>, given: JsonRecord): KeyedEntry | undefined {
  const fits = (entry: KeyedEntry): boolean =>
    Object.entries(given).every(([name, value]) => canonicalJson(entry.keys[name]) === canonicalJson(value));
  const found = [...free].find(fits);
  if (found) free.delete(found);
  return found;
}
