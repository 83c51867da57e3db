import { mapValues, without, type Schema } from './schema.js';

/** The named schemas of one OpenAPI v3 document. */
export type Components = Readonly<Record<string, Schema>>;

const prefix = '#/components/schemas/';

/** No schema can be made of what the cluster's OpenAPI says of a type. */
export class SchemaError extends Error {
  override readonly name = 'SchemaError';
}

/**
 * The schema with every `$ref` replaced by what it refers to: a CRD may hold none. OpenAPI puts a reference that has a
 * description or default of its own into an `allOf` of one; the keywords beside it win over those of what it names.
 * @throws SchemaError when a schema refers to itself, or to nothing.
 */
export function inlineReferences(schema: Schema, components: Components, open: readonly string[] = []): Schema {
  const { reference, own } = split(schema);
  if (reference === undefined) return inlineBelow(own, components, open);
  if (open.includes(reference)) throw new SchemaError(`its schema refers to itself (${reference})`);
  const named = components[reference];
  if (!named) throw new SchemaError(`its schema refers to ${reference}, which the document does not hold`);
  const inlined = inlineReferences(named, components, [...open, reference]);
  return { ...inlined, ...inlineBelow(own, components, open) };
}

/** The name that a schema refers to, and the keywords that stand beside the reference. */
function split(schema: Schema): { readonly reference: string | undefined; readonly own: Schema } {
  const { $ref, allOf } = schema;
  if (typeof $ref === 'string') return { reference: nameOf($ref), own: without(schema, '$ref') };
  const only: unknown = Array.isArray(allOf) && allOf.length === 1 ? allOf[0] : undefined;
  const inner = (only as Schema | undefined)?.['$ref'];
  if (typeof inner === 'string') return { reference: nameOf(inner), own: without(schema, 'allOf') };
  return { reference: undefined, own: schema };
}

function inlineBelow(schema: Schema, components: Components, open: readonly string[]): Schema {
  const inline = (child: Schema): Schema => inlineReferences(child, components, open);
  const { properties, items, additionalProperties } = schema;
  return {
    ...schema,
    ...(properties && { properties: mapValues(properties, inline) }),
    ...(items && { items: inline(items) }),
    ...(typeof additionalProperties === 'object' && { additionalProperties: inline(additionalProperties) }),
  };
}

function nameOf(reference: string): string {
  return reference.startsWith(prefix) ? reference.slice(prefix.length) : reference;
}
