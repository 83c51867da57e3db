import type { Downstream } from '../../base/sides.js';
import type { Pair } from '../../informer/pair.js';
import { hasOurMarks } from '../../informer/facts.js';
import { objectPath } from '../../kube/paths.js';
import { fieldManager, isSyncerKey } from '../../object/marks.js';
import type { KubeObject } from '../../object/types.js';
import type { TypeContext } from '../context.js';
import { downstreamName } from '../payload.js';
import { counted } from './counted.js';

/** Puts our marks back on a copy that lost some, and changes nothing else: without them it is not watched (S22). */
export async function restoreMarks(
  ctx: TypeContext,
  pair: Pair,
  { live, desired }: { live: KubeObject; desired: Downstream<KubeObject> },
): Promise<void> {
  if (hasOurMarks(live, pair.key, ctx.facts)) return;
  const { labels, annotations } = desired.metadata;
  const metadata = { uid: live.metadata.uid, labels: ours(labels), annotations: ours(annotations) };
  await counted(ctx, { side: 'downstream', verb: 'patch' }, async () => {
    return await ctx.downstream.request({
      method: 'PATCH',
      path: objectPath(ctx.type, downstreamName(ctx, pair.key), { fieldManager }),
      contentType: 'application/merge-patch+json',
      body: JSON.stringify({ metadata }),
      signal: ctx.signal,
    });
  });
}

function ours(map: Readonly<Record<string, string>> = {}): Record<string, string> {
  return Object.fromEntries(Object.entries(map).filter(([key]) => isSyncerKey(key)));
}
