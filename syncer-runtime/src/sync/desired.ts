import { toTimestamp } from '../base/clock.js';
import type { Downstream, Upstream } from '../base/sides.js';
import type { Pair } from '../informer/pair.js';
import { sentHash } from '../object/fingerprint.js';
import type { KubeObject } from '../object/types.js';
import { desiredObject } from '../transforms/desired.js';
import { withMarks } from '../transforms/marks.js';
import type { TypeContext } from './context.js';
import { downstreamName } from './payload.js';

export interface DesiredCopy {
  /** With our marks: what is applied. */
  readonly object: Downstream<KubeObject>;
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
  const { metadata } = upstream;
  const { object: plain, transformedBy } = desiredObject(upstream, {
    type: ctx.type,
    downstreamNamespace: downstreamName(ctx, pair.key).namespace,
    transformations: ctx.transformations,
  });
  const sent = sentHash(plain);
  const unchanged = pair.down?.sent === sent && pair.down.lastSync !== '';
  const object = withMarks(plain, {
    owner: ctx.identity.owner,
    syncTarget: ctx.identity.syncTarget,
    workspace: ctx.identity.workspace,
    upstreamKey: pair.key,
    upstreamUid: metadata.uid ?? '',
    generation: metadata.generation,
    applied: sent,
    lastSync: unchanged ? (pair.down?.lastSync ?? '') : toTimestamp(ctx.clock.now()),
  });
  return { object, sent, transformedBy };
}
