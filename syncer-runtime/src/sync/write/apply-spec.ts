import { asDownstream, type Downstream } from '../../base/sides.js';
import { downFactsOf } from '../../informer/facts.js';
import type { Pair } from '../../informer/pair.js';
import { objectPath } from '../../kube/paths.js';
import { fieldManager } from '../../object/marks.js';
import { parseJson } from '../../object/parse.js';
import type { KubeObject } from '../../object/types.js';
import { bodyOf } from '../../transforms/limits.js';
import type { ApiReply } from '../../kube/client.js';
import type { TypeContext } from '../context.js';
import { downstreamName } from '../payload.js';
import { counted } from './counted.js';

/** What the apply must find: nothing at all under this name, or exactly this object. */
export type ApplyGuard = { readonly mustNotExist: true } | { readonly uid: string; readonly resourceVersion?: string };

export interface SpecWrite {
  readonly desired: Downstream<KubeObject>;
  readonly guard: ApplyGuard;
  /** Who applies; default: the field manager of everything else. */
  readonly manager?: string;
  /** The server only says what would come of it. */
  readonly dryRun?: true;
}

/**
 * Writes the desired object by server-side apply and returns the object as the server has it now.
 *
 * The first apply is create-only by resourceVersion "1" (S3): an unforced apply is no guard, it merges where no field
 * conflicts. A later one is forced and bound to the uid (S5): a missing object is then not created.
 * @throws ApiError
 */
export async function applySpec(ctx: TypeContext, pair: Pair, write: SpecWrite): Promise<Downstream<KubeObject>> {
  const { desired, guard, manager = fieldManager, dryRun } = write;
  const precondition =
    'mustNotExist' in guard
      ? { resourceVersion: '1' }
      : { uid: guard.uid, ...(guard.resourceVersion === undefined ? {} : { resourceVersion: guard.resourceVersion }) };
  const body = { ...desired, metadata: { ...desired.metadata, ...precondition } };
  if (!dryRun) ctx.store.beginWrite(pair, 'downstream');
  const options = { fieldManager: manager, force: true, ...(dryRun && { dryRun: 'All' }) };
  const request = {
    method: 'PATCH' as const,
    path: objectPath(ctx.type, downstreamName(ctx, pair.key), options),
    contentType: 'application/apply-patch+yaml',
    body: bodyOf(asDownstream<KubeObject>(body)),
    signal: ctx.signal,
  };
  const send = async (): Promise<ApiReply> => await ctx.downstream.request(request);
  const reply = await (dryRun ? send() : counted(ctx, { side: 'downstream', verb: 'apply' }, send));
  return parseJson(reply.text) as Downstream<KubeObject>;
}

/** Notes what an apply left behind, so that its echo is known and the pair is in step without another look. */
export function noteApplied(
  ctx: TypeContext,
  pair: Pair,
  applied: { object: Downstream<KubeObject>; content: string },
): void {
  const down = downFactsOf(applied.object);
  const before = pair.wrote?.downUid === down.uid ? pair.wrote : undefined;
  pair.wrote = {
    downUid: down.uid,
    content: applied.content,
    epoch: ctx.rules.epoch,
    owns: down.owns,
    statusIn: before?.statusIn ?? '',
    statusOut: before?.statusOut ?? '',
  };
  ctx.store.answeredDown(pair, down);
}
