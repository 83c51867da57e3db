import { isRecord, type JsonRecord } from './json.js';
import { annotations } from './marks.js';
import type { KubeObject, ManagedFieldsEntry, ObjectMeta } from './types.js';
import { listOf } from './wishes.js';

/** Names of fields from the object's root, such as `['spec', 'replicas']`. */
export type FieldPath = readonly string[];

const MAX_PATHS = 32;
const form = /^spec(\.[A-Za-z0-9_-]+)+$/;

/**
 * The fields that the user leaves to the cluster, by the annotation `ignore-fields`: `spec.replicas,spec.paused`.
 * @throws Error of one clause that says what to write.
 */
export function ignoredFields({ annotations: said }: ObjectMeta): readonly FieldPath[] {
  const paths = [...new Set(listOf(said?.[annotations.ignoreFields]))];
  const odd = paths.find((path) => !form.test(path));
  if (odd !== undefined) throw new Error(`"${odd}" is no field of spec; write names with dots, such as spec.replicas`);
  if (paths.length > MAX_PATHS) throw new Error(`it names more than ${String(MAX_PATHS)} fields`);
  return paths.map((path) => path.split('.'));
}

/** The object without these fields; what lies beside them stays. */
export function withoutFields<T extends KubeObject>(object: T, paths: readonly FieldPath[]): T {
  return paths.reduce<unknown>((rest, path) => without(rest, path), object) as T;
}

function without(value: unknown, [name, ...rest]: FieldPath): unknown {
  if (!isRecord(value) || name === undefined || !Object.hasOwn(value, name)) return value;
  const entries = Object.entries(value);
  if (rest.length === 0) return Object.fromEntries(entries.filter(([key]) => key !== name));
  return Object.fromEntries(entries.map(([key, inner]) => [key, key === name ? without(inner, rest) : inner]));
}

/** These fields alone, as the object has them. */
export function onlyFields(object: KubeObject, paths: readonly FieldPath[]): JsonRecord {
  return paths.reduce<JsonRecord>((found, path) => withField(found, path, valueAt(object, path)), {});
}

function withField(record: JsonRecord, [name = '', ...rest]: FieldPath, value: unknown): JsonRecord {
  if (value === undefined) return record;
  const inner = record[name];
  const below = rest.length === 0 ? value : withField(isRecord(inner) ? inner : {}, rest, value);
  return { ...record, [name]: below };
}

function valueAt(value: unknown, path: FieldPath): unknown {
  return path.reduce<unknown>((at, name) => (isRecord(at) && Object.hasOwn(at, name) ? at[name] : undefined), value);
}

/** Those of the fields that the entry owns, wholly or in part. */
export function ownedOf(paths: readonly FieldPath[], entry: ManagedFieldsEntry | undefined): readonly FieldPath[] {
  return paths.filter(
    (path) =>
      valueAt(
        entry?.fieldsV1,
        path.map((name) => `f:${name}`),
      ) !== undefined,
  );
}

/** The fields that the entry owns; of a list with items of its own, or a value that is owned as one, the whole. */
export function fieldsOf(entry: ManagedFieldsEntry | undefined): readonly FieldPath[] {
  return entry ? fieldsBelow(entry.fieldsV1, []) : [];
}

function fieldsBelow(fields: unknown, at: FieldPath): FieldPath[] {
  const names = isRecord(fields) ? Object.keys(fields).filter((name) => name !== '.') : [];
  if (names.length === 0 || !names.every((name) => name.startsWith('f:'))) return at.length === 0 ? [] : [at];
  return names.flatMap((name) => fieldsBelow((fields as JsonRecord)[name], [...at, name.slice(2)]));
}

/** Whether the field is one of these, or a part of one. */
export function isWithin(path: FieldPath, paths: readonly FieldPath[]): boolean {
  return paths.some((outer) => outer.every((name, i) => path[i] === name));
}
