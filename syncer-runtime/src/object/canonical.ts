import { ExactNumber, isRecord, maxDepth, tooDeep } from './json.js';

/**
 * JSON text in which the order of keys does not show: keys sorted by UTF-16 code units, no white space. Fields that are
 * undefined are left out, as JSON.stringify does. The form is frozen: the `applied` annotation is made from it (S40).
 * @throws TerminalError `ObjectTooDeep`.
 */
export function canonicalJson(value: unknown): string {
  return write(value, 0);
}

function write(value: unknown, depth: number): string {
  if (depth > maxDepth) throw tooDeep();
  if (value instanceof ExactNumber) return value.text;
  if (Array.isArray(value)) return `[${value.map((item) => write(item ?? null, depth + 1)).join(',')}]`;
  if (!isRecord(value)) return JSON.stringify(value);
  let fields = '';
  for (const key of Object.keys(value).sort()) {
    const field = value[key];
    if (field === undefined) continue;
    fields += `${fields === '' ? '' : ','}${JSON.stringify(key)}:${write(field, depth + 1)}`;
  }
  return `{${fields}}`;
}
