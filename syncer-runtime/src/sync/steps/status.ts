import { TerminalError } from '../../base/outcome.js';
import type { Downstream } from '../../base/sides.js';
import { downFactsOf } from '../../informer/facts.js';
import { isWanted, statusIn, statusInStep, type Pair } from '../../informer/pair.js';
import { isInvalid } from '../../kube/error-class.js';
import { statusHash } from '../../object/fingerprint.js';
import { reasons } from '../../object/reasons.js';
import type { KubeObject } from '../../object/types.js';
import { upstreamStatus } from '../../transforms/status.js';
import type { TypeContext } from '../context.js';
import { noteCarried } from '../latency.js';
import { downstreamPayload } from '../payload.js';
import { finished, type SyncResult } from '../result.js';
import { patchStatus } from '../write/patch-status.js';

const EMPTY = statusHash({});

/** Only the status may be behind. */
export async function statusStep(ctx: TypeContext, pair: Pair): Promise<SyncResult> {
  return await carryStatusUp(ctx, pair);
}

/**
 * Brings the upstream status in step with the copy's, by a write only if it would change something (S18).
 * @param known the copy as its server just answered it.
 */
export async function carryStatusUp(ctx: TypeContext, pair: Pair, known?: Downstream<KubeObject>): Promise<SyncResult> {
  if (statusInStep(pair, ctx.rules)) return finished('none');
  const copy = known ? { object: known, facts: downFactsOf(known) } : await downstreamPayload(ctx, pair);
  const { up } = pair;
  if (!copy || !up || !isWanted(up) || copy.facts.upstreamUid !== up.uid) return finished('none');
  const down = copy.facts;
  const source = statusIn(down);
  const status = upstreamStatus(copy.object['status'], {
    downstream: down.generation,
    applied: down.seenGeneration === 0 ? undefined : down.seenGeneration,
    upstreamObserved: up.shownGeneration,
  });
  if (said(statusHash(status)) === said(up.status)) {
    noteStatus(pair, source, up.status);
    return finished('none');
  }
  noteStatus(pair, source, await writeStatus(ctx, pair, { uid: up.uid, status: status ?? {} }));
  noteCarried(ctx, pair, 'downstream');
  return finished('status');
}

/** An empty status says as little as none: servers make one for a new object. */
function said(hash: string): string {
  return hash === EMPTY ? '' : hash;
}

async function writeStatus(ctx: TypeContext, pair: Pair, write: { uid: string; status: unknown }): Promise<string> {
  ctx.assertKnownCluster();
  try {
    return await patchStatus(ctx, pair, write);
  } catch (error) {
    if (!isInvalid(error)) throw error;
    throw new TerminalError(reasons.StatusRejected, `kcp does not accept the status of the copy: ${error.message}`, {
      cause: error,
    });
  }
}

/** `out` is what upstream shows after the write: kcp may prune or default, and that is not our change to make again. */
function noteStatus(pair: Pair, source: string, out: string): void {
  if (pair.wrote) pair.wrote = { ...pair.wrote, statusIn: source, statusOut: out };
}
