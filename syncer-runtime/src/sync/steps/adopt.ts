import type { Downstream } from '../../base/sides.js';
import type { Pair } from '../../informer/pair.js';
import { objectPath } from '../../kube/paths.js';
import { firstDifference } from '../../object/difference.js';
import { takenOver } from '../../object/former-managers.js';
import { omit, type JsonRecord } from '../../object/json.js';
import { annotations, fieldManager, isSyncerKey, ownerLabel } from '../../object/marks.js';
import { parseJson } from '../../object/parse.js';
import type { KubeObject } from '../../object/types.js';
import type { TypeContext } from '../context.js';
import { downstreamName } from '../payload.js';
import { applySpec } from '../write/apply-spec.js';
import { counted } from '../write/counted.js';

/** The object as it is now that it is ours, or what is added to the sentence that says that it is left alone. */
export type Adoption = { readonly adopted: Downstream<KubeObject> } | { readonly refused: string };

/**
 * Makes an object that nobody syncs the pair's copy, if the configuration has it so (S3). Every write carries uid and
 * resourceVersion of the object that was looked at.
 */
export async function adopt(
  ctx: TypeContext,
  pair: Pair,
  { existing, desired }: { existing: Downstream<KubeObject>; desired: Downstream<KubeObject> },
): Promise<Adoption> {
  if (ctx.policy.whenExists === 'Refuse') return { refused: '' };
  const refused = refusal(existing);
  if (refused !== undefined) return { refused: `: ${refused}` };
  const marked = asAdopted(desired);
  return ctx.policy.whenExists === 'TakeOver'
    ? { adopted: await takeOver(ctx, pair, { existing, desired: marked }) }
    : await adoptEqual(ctx, pair, { existing, desired: marked });
}

/**
 * Whether the object is what a connection of former times made of this very upstream object, and let go: it still names
 * its uid, and nobody else's (S30).
 */
export function isOrphanOf(existing: KubeObject, upstreamUid: string): boolean {
  const named = existing.metadata.annotations?.[annotations.upstreamUid];
  return named === upstreamUid && refusal(existing) === undefined;
}

/** Makes the object the copy again that it was, whatever the configuration says of others'. */
export async function readopt(
  ctx: TypeContext,
  pair: Pair,
  { existing, desired }: { existing: Downstream<KubeObject>; desired: Downstream<KubeObject> },
): Promise<Adoption> {
  const wasAdopted = existing.metadata.annotations?.[annotations.adopted] === 'true';
  const marked = wasAdopted ? asAdopted(desired) : desired;
  return { adopted: await applySpec(ctx, pair, { desired: marked, guard: guardOf(existing) }) };
}

/** What never becomes a copy, whatever the configuration says. */
function refusal({ metadata }: KubeObject): string | undefined {
  if (metadata.deletionTimestamp !== undefined) return 'it is being deleted';
  const controller = metadata.ownerReferences?.find((reference) => reference.controller === true);
  if (controller) return `it belongs to ${controller.kind} ${controller.name}`;
  const isMarked = metadata.labels?.[ownerLabel] ?? metadata.annotations?.[annotations.upstream];
  return isMarked === undefined ? undefined : 'it is the copy of another object';
}

interface Candidate {
  readonly existing: Downstream<KubeObject>;
  readonly desired: Downstream<KubeObject>;
}

async function adoptEqual(ctx: TypeContext, pair: Pair, { existing, desired }: Candidate): Promise<Adoption> {
  const guard = guardOf(existing);
  const difference = await wouldChange(ctx, pair, { existing, desired });
  if (difference !== undefined) return { refused: `: it differs in ${difference}` };
  return { adopted: await applySpec(ctx, pair, { desired, guard }) };
}

/** The first place in which applying `desired` would change what is there, our marks aside; the server tells, by a dry run. */
export async function wouldChange(
  ctx: TypeContext,
  pair: Pair,
  { existing, desired }: Candidate,
): Promise<string | undefined> {
  const after = await applySpec(ctx, pair, { desired, guard: guardOf(existing), dryRun: true });
  return firstDifference(unmarked(existing), unmarked(after));
}

async function takeOver(
  ctx: TypeContext,
  pair: Pair,
  { existing, desired }: Candidate,
): Promise<Downstream<KubeObject>> {
  // What the server would refuse leaves the object as it is.
  await applySpec(ctx, pair, { desired, guard: guardOf(existing), dryRun: true });
  const entries = takenOver(existing, desired, ctx.type);
  const now = entries ? await moveEntries(ctx, pair, { existing, entries }) : existing;
  return await applySpec(ctx, pair, { desired, guard: guardOf(now) });
}

/** What former writers wrote is ours from here on: the apply that follows takes away what `desired` lacks. */
async function moveEntries(
  ctx: TypeContext,
  pair: Pair,
  { existing, entries }: { existing: Downstream<KubeObject>; entries: readonly object[] },
): Promise<Downstream<KubeObject>> {
  const { uid, resourceVersion } = existing.metadata;
  const operations = [
    { op: 'test', path: '/metadata/uid', value: uid },
    // The server takes a version that is written for a condition.
    { op: 'replace', path: '/metadata/resourceVersion', value: resourceVersion },
    { op: 'replace', path: '/metadata/managedFields', value: entries },
  ];
  const reply = await counted(ctx, { side: 'downstream', verb: 'patch' }, async () => {
    return await ctx.downstream.request({
      method: 'PATCH',
      path: objectPath(ctx.type, downstreamName(ctx, pair.key), { fieldManager }),
      contentType: 'application/json-patch+json',
      body: JSON.stringify(operations),
      signal: ctx.signal,
    });
  });
  return parseJson(reply.text) as Downstream<KubeObject>;
}

function guardOf({ metadata }: KubeObject): { uid: string; resourceVersion: string } {
  return { uid: metadata.uid ?? '', resourceVersion: metadata.resourceVersion ?? '' };
}

function asAdopted(desired: Downstream<KubeObject>): Downstream<KubeObject> {
  const { metadata } = desired;
  const marks = { ...metadata.annotations, [annotations.adopted]: 'true' };
  return { ...desired, metadata: { ...metadata, annotations: marks } };
}

/** Without our marks, and without what every write changes. */
function unmarked(object: KubeObject): JsonRecord {
  const metadata = omit(object.metadata, ['managedFields', 'resourceVersion', 'generation']);
  const { labels, annotations: marks } = object.metadata;
  return { ...object, metadata: { ...metadata, labels: foreign(labels), annotations: foreign(marks) } };
}

function foreign(map: Readonly<Record<string, string>> = {}): Record<string, string> {
  return Object.fromEntries(Object.entries(map).filter(([key]) => !isSyncerKey(key)));
}
