import { mapSchema, preserveUnknown, without, type Schema } from '../schema.js';

/** As Kubernetes parses quantities: a number with an SI suffix, a power of two or an exponent. */
const number = '([0-9]+(\\.[0-9]*)?|\\.[0-9]+)';
const pattern = `^[+-]?${number}([KMGTPE]i|[numkMGTPE]|[eE][+-]?${number})?$`;

/**
 * A quantity is text or a number, and manifests do say `cpu: 0.5`. The keyword for integer or string would refuse that
 * number, and no type fits both: the value stays without type, text has its pattern, and what is no scalar is refused
 * by leaving lists and maps no room.
 */
export function mendQuantity(schema: Schema): Schema {
  return mapSchema(schema, (node) =>
    isQuantity(node)
      ? { ...without(node, 'oneOf', 'default'), [preserveUnknown]: true, pattern, maxItems: 0, maxProperties: 0 }
      : node,
  );
}

function isQuantity(node: Schema): boolean {
  const { type, oneOf } = node;
  if (type !== undefined || !Array.isArray(oneOf)) return false;
  const types = oneOf.map((choice) => (choice as Schema).type).sort();
  return types.join() === 'number,string';
}
