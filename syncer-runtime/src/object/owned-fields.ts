import type { Downstream } from '../base/sides.js';
import { fastHash } from './fast-hash.js';
import { isRecord, omit, type JsonRecord } from './json.js';
import { fieldManager } from './marks.js';
import { ownedItems } from './owned-items.js';
import { contains, pathText, valueAt, type Step } from './owned-path.js';
import type { KubeObject, ManagedFieldsEntry } from './types.js';

/** The entry of `managedFields` that says which fields our applies own. */
export function ourEntry(object: Downstream<KubeObject>): ManagedFieldsEntry | undefined {
  return object.metadata.managedFields?.find(
    (entry) => entry.manager === fieldManager && entry.operation === 'Apply' && !entry.subresource,
  );
}

/**
 * Which fields are ours, as 12 characters; '' when there is no entry. It changes when somebody else writes a field of
 * ours, even if he writes what was there, and comes back to the same value when we apply again: the drift detector.
 */
export function ownsHash(entry: ManagedFieldsEntry | undefined): string {
  return entry ? fastHash(entry.fieldsV1 ?? {}) : '';
}

/** Whether every leaf of what we would apply is ours on the live object: then an apply would change nothing. */
export function ownsEveryLeaf(desired: Downstream<KubeObject>, live: Downstream<KubeObject>): boolean {
  return firstUnownedLeaf(desired, live) === undefined;
}

/** The path of the first leaf of `desired` that is not ours on the live object, for people; undefined: all are. */
export function firstUnownedLeaf(desired: Downstream<KubeObject>, live: Downstream<KubeObject>): string | undefined {
  const entry = ourEntry(live);
  if (!entry) return '.metadata.managedFields';
  const fields = { ...omit(desired, ['apiVersion', 'kind', 'metadata']), ...ownedMetadata(desired) };
  const found = unownedInRecord(fields, entry.fieldsV1, { steps: [], live });
  return found && pathText(found);
}

/** Name and namespace say which object it is: the server gives them no owner. */
function ownedMetadata({ metadata }: KubeObject): JsonRecord {
  const owned = omit(metadata, ['name', 'namespace']);
  return Object.keys(owned).length === 0 ? {} : { metadata: owned };
}

interface Place {
  readonly steps: readonly Step[];
  readonly live: unknown;
}

/**
 * The steps to the first leaf that `fields` does not name. What is named without anything below it, `{}`, is a leaf:
 * a scalar, an empty object, or a list or object that the server treats as one value.
 */
function unowned(desired: unknown, fields: unknown, place: Place): readonly Step[] | undefined {
  if (Array.isArray(desired)) return unownedInList(desired, fields, place);
  if (!isRecord(desired) || Object.keys(desired).length === 0) return fields === undefined ? place.steps : undefined;
  if (isEmpty(fields)) return heldAsOne(desired, place) ? undefined : place.steps;
  return unownedInRecord(desired, fields, place);
}

function unownedInRecord(desired: JsonRecord, fields: unknown, place: Place): readonly Step[] | undefined {
  for (const [name, value] of Object.entries(desired)) {
    if (value === undefined) continue;
    const found = unowned(value, below(fields, `f:${name}`), into(place, name));
    if (found) return found;
  }
  return undefined;
}

/** An empty list whose items are owned one by one has no leaf. */
function unownedInList(items: readonly unknown[], fields: unknown, place: Place): readonly Step[] | undefined {
  if (items.length === 0 || isEmpty(fields)) return undefined;
  if (!isRecord(fields)) return place.steps;
  const owned = ownedItems(items, fields);
  for (const [i, { step, fields: itemFields }] of owned.entries()) {
    const found = unowned(items[i], itemFields, into(place, step));
    if (found) return found;
  }
  return undefined;
}

/**
 * `{}` also stands for an entry of a map, or an item of a list, whose leaves others have taken or removed. The live
 * object tells: where all is as we want it, nothing needs writing; where it only looks different, a write changes
 * nothing.
 */
function heldAsOne(desired: JsonRecord, { steps, live }: Place): boolean {
  return contains(valueAt(live, steps), desired);
}

function into({ steps, live }: Place, step: Step): Place {
  return { steps: [...steps, step], live };
}

function below(fields: unknown, name: string): unknown {
  return isRecord(fields) ? fields[name] : undefined;
}

function isEmpty(fields: unknown): boolean {
  return isRecord(fields) && Object.keys(fields).length === 0;
}
