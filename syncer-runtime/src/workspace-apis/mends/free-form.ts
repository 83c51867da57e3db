import { intOrString, mapSchema, preserveUnknown, type Schema } from '../schema.js';

/**
 * Where OpenAPI leaves open what a value holds (`type: object` without fields, or nothing at all), a CRD would drop
 * every field: say that they are to be kept.
 */
export function keepFreeForm(schema: Schema): Schema {
  return mapSchema(schema, (node) => (isFreeForm(node) ? { ...node, [preserveUnknown]: true } : node));
}

function isFreeForm(node: Schema): boolean {
  if (node.properties || node.additionalProperties !== undefined) return false;
  if (node.type === 'object') return true;
  return node.type === undefined && node[intOrString] !== true && node.format !== 'int-or-string' && !node['oneOf'];
}
