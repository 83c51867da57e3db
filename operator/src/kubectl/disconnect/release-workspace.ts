import { sleep } from '@kcp-syncer/syncer-runtime/base/clock.js';
import { sweepFinalizers, type SweepFailure } from '@kcp-syncer/syncer-runtime/engine/finalizer-sweep.js';
import type { KubeClient } from '@kcp-syncer/syncer-runtime/kube/client.js';
import { isForbidden, isNotFound } from '@kcp-syncer/syncer-runtime/kube/error-class.js';
import { isSyncerKey } from '@kcp-syncer/syncer-runtime/object/marks.js';
import { openEnd } from '../ends.js';
import { confirm, type Io } from '../io.js';
import { clusterNameOf, inWorkspace, logicalClusterOf } from '../workspaces.js';
import type { ReleaseOptions } from './options.js';

const roundMs = 1_000;

/**
 * `disconnect --release`: takes the finalizers of all syncers off the objects of a workspace that is being deleted, so
 * that it can go though no syncer reaches it any more (S27). What was copied to clusters stays there.
 * @throws Error in one line.
 */
export async function releaseWorkspace(options: ReleaseOptions, io: Io): Promise<void> {
  const kcp = await openEnd('upstream', options.kcp, io);
  try {
    const name = await goingCluster(kcp.client, options.workspace, io.signal);
    await confirm(
      io,
      `Take the finalizers of all syncers off the objects of workspace ${options.workspace}? What they copied to clusters stays there.`,
      options.yes,
    );
    const released = await untilGone(inWorkspace(kcp.client, name), options, io);
    io.out(`workspace ${options.workspace} is gone; ${released} finalizers were taken off\n`);
  } finally {
    await kcp.client.close();
  }
}

/** The name of the logical cluster, under which it answers to its end. */
async function goingCluster(kcp: KubeClient, path: string, signal: AbortSignal): Promise<string> {
  const name = await clusterNameOf(kcp, path, signal);
  const found = name === undefined ? undefined : await logicalClusterOf(inWorkspace(kcp, name), signal);
  if (!found) throw new Error(`${kcp.server} has no workspace ${path}`);
  if (!found.isGoing)
    throw new Error(
      `workspace ${path} is not being deleted, and its finalizers keep copies in the cluster from being forgotten: delete the workspace first, or end one connection with kubectl syncer disconnect NAME`,
    );
  return found.name;
}

/** In rounds, for what is being deleted drops out of discovery for moments. Gives how many finalizers were taken off. */
async function untilGone(
  workspace: KubeClient,
  { workspace: path, timeoutMs }: ReleaseOptions,
  io: Io,
): Promise<number> {
  const { clock, signal } = io;
  const deadline = clock.monotonic() + timeoutMs;
  let total = 0;
  let failures: readonly SweepFailure[] = [];
  while (await isThere(workspace, signal)) {
    const swept = await sweepFinalizers({ upstream: workspace, takes: isSyncerKey, signal });
    if (swept.released > 0) io.say(`${swept.released} finalizers taken off`);
    total += swept.released;
    failures = swept.failures;
    if (clock.monotonic() > deadline)
      throw new Error(
        `${total} finalizers were taken off, and workspace ${path} is still there: ${failures.map(({ type = 'types', why }) => `${type}: ${why}`).join('; ') || 'the conditions of its LogicalCluster say what it waits for'}`,
      );
    await sleep(clock, roundMs, signal);
  }
  return total;
}

/** kcp refuses, or does not find, what it has deleted. */
async function isThere(workspace: KubeClient, signal: AbortSignal): Promise<boolean> {
  try {
    return (await logicalClusterOf(workspace, signal)) !== undefined;
  } catch (error) {
    if (isNotFound(error) || isForbidden(error)) return false;
    throw error;
  }
}
