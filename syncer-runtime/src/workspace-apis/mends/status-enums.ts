import { mapSchema, without, type Schema } from '../schema.js';

/**
 * Status is what the cluster says, and a newer cluster may say a word that this schema does not know: one such word
 * would keep the whole status from the workspace. Enums guard what users write.
 */
export function dropStatusEnums(schema: Schema): Schema {
  const status = schema.properties?.status;
  if (!status) return schema;
  return {
    ...schema,
    properties: { ...schema.properties, status: mapSchema(status, (node) => without(node, 'enum')) },
  };
}
