import { sleep, type Clock } from '../base/clock.js';
import type { KubeClient } from '../kube/client.js';
import { discover } from '../kube/discovery.js';
import { listPages } from '../kube/list.js';
import { objectPath } from '../kube/paths.js';
import { fieldManager, finalizerOf, ownerHash } from '../object/marks.js';
import { parseJson } from '../object/parse.js';
import type { KubeObject, ResourceType } from '../object/types.js';
import type { Logger } from '../observe/logger.js';
import { releaseOf } from '../sync/write/finalizer.js';

const ROUND_MS = 1_000;
/** So long after the last finalizer of ours the workspace waits for somebody else, or for its server's own pace. */
const PATIENCE_MS = 15_000;
const logicalCluster = objectPath(
  { group: 'core.kcp.io', version: 'v1alpha1', resource: 'logicalclusters' },
  { name: 'cluster' },
);

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
    const released = await releaseRound(options, finalizer);
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
    const { text } = await upstream.request({ method: 'GET', path: logicalCluster, signal });
    const { metadata } = parseJson(text) as KubeObject;
    const name = metadata.annotations?.['kcp.io/cluster'];
    if (metadata.deletionTimestamp === undefined || name === undefined) return undefined;
    return finalizerOf(ownerHash(name, syncTarget));
  } catch {
    signal.throwIfAborted();
    return undefined;
  }
}

/** How many objects were released. What fails now is tried again in the next round. */
async function releaseRound(options: GoingWorkspaceOptions, finalizer: string): Promise<number> {
  const { upstream, signal } = options;
  try {
    const { types } = await discover(upstream, signal);
    // A type that is being deleted itself takes patches, although its verbs in discovery do not say so any more.
    const held = types.filter(({ verbs }) => verbs.includes('list'));
    return sum(await Promise.all(held.map(async (type) => await releaseType(options, type, finalizer))));
  } catch {
    signal.throwIfAborted();
    return 0;
  }
}

async function releaseType(options: GoingWorkspaceOptions, type: ResourceType, finalizer: string): Promise<number> {
  const { upstream, signal } = options;
  let released = 0;
  try {
    for await (const { items } of listPages(upstream, { type, metadataOnly: true }, signal)) {
      const all = items.map(async (item) => await releaseObject(options, { type, item, finalizer }));
      released += sum(await Promise.all(all));
    }
  } catch {
    signal.throwIfAborted();
  }
  return released;
}

async function releaseObject(
  { upstream, signal }: GoingWorkspaceOptions,
  { type, item, finalizer }: { type: ResourceType; item: KubeObject; finalizer: string },
): Promise<number> {
  const body = releaseOf(item, finalizer);
  if (body === undefined) return 0;
  const path = objectPath(type, item.metadata, { fieldManager });
  try {
    await upstream.request({ method: 'PATCH', path, contentType: 'application/json-patch+json', body, signal });
    return 1;
  } catch {
    signal.throwIfAborted();
    return 0;
  }
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
