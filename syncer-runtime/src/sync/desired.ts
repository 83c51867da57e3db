import { TerminalError } from '../base/outcome.js';
import { toTimestamp } from '../base/clock.js';
import type { Downstream, Upstream } from '../base/sides.js';
import type { Pair } from '../informer/pair.js';
import { sentHash } from '../object/fingerprint.js';
import { ignoredFields, withoutFields, type FieldPath } from '../object/ignored-fields.js';
import { annotations } from '../object/marks.js';
import { reasons } from '../object/reasons.js';
import type { KubeObject } from '../object/types.js';
import { desiredObject } from '../transforms/desired.js';
import { withMarks, type Marks } from '../transforms/marks.js';
import type { TypeContext } from './context.js';
import { downstreamName } from './payload.js';

export interface DesiredCopy {
  /** With our marks: what is applied. Fields that its user leaves to the cluster are not in it. */
  readonly object: Downstream<KubeObject>;
  /** What a new copy is made from: such fields begin with what kcp says. */
  readonly whole: Downstream<KubeObject>;
  /** The fields that are left to the cluster. */
  readonly ignored: readonly FieldPath[];
  /** Version and hash of it without them. */
  readonly sent: string;
  /** Names of the configuration's transformations that had a part in it. */
  readonly transformedBy: readonly string[];
}

/**
 * What the copy of `upstream` shall be (S8). `last-sync` moves only when what is sent does (S10).
 * @throws TerminalError when no copy of it can be made.
 */
export function desiredFor(ctx: TypeContext, pair: Pair, upstream: Upstream<KubeObject>): DesiredCopy {
  const { object: plain, transformedBy } = desiredObject(upstream, {
    type: ctx.type,
    downstreamNamespace: downstreamName(ctx, pair.key).namespace,
    transformations: ctx.transformations,
  });
  const ignored = ignoredIn(upstream);
  const kept = ignored.length === 0 ? plain : withoutFields(plain, ignored);
  const sent = sentHash(kept);
  const marks = marksFor(ctx, pair, { upstream, sent });
  const object = withMarks(kept, marks);
  return { object, whole: kept === plain ? object : withMarks(plain, marks), ignored, sent, transformedBy };
}

function marksFor(
  { identity, clock }: TypeContext,
  { key, down }: Pair,
  { upstream: { metadata }, sent }: { upstream: Upstream<KubeObject>; sent: string },
): Marks {
  const unchanged = down?.sent === sent && down.lastSync !== '';
  return {
    owner: identity.owner,
    syncTarget: identity.syncTarget,
    workspace: identity.workspace,
    upstreamKey: key,
    upstreamUid: metadata.uid ?? '',
    generation: metadata.generation,
    applied: sent,
    adopted: down?.adopted ?? false,
    lastSync: unchanged ? down.lastSync : toTimestamp(clock.now()),
  };
}

function ignoredIn({ metadata }: KubeObject): readonly FieldPath[] {
  try {
    return ignoredFields(metadata);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new TerminalError(
      reasons.InvalidAnnotation,
      `Annotation ${annotations.ignoreFields} cannot be followed: ${why}.`,
    );
  }
}
