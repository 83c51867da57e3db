import { mapSchema, mapValues, type Schema } from '../schema.js';

/**
 * Kubernetes takes null for an absent field everywhere (`env:` with nothing below it, `creationTimestamp: null`); a CRD
 * refuses it under server-side apply unless the field is nullable. Not where there is an enum, to which null cannot be
 * added (servers refuse it all the same), nor where null would take the place of a default.
 */
export function allowNulls(schema: Schema): Schema {
  return mapSchema(schema, (node) => {
    if (!node.properties) return node;
    const required = new Set(node.required);
    return {
      ...node,
      properties: mapValues(node.properties, (field, name) => (required.has(name) ? field : nullable(field))),
    };
  });
}

function nullable(field: Schema): Schema {
  return field.enum || field.default !== undefined ? field : { ...field, nullable: true };
}
