import { intOrString, mapSchema, without, type Schema } from '../schema.js';

/** OpenAPI tells an IntOrString by a format and two alternatives with types; a CRD has a keyword of its own for it. */
export function mendIntOrString(schema: Schema): Schema {
  return mapSchema(schema, (node) =>
    node.format === 'int-or-string' ? { ...without(node, 'format', 'oneOf', 'type'), [intOrString]: true } : node,
  );
}
