import { sleep, type Clock } from '../base/clock.js';
import { ApiError } from '../kube/api-error.js';
import type { KubeClient } from '../kube/client.js';
import { discover } from '../kube/discovery.js';
import { isNotFound } from '../kube/error-class.js';
import { listPages } from '../kube/list.js';
import { objectPath } from '../kube/paths.js';
import { fieldManager, finalizerOf, ownerHash } from '../object/marks.js';
import { parseJson } from '../object/parse.js';
import type { KubeObject, ResourceType } from '../object/types.js';
import type { Logger } from '../observe/logger.js';
import { releaseOf } from '../sync/write/finalizer.js';

const ROUND_MS = 1_000;
/** Somebody else's finalizer, or a lack of rights, may keep what is left for ever. */
const PATIENCE_MS = 120_000;
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
 * as well when the workspace began to go while no syncer ran.
 * @returns whether the workspace is being deleted; false also when it does not answer.
 */
export async function releaseGoingWorkspace(options: GoingWorkspaceOptions): Promise<boolean> {
  const finalizer = await finalizerIfGoing(options);
  if (finalizer === undefined) return false;
  const { clock, logger, signal } = options;
  const started = clock.monotonic();
  while (clock.monotonic() - started < PATIENCE_MS) {
    const { released, failed } = await releaseRound(options, finalizer);
    if (released > 0) logger.log(1, 'finalizers taken off: the workspace is being deleted', { objects: released });
    if (released + failed === 0 || (await finalizerIfGoing(options)) === undefined) break;
    await sleep(clock, ROUND_MS, signal);
  }
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

interface Round {
  readonly released: number;
  /** Types and objects of which it is not known. */
  readonly failed: number;
}

async function releaseRound(options: GoingWorkspaceOptions, finalizer: string): Promise<Round> {
  const { upstream, signal } = options;
  try {
    const { types, failedGroups } = await discover(upstream, signal);
    const held = types.filter(({ subresources, verbs }) => subresources.includes('status') && verbs.includes('patch'));
    const rounds = await Promise.all(held.map(async (type) => await releaseType(options, type, finalizer)));
    return sum([...rounds, { released: 0, failed: failedGroups.length }]);
  } catch {
    signal.throwIfAborted();
    return { released: 0, failed: 1 };
  }
}

async function releaseType(options: GoingWorkspaceOptions, type: ResourceType, finalizer: string): Promise<Round> {
  const { upstream, signal } = options;
  const rounds: Round[] = [];
  try {
    for await (const { items } of listPages(upstream, { type, metadataOnly: true }, signal)) {
      rounds.push(
        ...(await Promise.all(items.map(async (item) => await releaseObject(options, { type, item, finalizer })))),
      );
    }
  } catch (error) {
    signal.throwIfAborted();
    // A type that is not served any more has no objects.
    if (!(error instanceof ApiError && isNotFound(error))) rounds.push({ released: 0, failed: 1 });
  }
  return sum(rounds);
}

async function releaseObject(
  { upstream, signal }: GoingWorkspaceOptions,
  { type, item, finalizer }: { type: ResourceType; item: KubeObject; finalizer: string },
): Promise<Round> {
  const body = releaseOf(item, finalizer);
  if (body === undefined) return { released: 0, failed: 0 };
  const path = objectPath(type, item.metadata, { fieldManager });
  try {
    await upstream.request({ method: 'PATCH', path, contentType: 'application/json-patch+json', body, signal });
    return { released: 1, failed: 0 };
  } catch (error) {
    signal.throwIfAborted();
    return { released: 0, failed: isNotFound(error) ? 0 : 1 };
  }
}

function sum(rounds: readonly Round[]): Round {
  return {
    released: rounds.reduce((total, { released }) => total + released, 0),
    failed: rounds.reduce((total, { failed }) => total + failed, 0),
  };
}
