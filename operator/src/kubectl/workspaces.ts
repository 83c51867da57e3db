import { sleep } from '@kcp-syncer/syncer-runtime/base/clock.js';
import type { KubeClient } from '@kcp-syncer/syncer-runtime/kube/client.js';
import { clusterPath } from '@kcp-syncer/syncer-runtime/kube/server-url.js';
import { collectionPath } from '@kcp-syncer/syncer-runtime/kube/paths.js';
import type { KubeObject } from '@kcp-syncer/syncer-runtime/object/types.js';
import { isConflict, isWorkspaceNotFound } from '@kcp-syncer/syncer-runtime/kube/error-class.js';
import type { Io } from './io.js';
import { findObject, type Ref } from '@kcp-syncer/syncer-runtime/kube/find-object.js';
import { types } from './objects.js';

type WorkspaceObject = KubeObject & {
  readonly spec?: { readonly cluster?: string };
  readonly status?: { readonly phase?: string };
};

const pollMs = 250;
const patienceMs = 60_000;

/** The client of a workspace, by path or name of its logical cluster. */
export function inWorkspace(kcp: KubeClient, workspace: string): KubeClient {
  return kcp.at(clusterPath(workspace));
}

/** The logical cluster of a workspace, as it says itself; undefined: there is no such workspace. @throws what the client throws. */
export async function logicalClusterOf(
  workspace: KubeClient,
  signal: AbortSignal,
): Promise<{ readonly name: string; readonly isGoing: boolean } | undefined> {
  const ref: Ref = { type: types.logicalClusters, name: 'cluster' };
  const found = await findIn(workspace, ref, signal);
  const name = found?.metadata.annotations?.['kcp.io/cluster'];
  if (!found || name === undefined) return undefined;
  return { name, isGoing: found.metadata.deletionTimestamp !== undefined };
}

/** An object of a workspace that may not be there itself. */
async function findIn(workspace: KubeClient, ref: Ref, signal: AbortSignal): Promise<KubeObject | undefined> {
  try {
    return await findObject(workspace, ref, signal);
  } catch (error) {
    if (isWorkspaceNotFound(error)) return undefined;
    throw error;
  }
}

/** Whether the workspace of this path is there. */
export async function workspaceExists(kcp: KubeClient, path: string, signal: AbortSignal): Promise<boolean> {
  const place = placeOf(path);
  if (!place) return true;
  return (await findObject(inWorkspace(kcp, place.parent), place.ref, signal)) !== undefined;
}

/**
 * The name of a workspace's logical cluster, under which it answers to its end: its path leads nowhere any more as soon as
 * it is being deleted. undefined: there is none.
 */
export async function clusterNameOf(kcp: KubeClient, path: string, signal: AbortSignal): Promise<string | undefined> {
  const place = placeOf(path);
  if (!place) return path;
  const found = await findIn(inWorkspace(kcp, place.parent), place.ref, signal);
  return stateOf(found).cluster;
}

/** Creates the workspace of this path if it is missing, and waits until it is ready. Gives the name of its logical cluster. */
export async function ensureWorkspace(kcp: KubeClient, path: string, { clock, signal }: Io): Promise<string> {
  const place = placeOf(path);
  if (!place) return path;
  const parent = inWorkspace(kcp, place.parent);
  const deadline = clock.monotonic() + patienceMs;
  for (;;) {
    const found = await findObject<WorkspaceObject>(parent, place.ref, signal);
    if (!found) await create(parent, place.ref.name, signal);
    const { phase = 'unknown', cluster } = stateOf(found);
    if (phase === 'Ready' && cluster !== undefined) return cluster;
    if (clock.monotonic() > deadline)
      throw new Error(`workspace ${path} is not ready after a minute: its phase is ${phase}`);
    await sleep(clock, pollMs, signal);
  }
}

function stateOf({ spec, status }: Partial<WorkspaceObject> = {}): {
  readonly phase?: string;
  readonly cluster?: string;
} {
  return { ...status, ...spec };
}

async function create(parent: KubeClient, name: string, signal: AbortSignal): Promise<void> {
  const body = JSON.stringify({
    apiVersion: 'tenancy.kcp.io/v1alpha1',
    kind: 'Workspace',
    metadata: { name },
    spec: { type: { name: 'universal', path: 'root' } },
  });
  try {
    await parent.request({ method: 'POST', path: collectionPath(types.workspaces), body, signal });
  } catch (error) {
    // somebody else made it just now
    if (!isConflict(error)) throw error;
  }
}

/** undefined for what has no parent: root, or the name of a logical cluster. */
function placeOf(path: string): { readonly parent: string; readonly ref: Ref } | undefined {
  const at = path.lastIndexOf(':');
  if (at < 0) return undefined;
  return { parent: path.slice(0, at), ref: { type: types.workspaces, name: path.slice(at + 1) } };
}
