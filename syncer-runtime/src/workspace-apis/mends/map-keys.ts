import { listMapKeys, mapSchema, textsIn, type Schema } from '../schema.js';

/** The keys of a keyed list must be required or have a default, or the server refuses the type: it could not tell entries apart. */
export function requireMapKeys(schema: Schema): Schema {
  return mapSchema(schema, (node) => {
    const { items } = node;
    if (!items) return node;
    const bare = textsIn(node[listMapKeys]).filter((key) => items.properties?.[key]?.default === undefined);
    const required = [...new Set([...(items.required ?? []), ...bare])];
    return bare.length === 0 ? node : { ...node, items: { ...items, required } };
  });
}
