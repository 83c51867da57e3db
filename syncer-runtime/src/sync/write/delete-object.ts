import type { Pair } from '../../informer/pair.js';
import { objectPath } from '../../kube/paths.js';
import type { TypeContext } from '../context.js';
import { downstreamName } from '../payload.js';
import { counted } from './counted.js';

/**
 * Deletes the downstream object of exactly this uid (S28). The propagation policy is always said: without one a Job
 * goes and leaves its Pods.
 * @throws ApiError; 409 when the name belongs to another object by now.
 */
export async function deleteDownstream(
  ctx: TypeContext,
  pair: Pair,
  target: { readonly uid: string; readonly propagationPolicy: 'Background' | 'Orphan' },
): Promise<void> {
  const request = {
    method: 'DELETE' as const,
    path: objectPath(ctx.type, downstreamName(ctx, pair.key)),
    body: JSON.stringify({
      apiVersion: 'v1',
      kind: 'DeleteOptions',
      preconditions: { uid: target.uid },
      propagationPolicy: target.propagationPolicy,
    }),
    signal: ctx.signal,
  };
  await counted(ctx, { side: 'downstream', verb: 'delete' }, async () => await ctx.downstream.request(request));
}
