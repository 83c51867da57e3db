import { isRecord } from '../../object/json.js';
import { mapSchema, without, type Schema } from '../schema.js';

/**
 * OpenAPI gives Go's zero values as defaults. A server would write them into every object, and refuses most of them:
 * an empty object lacks required fields, '' is in no enum. Real defaults (`protocol: TCP`) stay.
 */
export function dropZeroDefaults(schema: Schema): Schema {
  return mapSchema(schema, (node) => (isZero(node.default) ? without(node, 'default') : node));
}

function isZero(value: unknown): boolean {
  if (Array.isArray(value)) return value.length === 0;
  if (isRecord(value)) return Object.keys(value).length === 0;
  return value === '' || value === 0 || value === false || value === null;
}
