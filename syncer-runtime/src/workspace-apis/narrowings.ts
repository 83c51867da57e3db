import { isDeepStrictEqual } from 'node:util';
import { preserveUnknown, type Schema } from './schema.js';

/** One way in which a schema may come to refuse or drop what another took; undefined: it does not. */
type Check = (old: Schema, next: Schema) => string | undefined;

const lower = ['minLength', 'minItems', 'minProperties', 'minimum'];
const upper = ['maxLength', 'maxItems', 'maxProperties', 'maximum'];
/** Says how objects are merged, or what a value is: another word is another meaning. */
const fixed = [
  'x-kubernetes-list-type',
  'x-kubernetes-list-map-keys',
  'x-kubernetes-map-type',
  'x-kubernetes-embedded-resource',
];
/** What the checks below know, beside keywords that hold schemas or say nothing about values. */
const understood = new Set([
  ...lower,
  ...upper,
  ...fixed,
  ...['type', 'required', 'enum', 'nullable', 'default', 'description', 'title'],
  ...['properties', 'items', 'additionalProperties', 'x-kubernetes-int-or-string', preserveUnknown],
]);

const checks: readonly Check[] = [
  // another type; an integer may become a number, an integer or text may become either
  (old, next) => (sameType(old, next) ? undefined : 'another type'),
  // what was kept without being described would be dropped, or held against a description
  (old, next) =>
    old[preserveUnknown] === true && !isDeepStrictEqual(shape(old), shape(next)) ? 'no longer free-form' : undefined,
  // a field that objects may lack
  (old, next) => listed('requires', next.required, old.required),
  // a word that objects may hold
  (old, next) =>
    next.enum ? (old.enum ? listed('no longer takes', old.enum, next.enum) : 'takes only some words') : undefined,
  // null that objects may hold
  (old, next) => (old.nullable === true && next.nullable !== true ? 'no longer takes null' : undefined),
  // bounds
  (old, next) => bound(lower, (keyword) => !isLooser(next[keyword], old[keyword], (now, then) => now <= then)),
  (old, next) => bound(upper, (keyword) => !isLooser(next[keyword], old[keyword], (now, then) => now >= then)),
  // how lists and maps are merged
  (old, next) => bound(fixed, (keyword) => !isDeepStrictEqual(old[keyword], next[keyword])),
  // a default that required fields and keys of lists lean on
  (old, next) =>
    old.default !== undefined && !isDeepStrictEqual(old.default, next.default) ? 'another default' : undefined,
  // whatever else constrains must be as it was, or gone
  (old, next) =>
    bound(Object.keys(next), (keyword) => !understood.has(keyword) && !isDeepStrictEqual(old[keyword], next[keyword])),
];

/**
 * What objects valid under `old` would lose, or be refused for, under `next`: a sentence for each place, none when
 * `next` takes all that `old` took. When in doubt, it is a narrowing.
 */
export function schemaNarrowings(old: Schema, next: Schema, path = ''): string[] {
  const here = checks.map((check) => check(old, next)).filter((found) => found !== undefined);
  return [...here.map((found) => `${path === '' ? '.' : path}: ${found}`), ...narrowingsBelow(old, next, path)];
}

function narrowingsBelow(old: Schema, next: Schema, path: string): string[] {
  const fields = Object.entries(old.properties ?? {}).flatMap(([name, field]) => {
    const other = next.properties?.[name];
    return other ? schemaNarrowings(field, other, `${path}.${name}`) : [`${path}.${name}: would disappear`];
  });
  return [
    ...fields,
    ...inside([old.items, next.items], `${path}[]`),
    ...inside([asSchema(old.additionalProperties), asSchema(next.additionalProperties)], `${path}{}`),
  ];
}

function inside([old, next]: readonly [Schema | undefined, Schema | undefined], path: string): string[] {
  if (!old) return next ? [`${path}: now described`] : [];
  return next ? schemaNarrowings(old, next, path) : [`${path}: would disappear`];
}

function sameType(old: Schema, next: Schema): boolean {
  if (typeOf(old) === typeOf(next)) return true;
  if (typeOf(next) === 'int-or-string') return old.type === 'integer' || old.type === 'string';
  return old.type === 'integer' && next.type === 'number';
}

function typeOf(schema: Schema): string {
  return schema['x-kubernetes-int-or-string'] === true ? 'int-or-string' : (schema.type ?? 'any');
}

/** What is described below a node. */
function shape(schema: Schema): object {
  return [schema[preserveUnknown], Object.keys(schema.properties ?? {}), schema.additionalProperties];
}

function listed(
  what: string,
  wanted: readonly unknown[] | undefined,
  have: readonly unknown[] | undefined,
): string | undefined {
  const more = (wanted ?? []).filter((item) => !have?.includes(item));
  return more.length === 0 ? undefined : `${what} ${more.map((item) => JSON.stringify(item)).join(', ')}`;
}

function bound(keywords: readonly string[], narrows: (keyword: string) => boolean): string | undefined {
  const narrow = keywords.filter(narrows);
  return narrow.length === 0 ? undefined : `another ${narrow.join(', ')}`;
}

/** A bound that is gone, the same, or further out. Numbers that a double cannot hold are only compared for equality. */
function isLooser(next: unknown, old: unknown, further: (now: number, then: number) => boolean): boolean {
  if (next === undefined || isDeepStrictEqual(next, old)) return true;
  return typeof next === 'number' && typeof old === 'number' && further(next, old);
}

function asSchema(value: Schema | boolean | undefined): Schema | undefined {
  return typeof value === 'boolean' ? (value ? {} : undefined) : value;
}
