import type { Upstream } from '../../base/sides.js';
import { upFactsOf } from '../../informer/facts.js';
import type { Pair } from '../../informer/pair.js';
import { subresourcePath } from '../../kube/paths.js';
import { splitKey } from '../../object/key.js';
import { fieldManager } from '../../object/marks.js';
import { parseJson, stringifyJson } from '../../object/parse.js';
import type { KubeObject } from '../../object/types.js';
import type { ApiReply } from '../../kube/client.js';
import type { TypeContext } from '../context.js';
import { counted } from './counted.js';

/**
 * Replaces the upstream status, if the object is still the one with this uid: a merge patch would not do, kcp ignores
 * a uid in one (S18). Returns the hash of the status that upstream has now: kcp may prune or default what it is sent.
 * @throws ApiError; a uid that changed is 422 with empty details.
 */
export async function patchStatus(
  ctx: TypeContext,
  pair: Pair,
  write: { readonly uid: string; readonly status: unknown },
): Promise<string> {
  ctx.store.beginWrite(pair, 'upstream');
  const request = {
    method: 'PATCH' as const,
    path: subresourcePath(ctx.type, { ...splitKey(pair.key), subresource: 'status' }, { fieldManager }),
    contentType: 'application/json-patch+json',
    body: stringifyJson([
      { op: 'test', path: '/metadata/uid', value: write.uid },
      { op: 'add', path: '/status', value: write.status },
    ]),
    signal: ctx.signal,
  };
  const send = async (): Promise<ApiReply> => await ctx.upstream.request(request);
  const reply = await counted(ctx, { side: 'upstream', verb: 'patch' }, send);
  const facts = upFactsOf(parseJson(reply.text) as Upstream<KubeObject>, ctx.facts);
  ctx.store.answeredUp(pair, facts);
  return facts.status;
}
