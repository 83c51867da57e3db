import { asDownstream, asUpstream, type Downstream, type Upstream } from '../base/sides.js';
import { downFactsOf, hasOurMarks, isCopyOf, upFactsOf } from '../informer/facts.js';
import type { DownFacts, Pair, UpFacts } from '../informer/pair.js';
import { slotOf } from '../informer/parked.js';
import { isObjectNotFound } from '../kube/error-class.js';
import type { KubeClient } from '../kube/client.js';
import { objectPath } from '../kube/paths.js';
import { splitKey, type Key, type NamespacedName } from '../object/key.js';
import { annotations, ownerLabel } from '../object/marks.js';
import { parseJson } from '../object/parse.js';
import type { KubeObject } from '../object/types.js';
import type { TypeContext } from './context.js';
import { mappedNamespace } from './namespace/mapping.js';

/** The namespace and name that the key has downstream; of a namespace that is not mapped, nothing is there. */
export function downstreamName(ctx: TypeContext, key: Key): NamespacedName {
  const { namespace, name } = splitKey(key);
  return { namespace: mappedNamespace(ctx.mapping, namespace), name };
}

/** Asks the workspace for the object; undefined only when it answers that this very object does not exist. */
export async function getLiveUpstream(ctx: TypeContext, key: Key): Promise<Upstream<KubeObject> | undefined> {
  const live = await getLive(ctx, ctx.upstream, splitKey(key));
  return live && asUpstream(live);
}

/** Asks the cluster for the key's object; undefined only when it answers that this very object does not exist. */
export async function getLiveDownstream(ctx: TypeContext, key: Key): Promise<Downstream<KubeObject> | undefined> {
  if (ctx.mapping.toDownstream(splitKey(key).namespace) === undefined) return undefined;
  const live = await getLive(ctx, ctx.downstream, downstreamName(ctx, key));
  return live && asDownstream(live);
}

async function getLive(ctx: TypeContext, client: KubeClient, object: NamespacedName): Promise<KubeObject | undefined> {
  try {
    const reply = await client.request({ method: 'GET', path: objectPath(ctx.type, object), signal: ctx.signal });
    return parseJson(reply.text) as KubeObject;
  } catch (error) {
    if (isObjectNotFound(error, { ...ctx.type, name: object.name })) return undefined;
    throw error;
  }
}

export interface Payload<Object, Facts> {
  readonly object: Object;
  /** Of exactly this object: what the store holds may be newer by now. */
  readonly facts: Facts;
}

export type UpPayload = Payload<Upstream<KubeObject>, UpFacts>;
export type DownPayload = Payload<Downstream<KubeObject>, DownFacts>;

/** The upstream object as we know it, or as it is now. undefined: it is gone, and its event will say so. */
export async function upstreamPayload(ctx: TypeContext, pair: Pair): Promise<UpPayload | undefined> {
  const parked = ctx.parked.take(slotOf(ctx.typeName, 'upstream', pair.key), pair.up?.rv ?? '');
  if (parked && pair.up) return { object: asUpstream(parked.object), facts: pair.up };
  // The watch may bring versions that are older than this answer, as after a write of ours.
  ctx.store.beginWrite(pair, 'upstream');
  const live = await getLiveUpstream(ctx, pair.key);
  if (!live) return undefined;
  const facts = upFactsOf(live, ctx.facts);
  ctx.store.foundUp(pair, facts);
  // Its end was told before the answer was read.
  return pair.up && { object: live, facts };
}

/** The downstream object, as `upstreamPayload`. */
export async function downstreamPayload(ctx: TypeContext, pair: Pair): Promise<DownPayload | undefined> {
  const parked = ctx.parked.take(slotOf(ctx.typeName, 'downstream', pair.key), pair.down?.rv ?? '');
  if (parked && pair.down) return { object: asDownstream(parked.object), facts: pair.down };
  const live = await lookDownstream(ctx, pair);
  if (!live) return undefined;
  const facts = downFactsOf(live);
  if (pair.down?.uid === facts.uid) noteCopy(ctx, pair, live);
  return { object: live, facts };
}

/** As `getLiveDownstream`, of an object that may be the pair's copy: who finds that it is says so to `noteCopy`. */
export async function lookDownstream(ctx: TypeContext, pair: Pair): Promise<Downstream<KubeObject> | undefined> {
  ctx.store.beginWrite(pair, 'downstream');
  return await getLiveDownstream(ctx, pair.key);
}

/** Remembers the copy that `lookDownstream` found, unless the watch is further. */
export function noteCopy(ctx: TypeContext, pair: Pair, live: Downstream<KubeObject>): void {
  const isLabelled = live.metadata.labels?.[ownerLabel] === ctx.identity.owner;
  ctx.store.foundDown(pair, downFactsOf(live), isLabelled);
}

/**
 * Whether a live downstream object is this pair's copy (S2): by its marks, or because we applied this very uid in this
 * run, so that stripped marks are repaired. Without the label the annotations must name the very same upstream object.
 */
export function isOurCopy(ctx: TypeContext, pair: Pair, object: KubeObject): boolean {
  const { uid } = object.metadata;
  if (uid !== undefined && (uid === pair.wrote?.downUid || uid === pair.down?.uid)) return true;
  return isCopyOf(object, pair.key, ctx.facts) || namesOurObject(ctx, pair, object);
}

/** Whether an object that lost our label, or our Apply entry and not its uid, still names the pair's upstream object. */
function namesOurObject(ctx: TypeContext, pair: Pair, object: KubeObject): boolean {
  const { labels, annotations: marks } = object.metadata;
  const labelled = {
    ...object,
    metadata: { ...object.metadata, labels: { [ownerLabel]: ctx.identity.owner, ...labels } },
  };
  const namesUid = pair.up !== undefined && marks?.[annotations.upstreamUid] === pair.up.uid;
  return namesUid ? hasOurMarks(labelled, pair.key, ctx.facts) : isCopyOf(labelled, pair.key, ctx.facts);
}
