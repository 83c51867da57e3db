import { sleep, type Clock } from '../base/clock.js';
import type { KubeClient } from '../kube/client.js';
import { finalizerOf, ownerHash } from '../object/marks.js';
import { parseJson } from '../object/parse.js';
import type { KubeObject } from '../object/types.js';
import type { Logger } from '../observe/logger.js';
import { logicalClusterPath } from '../synctarget/identify-workspace.js';
import { sweepFinalizers } from './finalizer-sweep.js';

const ROUND_MS = 1_000;
/** So long after the last finalizer of ours the workspace waits for somebody else, or for its server's own pace. */
const PATIENCE_MS = 15_000;

export interface GoingWorkspaceOptions {
  /** At the workspace. */
  readonly upstream: KubeClient;
  /** Name of the SyncTarget. */
  readonly syncTarget: string;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly signal: AbortSignal;
}

/**
 * Takes the finalizers of a SyncTarget that is no more off all objects of its workspace if that is being deleted, for
 * with them it could never go (S27). Nothing is looked at in the cluster. Kept apart from the syncing of types: it works
 * as well when the workspace began to go while no syncer ran. Goes on for a while, since meanwhile types
 * that still have objects drop out of discovery for moments.
 * @returns whether the workspace is being deleted; false also when it does not answer.
 */
export async function releaseGoingWorkspace(options: GoingWorkspaceOptions): Promise<boolean> {
  const finalizer = await finalizerIfGoing(options);
  if (finalizer === undefined) return false;
  const { clock, logger, signal } = options;
  let last = clock.monotonic();
  do {
    // What fails now is tried again in the next round.
    const { released } = await sweepFinalizers({ ...options, takes: (one) => one === finalizer });
    if (released > 0) {
      logger.log(1, 'finalizers taken off: the workspace is being deleted', { objects: released });
      last = clock.monotonic();
    }
    await sleep(clock, ROUND_MS, signal);
  } while (clock.monotonic() - last < PATIENCE_MS && (await finalizerIfGoing(options)) !== undefined);
  return true;
}

/** undefined: the workspace is not being deleted, or is gone, or does not answer. */
async function finalizerIfGoing({ upstream, syncTarget, signal }: GoingWorkspaceOptions): Promise<string | undefined> {
  try {
    const { text } = await upstream.request({ method: 'GET', path: logicalClusterPath, signal });
    const { metadata } = parseJson(text) as KubeObject;
    const name = metadata.annotations?.['kcp.io/cluster'];
    if (metadata.deletionTimestamp === undefined || name === undefined) return undefined;
    return finalizerOf(ownerHash(name, syncTarget));
  } catch {
    signal.throwIfAborted();
    return undefined;
  }
}
