import { isRecord, type JsonRecord } from '../object/json.js';
import type { KubeObject } from '../object/types.js';

/** A copy of `record` in which the field is what `edit` makes of it; a record without the field is returned as it is. */
export function editField<T extends JsonRecord>(record: T, field: string, edit: (value: JsonRecord) => JsonRecord): T {
  const value = record[field];
  return isRecord(value) ? { ...record, [field]: edit(value) } : record;
}

/** A copy of `record` without the fields whose name `drops` tells. */
export function without(record: JsonRecord, drops: (field: string) => boolean): JsonRecord {
  return Object.fromEntries(Object.entries(record).filter(([field]) => !drops(field)));
}

/** A copy of the object without the annotations that `drops` tells. */
export function withoutAnnotations(object: KubeObject, drops: (key: string) => boolean): KubeObject {
  return editField(object, 'metadata', (metadata) => editField(metadata, 'annotations', (all) => without(all, drops)));
}

/** A copy of the object without the labels that `drops` tells. */
export function withoutLabels(object: KubeObject, drops: (key: string) => boolean): KubeObject {
  return editField(object, 'metadata', (metadata) => editField(metadata, 'labels', (all) => without(all, drops)));
}
