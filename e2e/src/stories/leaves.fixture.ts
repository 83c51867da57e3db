/** Fields below which strings are quantities. */
const quantityFields = new Set(['requests', 'limits', 'sizeLimit', 'divisor', 'averageValue', 'value', 'capacity']);

const factors: Readonly<Record<string, number>> = {
  n: 1e-9,
  u: 1e-6,
  m: 1e-3,
  '': 1,
  k: 1e3,
  M: 1e6,
  G: 1e9,
  T: 1e12,
  Ki: 2 ** 10,
  Mi: 2 ** 20,
  Gi: 2 ** 30,
  Ti: 2 ** 40,
};

/**
 * Where the copy lacks something of the object or has something else: paths such as `spec.ports[0].port`, empty when
 * every leaf of the object is in the copy. What the copy has beside is its own. Quantities are equal when their amounts
 * are.
 */
export function lackingLeaves(object: unknown, copy: unknown, path: readonly string[] = []): string[] {
  if (typeof object !== 'object' || object === null) {
    return isSame(object, copy, path)
      ? []
      : [`${path.join('.')}: ${JSON.stringify(object)} is ${JSON.stringify(copy)}`];
  }
  const isLike = typeof copy === 'object' && copy !== null && Array.isArray(object) === Array.isArray(copy);
  if (!isLike || (Array.isArray(object) && object.length !== (copy as unknown[]).length)) {
    return [`${path.join('.')}: ${JSON.stringify(object)} is ${JSON.stringify(copy)}`];
  }
  const fields = new Map(Object.entries(copy));
  return Object.entries(object).flatMap(([key, value]) => lackingLeaves(value, fields.get(key), [...path, key]));
}

function isSame(a: unknown, b: unknown, path: readonly string[]): boolean {
  if (a === b) return true;
  if (!path.some((field) => quantityFields.has(field))) return false;
  const [amount, other] = [amountOf(a), amountOf(b)];
  return amount !== undefined && amount === other;
}

/** undefined: no quantity. */
function amountOf(value: unknown): number | undefined {
  const found = /^([0-9.]+(?:[eE][0-9]+)?)(n|u|m||k|M|G|T|Ki|Mi|Gi|Ti)$/.exec(String(value));
  const factor = factors[found?.[2] ?? 'none'];
  return found === null || factor === undefined ? undefined : Number(found[1]) * factor;
}
