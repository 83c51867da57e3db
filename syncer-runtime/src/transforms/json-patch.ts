import { ExactNumber, isRecord, type JsonRecord } from '../object/json.js';
import { isWithin, pointerText, type Pointer } from './pointer.js';

/** One operation of a JSON Patch (RFC 6902), its pointers taken apart. */
export type PatchOperation =
  | { readonly op: 'add' | 'replace' | 'test'; readonly path: Pointer; readonly value: unknown }
  | { readonly op: 'remove'; readonly path: Pointer }
  | { readonly op: 'move' | 'copy'; readonly from: Pointer; readonly path: Pointer };

/** An operation does not fit the document. The message names places in it, never values. */
export class PatchError extends Error {
  override readonly name = 'PatchError';
}

/**
 * The document after the operation; the document itself is not changed, and what the operation leaves alone is shared.
 * Only own fields exist: `__proto__` is a name like any other.
 * @throws PatchError when it does not fit, and when a `test` fails.
 */
export function applyOperation(document: unknown, operation: PatchOperation): unknown {
  const { path } = operation;
  switch (operation.op) {
    case 'add':
      return add(document, path, operation.value);
    case 'remove':
      return remove(document, path);
    case 'replace':
      return replace(document, path, operation.value);
    case 'copy':
      return add(document, path, valueAt(document, operation.from));
    case 'move':
      return move(document, operation.from, path);
    case 'test':
      if (!isEqual(valueAt(document, path), operation.value)) throw new PatchError('the value is another one');
      return document;
  }
}

function move(document: unknown, from: Pointer, path: Pointer): unknown {
  const value = valueAt(document, from);
  if (from.length === path.length && isWithin(from, path)) return document;
  if (isWithin(from, path)) throw new PatchError(`${pointerText(from)} cannot be moved into itself`);
  return add(remove(document, from), path, value);
}

function valueAt(document: unknown, pointer: Pointer): unknown {
  return pointer.reduce<unknown>((value, key, i) => childOf(value, key, pointer.slice(0, i + 1)), document);
}

function add(document: unknown, pointer: Pointer, value: unknown): unknown {
  return edit(document, pointer, {
    whole: () => value,
    item: (items, key) => insert(items, key, { value, pointer }),
    field: (record, key) => ({ ...record, [key]: value }),
  });
}

function insert(items: readonly unknown[], key: string, { value, pointer }: { value: unknown; pointer: Pointer }) {
  const index = key === '-' ? items.length : indexOf(key);
  if (index === undefined || index > items.length) throw missing(pointer);
  return items.toSpliced(index, 0, value);
}

function replace(document: unknown, pointer: Pointer, value: unknown): unknown {
  valueAt(document, pointer);
  return edit(document, pointer, {
    whole: () => value,
    item: (items, key) => items.with(Number(key), value),
    field: (record, key) => ({ ...record, [key]: value }),
  });
}

function remove(document: unknown, pointer: Pointer): unknown {
  valueAt(document, pointer);
  return edit(document, pointer, {
    whole: () => {
      throw new PatchError('the whole object cannot be removed');
    },
    item: (items, key) => items.toSpliced(Number(key), 1),
    field: (record, key) => Object.fromEntries(Object.entries(record).filter(([field]) => field !== key)),
  });
}

interface Edit {
  readonly whole: () => unknown;
  readonly item: (items: readonly unknown[], key: string) => unknown;
  readonly field: (record: JsonRecord, key: string) => unknown;
}

/** A copy of the document in which what holds the last part of the pointer is edited. */
function edit(document: unknown, pointer: Pointer, change: Edit): unknown {
  const descend = (value: unknown, at: number): unknown => {
    const key = pointer[at];
    if (key === undefined) return change.whole();
    if (at === pointer.length - 1) return editHere(value, { key, change, pointer });
    const child = descend(childOf(value, key, pointer.slice(0, at + 1)), at + 1);
    return Array.isArray(value) ? value.with(Number(key), child) : { ...(value as JsonRecord), [key]: child };
  };
  return descend(document, 0);
}

function editHere(value: unknown, { key, change, pointer }: { key: string; change: Edit; pointer: Pointer }): unknown {
  if (Array.isArray(value)) return change.item(value, key);
  if (isRecord(value)) return change.field(value, key);
  throw missing(pointer.slice(0, -1));
}

/** @param pointer where the child is, for the message. */
function childOf(value: unknown, key: string, pointer: Pointer): unknown {
  if (Array.isArray(value)) {
    const index = indexOf(key);
    if (index !== undefined && index < value.length) return value[index];
  } else if (isRecord(value) && Object.hasOwn(value, key)) {
    return value[key];
  }
  throw missing(pointer);
}

function missing(pointer: Pointer): PatchError {
  return new PatchError(`the object has no ${pointerText(pointer)}`);
}

/** Array indices are written without leading zeros; fifteen digits are exact. */
function indexOf(key: string): number | undefined {
  return /^(?:0|[1-9]\d{0,14})$/.test(key) ? Number(key) : undefined;
}

/** Equality of RFC 6902: numbers by value, objects whatever the order of their fields. */
function isEqual(a: unknown, b: unknown): boolean {
  if (a instanceof ExactNumber || b instanceof ExactNumber) return numberOf(a) === numberOf(b);
  if (Array.isArray(a)) return Array.isArray(b) && a.length === b.length && a.every((item, i) => isEqual(item, b[i]));
  if (!isRecord(a) || !isRecord(b)) return a === b;
  const fields = Object.keys(a);
  if (fields.length !== Object.keys(b).length) return false;
  return fields.every((field) => Object.hasOwn(b, field) && isEqual(a[field], b[field]));
}

/** What a configuration can say of a number of many digits: it is read as a double. */
function numberOf(value: unknown): unknown {
  return value instanceof ExactNumber ? Number(value.text) : value;
}
