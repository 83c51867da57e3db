import { isRecord, omit } from '../object/json.js';
import type { KubeObject, ManagedFieldsEntry } from '../object/types.js';

/** One step to a leaf as `fieldsV1` writes it: `f:spec`, `k:{"name":"web"}`, `v:"a finalizer"`. */
type Steps = readonly string[];
type Json = Record<string, unknown>;

/**
 * What a server-side apply of `body` as `manager` makes of `live`: leaves of the body are set, leaves that the manager
 * applied before and leaves out now are removed unless another entry holds them. Lists whose items have names are
 * merged by name, finalizers are a set, other lists are one value.
 */
export function applied(live: KubeObject | undefined, body: KubeObject, manager: string): KubeObject {
  const wanted = leavesOf(appliedFields(body));
  const before = live ?? ({ apiVersion: body.apiVersion, kind: body.kind, metadata: { name: '' } } as KubeObject);
  const copy = structuredClone(before) as unknown as Json;
  const entries = before.metadata.managedFields ?? [];
  const mine = entries.find((entry) => isApplyOf(entry, manager));
  const others = entries.filter((entry) => entry !== mine);
  for (const steps of stepsIn(mine?.fieldsV1 ?? {})) {
    const held = wanted.has(textOf(steps)) || others.some(({ fieldsV1 }) => names(fieldsV1, steps));
    if (!held) removeAt(copy, steps);
  }
  for (const [text, value] of wanted) setAt(copy, JSON.parse(text) as Steps, value);
  const metadata = copy['metadata'] as Json;
  metadata['name'] = body.metadata.name;
  if (body.metadata.namespace !== undefined) metadata['namespace'] = body.metadata.namespace;
  const entry = { manager, operation: 'Apply', fieldsV1: fieldsOf([...wanted.keys()].map(parsed)) };
  // Who applies nothing has no entry.
  metadata['managedFields'] = wanted.size === 0 ? others : [...others, entry];
  return withFreshEntries(before, copy as unknown as KubeObject, manager);
}

/** `after` with the entries of what its writer changed or took away, and did not apply, cut out. */
export function withFreshEntries(before: KubeObject, after: KubeObject, writer?: string): KubeObject {
  const entries = (after.metadata.managedFields ?? []).flatMap((entry) => {
    if (entry.operation !== 'Apply' || entry.manager === writer) return [entry];
    const kept = stepsIn(entry.fieldsV1 ?? {}).filter(
      (steps) => JSON.stringify(valueAt(before, steps)) === JSON.stringify(valueAt(after, steps)),
    );
    return kept.length === 0 ? [] : [{ ...entry, fieldsV1: fieldsOf(kept) }];
  });
  return { ...after, metadata: { ...after.metadata, managedFields: entries } };
}

function isApplyOf(entry: ManagedFieldsEntry, manager: string): boolean {
  return entry.manager === manager && entry.operation === 'Apply';
}

function appliedFields(body: KubeObject): Json {
  const metadata = omit(body.metadata, ['name', 'namespace', 'uid', 'resourceVersion', 'managedFields']);
  return { ...omit(body, ['apiVersion', 'kind', 'status', 'metadata']), metadata };
}

function leavesOf(value: unknown, at: Steps = []): Map<string, unknown> {
  if (Array.isArray(value)) return leavesOfList(value, at);
  if (!isRecord(value)) return new Map([[textOf(at), value]]);
  const fields = Object.entries(value);
  if (fields.length === 0) return new Map<string, unknown>(at.length > 1 ? [[textOf(at), value]] : []);
  return new Map(fields.flatMap(([name, field]) => [...leavesOf(field, [...at, `f:${name}`])]));
}

function leavesOfList(items: readonly unknown[], at: Steps): Map<string, unknown> {
  if (at.at(-1) === 'f:finalizers')
    return new Map(items.map((item) => [textOf([...at, `v:${JSON.stringify(item)}`]), item]));
  const named = items.every((item) => isRecord(item) && typeof item['name'] === 'string');
  if (!named || items.length === 0) return new Map([[textOf(at), items]]);
  return new Map(
    items.flatMap((item) => {
      const { name } = item as { name: string };
      return [...leavesOf(item, [...at, `k:${JSON.stringify({ name })}`])];
    }),
  );
}

function fieldsOf(leaves: readonly Steps[]): Json {
  const root: Json = {};
  for (const steps of leaves) {
    let at = root;
    for (const step of steps) {
      at[step] ??= step.startsWith('k:') ? { '.': {} } : {};
      at = at[step] as Json;
    }
  }
  return root;
}

function stepsIn(fields: Readonly<Record<string, unknown>>, at: Steps = []): Steps[] {
  const names = Object.keys(fields).filter((name) => name !== '.');
  if (names.length === 0) return at.length === 0 ? [] : [at];
  return names.flatMap((name) => stepsIn(fields[name] as Json, [...at, name]));
}

function names(fields: Readonly<Record<string, unknown>> | undefined, steps: Steps): boolean {
  return stepsIn(fields ?? {}).some((known) => textOf(known) === textOf(steps));
}

function valueAt(root: unknown, steps: Steps): unknown {
  return steps.reduce((at, step) => (at === undefined ? undefined : childOf(at, step)), root);
}

function childOf(at: unknown, step: string): unknown {
  if (step.startsWith('f:')) return isRecord(at) && Object.hasOwn(at, step.slice(2)) ? at[step.slice(2)] : undefined;
  if (!Array.isArray(at)) return undefined;
  if (step.startsWith('v:')) return (at as unknown[]).find((item) => JSON.stringify(item) === step.slice(2));
  const { name } = JSON.parse(step.slice(2)) as { name: string };
  return (at as unknown[]).find((item) => isRecord(item) && item['name'] === name);
}

function setAt(root: Json, steps: Steps, value: unknown): void {
  let at: unknown = root;
  steps.forEach((step, i) => {
    const isLast = i === steps.length - 1;
    const next = steps[i + 1];
    const fresh = next === undefined ? value : next.startsWith('f:') ? {} : [];
    const known = childOf(at, step);
    if (known === undefined || isLast) putAt(at, step, isLast ? structuredClone(value) : fresh);
    at = childOf(at, step);
  });
}

function putAt(at: unknown, step: string, value: unknown): void {
  const field = { value, enumerable: true, writable: true, configurable: true };
  if (step.startsWith('f:')) Object.defineProperty(at, step.slice(2), field);
  else if (step.startsWith('k:')) (at as unknown[]).push(JSON.parse(step.slice(2)));
  else if (childOf(at, step) === undefined) (at as unknown[]).push(value);
}

/** With its name a named item goes as a whole. */
function removeAt(root: Json, path: Steps): void {
  const isItemName = path.at(-1) === 'f:name' && path.at(-2)?.startsWith('k:') === true;
  const steps = isItemName ? path.slice(0, -1) : path;
  const last = steps.at(-1) ?? '';
  const parent = valueAt(root, steps.slice(0, -1));
  if (Array.isArray(parent)) {
    const item: unknown = childOf(parent, last);
    if (item !== undefined) parent.splice(parent.indexOf(item), 1);
  } else if (isRecord(parent)) {
    Reflect.deleteProperty(parent, last.slice(2));
  }
}

function textOf(steps: Steps): string {
  return JSON.stringify(steps);
}

function parsed(text: string): Steps {
  return JSON.parse(text) as Steps;
}
