import { isRecord, maxDepth, tooDeep } from '../object/json.js';
import type { KubeObject } from '../object/types.js';
import type { Transform } from './context.js';

/** Applying a field that is null writes the object each time, and to the server it means the same as none. */
export const dropNulls: Transform = (object) => withoutNulls(object) as KubeObject;

/**
 * The value without the fields that are null, at any depth. Items of lists stay, since others would move up. What holds
 * no null is returned as it is, not copied.
 * @throws TerminalError `ObjectTooDeep`.
 */
export function withoutNulls(value: unknown, depth = 0): unknown {
  if (depth > maxDepth) throw tooDeep();
  if (Array.isArray(value)) {
    const items = value.map((item: unknown) => withoutNulls(item, depth + 1));
    return items.some((item, i) => item !== value[i]) ? items : value;
  }
  if (!isRecord(value)) return value;
  const fields = Object.entries(value).map(([key, field]) => [key, withoutNulls(field, depth + 1)] as const);
  const unchanged = fields.every(([key, field]) => field !== null && field === value[key]);
  return unchanged ? value : Object.fromEntries(fields.filter(([, field]) => field !== null));
}
