import { isRecord } from '../object/json.js';

/**
 * The document after a JSON Merge Patch (RFC 7386): fields that are null go, objects are merged, all else replaces.
 * The document is not changed.
 */
export function mergePatched(document: unknown, patch: unknown): unknown {
  if (!isRecord(patch)) return patch;
  const before = isRecord(document) ? document : {};
  const kept = Object.entries(before).filter(([field]) => !Object.hasOwn(patch, field));
  const patched = Object.entries(patch)
    .filter(([, value]) => value !== null)
    .map(([field, value]) => {
      const current = Object.hasOwn(before, field) ? before[field] : undefined;
      return [field, mergePatched(current, value)] as const;
    });
  return Object.fromEntries([...kept, ...patched]);
}
