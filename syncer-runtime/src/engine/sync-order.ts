import { typeName } from '../object/types.js';

/** Lists begin in this order at a start: what workloads lean on comes before them (S13). Nothing waits for another. */
const first = ['serviceaccounts', 'configmaps', 'secrets', 'persistentvolumeclaims', 'services'];

/** The types in the order in which they start. */
export function inSyncOrder<T extends { readonly group: string; readonly resource: string }>(types: readonly T[]): T[] {
  return [...types].sort((a, b) => rank(a) - rank(b));
}

function rank(type: { readonly group: string; readonly resource: string }): number {
  const place = first.indexOf(typeName(type));
  return place < 0 ? first.length : place;
}
