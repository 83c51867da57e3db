import type { Schema } from '../schema.js';

/** An object's own metadata is the server's business: a CRD may not describe it. Metadata embedded deeper stays. */
export function leaveMetadataToServer(schema: Schema): Schema {
  return { ...schema, properties: { ...schema.properties, metadata: { type: 'object' } } };
}
