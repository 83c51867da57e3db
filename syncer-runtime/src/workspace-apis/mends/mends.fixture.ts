import type { Schema } from '../schema.js';

/** An object schema with one field under `spec`. */
export function withField(field: Schema, required: readonly string[] = []): Schema {
  return { type: 'object', properties: { spec: { type: 'object', required, properties: { field } } } };
}

/** The field of such a schema. */
export function fieldOf(schema: Schema): Schema | undefined {
  return schema.properties?.['spec']?.properties?.['field'];
}
