import { mapSchema, type Schema } from '../schema.js';

/**
 * What a CRD's schema may say. Kubernetes' OpenAPI says more (patch strategies, group-version-kind, unions), which a
 * strict server refuses and others drop. CEL rules stay with the cluster, where the syncer learns of a violation.
 */
const known = new Set([
  ...['type', 'format', 'title', 'description', 'default', 'nullable', 'enum'],
  ...['properties', 'additionalProperties', 'required', 'minProperties', 'maxProperties'],
  ...['items', 'minItems', 'maxItems', 'uniqueItems'],
  ...['minLength', 'maxLength', 'pattern'],
  ...['minimum', 'maximum', 'exclusiveMinimum', 'exclusiveMaximum', 'multipleOf'],
  ...['allOf', 'anyOf', 'oneOf', 'not'],
  ...['x-kubernetes-list-type', 'x-kubernetes-list-map-keys', 'x-kubernetes-map-type'],
  ...['x-kubernetes-int-or-string', 'x-kubernetes-preserve-unknown-fields', 'x-kubernetes-embedded-resource'],
]);

export function keepKnownKeywords(schema: Schema): Schema {
  return mapSchema(schema, (node) =>
    Object.fromEntries(Object.entries(node).filter(([keyword]) => known.has(keyword))),
  );
}
