import type { Upstream } from '../../base/sides.js';
import { upFactsOf } from '../../informer/facts.js';
import type { Pair } from '../../informer/pair.js';
import { objectPath } from '../../kube/paths.js';
import { splitKey } from '../../object/key.js';
import { fieldManager } from '../../object/marks.js';
import { parseJson, stringifyJson } from '../../object/parse.js';
import { apiVersionOf, type KubeObject } from '../../object/types.js';
import type { ApiReply } from '../../kube/client.js';
import type { TypeContext } from '../context.js';
import { counted } from './counted.js';

/**
 * Puts our finalizer on the upstream object of this uid (S23). Finalizers are a set to server-side apply, so those of
 * others stay; each syncer has a field manager of its own for it,
 * since an apply takes back what its manager applied before; the uid keeps it from creating an object that is gone.
 * @throws ApiError
 */
export async function holdUpstream(ctx: TypeContext, pair: Pair, uid: string): Promise<void> {
  const { namespace, name } = splitKey(pair.key);
  ctx.store.beginWrite(pair, 'upstream');
  const request = {
    method: 'PATCH' as const,
    path: objectPath(
      ctx.type,
      { namespace, name },
      { fieldManager: `${fieldManager}-${ctx.identity.owner}`, force: true },
    ),
    contentType: 'application/apply-patch+yaml',
    body: stringifyJson({
      apiVersion: apiVersionOf(ctx.type),
      kind: ctx.type.kind,
      metadata: { name, namespace, uid, finalizers: [ctx.identity.finalizer] },
    }),
    signal: ctx.signal,
  };
  const send = async (): Promise<ApiReply> => await ctx.upstream.request(request);
  const reply = await counted(ctx, { side: 'upstream', verb: 'apply' }, send);
  ctx.store.answeredUp(pair, upFactsOf(parseJson(reply.text) as Upstream<KubeObject>, ctx.facts));
}

/**
 * Takes our finalizer off, and only ours, from the object as it was read.
 * @throws ApiError; 422 with empty details when somebody changed the list meanwhile.
 */
export async function releaseUpstream(ctx: TypeContext, pair: Pair, object: KubeObject): Promise<void> {
  const body = releaseOf(object, ctx.identity.finalizer);
  if (body === undefined) return;
  const request = {
    method: 'PATCH' as const,
    path: objectPath(ctx.type, splitKey(pair.key), { fieldManager }),
    contentType: 'application/json-patch+json',
    body,
    signal: ctx.signal,
  };
  await counted(ctx, { side: 'upstream', verb: 'patch' }, async () => await ctx.upstream.request(request));
}

/**
 * The JSON Patch that takes one finalizer off the object as it was read; undefined when it has none. By index with a
 * test on the value, for an apply without it would leave a finalizer whose managedFields entry was lost.
 */
export function releaseOf({ metadata }: KubeObject, finalizer: string): string | undefined {
  const index = (metadata.finalizers ?? []).indexOf(finalizer);
  if (index < 0) return undefined;
  const path = `/metadata/finalizers/${String(index)}`;
  return stringifyJson([
    { op: 'test', path: '/metadata/uid', value: metadata.uid },
    { op: 'test', path, value: finalizer },
    { op: 'remove', path },
  ]);
}
