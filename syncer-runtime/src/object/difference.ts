import { isRecord } from './json.js';

/** The path of the first place in which two values differ, such as `.spec.replicas` or `.data["a.b"]`; undefined: none. */
export function firstDifference(one: unknown, other: unknown, path = ''): string | undefined {
  if (Array.isArray(one) && Array.isArray(other)) return ofLists(one, other, path);
  if (isRecord(one) && isRecord(other)) return ofRecords(one, other, path);
  return one === other ? undefined : path;
}

function ofLists(one: readonly unknown[], other: readonly unknown[], path: string): string | undefined {
  if (one.length !== other.length) return path;
  return firstOf(one.keys(), (i) => firstDifference(one[i], other[i], `${path}[${i}]`));
}

function ofRecords(
  one: Readonly<Record<string, unknown>>,
  other: Readonly<Record<string, unknown>>,
  path: string,
): string | undefined {
  const names = new Set([...Object.keys(one), ...Object.keys(other)]);
  return firstOf(names, (name) => firstDifference(own(one, name), own(other, name), `${path}${step(name)}`));
}

function own(record: Readonly<Record<string, unknown>>, name: string): unknown {
  return Object.hasOwn(record, name) ? record[name] : undefined;
}

function step(name: string): string {
  return /^[A-Za-z_][\w-]*$/.test(name) ? `.${name}` : `[${JSON.stringify(name)}]`;
}

function firstOf<T>(items: Iterable<T>, find: (item: T) => string | undefined): string | undefined {
  for (const item of items) {
    const found = find(item);
    if (found !== undefined) return found;
  }
  return undefined;
}
