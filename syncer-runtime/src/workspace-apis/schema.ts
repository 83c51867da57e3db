import { isRecord, type JsonRecord } from '../object/json.js';

/** A node of an OpenAPI v3 schema: keywords, of which some hold further schemas. Read-only: mends return new ones. */
export interface Schema {
  readonly type?: string;
  readonly format?: string;
  readonly description?: string;
  readonly default?: unknown;
  readonly enum?: readonly unknown[];
  readonly required?: readonly string[];
  readonly nullable?: boolean;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly items?: Schema;
  readonly additionalProperties?: Schema | boolean;
  readonly [keyword: string]: unknown;
}

/** Keywords of Kubernetes that more than one file reads. */
export const listType = 'x-kubernetes-list-type';
export const listMapKeys = 'x-kubernetes-list-map-keys';
export const intOrString = 'x-kubernetes-int-or-string';
export const preserveUnknown = 'x-kubernetes-preserve-unknown-fields';

/** Rebuilds a schema from its leaves up: `change` sees each node after the nodes below it. */
export function mapSchema(schema: Schema, change: (node: Schema) => Schema): Schema {
  const below = (child: Schema): Schema => mapSchema(child, change);
  return change({
    ...schema,
    ...(schema.properties && { properties: mapValues(schema.properties, below) }),
    ...(schema.items && { items: below(schema.items) }),
    ...(isRecord(schema.additionalProperties) && { additionalProperties: below(schema.additionalProperties) }),
  });
}

/** The same keys with other values; any key is data, `__proto__` too. */
export function mapValues<T, U>(
  record: Readonly<Record<string, T>>,
  change: (value: T, key: string) => U,
): Record<string, U> {
  return Object.fromEntries(Object.entries(record).map(([key, value]) => [key, change(value, key)]));
}

/** A copy without some keywords. */
export function without(schema: Schema, ...keywords: readonly string[]): Schema {
  return Object.fromEntries(Object.entries(schema).filter(([keyword]) => !keywords.includes(keyword)));
}

/** What lists in schemas hold, when it is text. */
export function textsIn(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.filter((item): item is string => typeof item === 'string') : [];
}

export function recordIn(value: unknown): JsonRecord {
  return isRecord(value) ? value : {};
}
