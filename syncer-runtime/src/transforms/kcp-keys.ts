import { withoutAnnotations, withoutLabels } from './edit.js';
import type { Transform } from './context.js';

/**
 * Labels and annotations below `kcp.io` are kcp's own (`kcp.io/cluster`, `claimed.internal.apis.kcp.io/…`) or the
 * syncer's, which sets its own anew: none of an upstream object's goes down.
 */
export const dropKcpKeys: Transform = (object) => withoutLabels(withoutAnnotations(object, isKcpKey), isKcpKey);

function isKcpKey(key: string): boolean {
  const slash = key.indexOf('/');
  const domain = slash < 0 ? '' : key.slice(0, slash);
  return domain === 'kcp.io' || domain.endsWith('.kcp.io');
}
