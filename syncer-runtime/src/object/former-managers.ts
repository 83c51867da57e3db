import { apiVersionOf, type KubeObject, type ManagedFieldsEntry, type ResourceType } from './types.js';
import { isRecord, omit } from './json.js';
import { fieldManager } from './marks.js';

/**
 * `managedFields` of an object that is taken over: the entries of those who wrote fields that `desired` has become ours,
 * in one, so that what they wrote and `desired` lacks goes with the next apply. Entries of a subresource, of another
 * version, and of those who wrote other fields only (a controller's annotation) stay. undefined: nobody's entry moves.
 */
export function takenOver(
  existing: KubeObject,
  desired: KubeObject,
  type: Pick<ResourceType, 'group' | 'version'>,
): readonly ManagedFieldsEntry[] | undefined {
  const apiVersion = apiVersionOf(type);
  const fields = omit(desired, ['apiVersion', 'kind', 'metadata']);
  const entries = existing.metadata.managedFields ?? [];
  const isFormer = (entry: ManagedFieldsEntry): boolean =>
    !entry.subresource && entry.apiVersion === apiVersion && (isOurs(entry) || overlap(fields, entry.fieldsV1));
  const former = entries.filter(isFormer);
  if (former.every(isOurs)) return undefined;
  const fieldsV1 = former.map((entry) => entry.fieldsV1).reduce<unknown>(union, {}) as Record<string, unknown>;
  const [newest] = former;
  const ours = { ...newest, manager: fieldManager, operation: 'Apply', apiVersion, fieldsType: 'FieldsV1', fieldsV1 };
  return [...entries.filter((entry) => !isFormer(entry)), ours];
}

function isOurs({ manager, operation }: ManagedFieldsEntry): boolean {
  return manager === fieldManager && operation === 'Apply';
}

/** Whether the set of fields names a leaf that the value has; of a list, any item. */
function overlap(value: unknown, fields: unknown): boolean {
  if (value === undefined || !isRecord(fields)) return false;
  const below = Object.entries(fields).filter(([name]) => name !== '.');
  if (below.length === 0 || !isRecord(value)) return true;
  return below.some(([name, inner]) => name.startsWith('f:') && overlap(value[name.slice(2)], inner));
}

function union(one: unknown, other: unknown): unknown {
  if (!isRecord(one) || !isRecord(other)) return one ?? other;
  const names = [...new Set([...Object.keys(one), ...Object.keys(other)])];
  return Object.fromEntries(names.map((name) => [name, union(one[name], other[name])]));
}
