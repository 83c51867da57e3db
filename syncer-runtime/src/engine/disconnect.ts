import { backoffMs } from '../base/backoff.js';
import { sleep } from '../base/clock.js';
import { anyOf } from '../base/abort.js';
import type { KubeClient } from '../kube/client.js';
import { finalizerOf, ownerHash } from '../object/marks.js';
import { reasons } from '../object/reasons.js';
import { createMapping, type NamespaceMappingRules } from '../sync/namespace/mapping.js';
import { StartError } from '../synctarget/start-error.js';
import { createClients, type ClientDeps, type ClientOptions } from './clients.js';
import { identifyCluster } from './cluster-identity.js';
import { sweepFinalizers, type FinalizerSweep, type SweepFailure } from './finalizer-sweep.js';
import { untilWorkspaceGone } from './gone-workspace.js';
import { letGoOfNamespaces } from './let-go-namespaces.js';
import { letGoOfCopies, type DeletionPolicy, type LetGoOptions } from './let-go.js';

/** Which connection ends, and how. Plain data. */
export interface DisconnectOptions extends ClientOptions {
  readonly syncTarget: string;
  readonly namespaceMapping: NamespaceMappingRules;
  readonly policy: DeletionPolicy;
  /** The two ends as they were at first contact. */
  readonly ends: { readonly workspaceCluster: string; readonly clusterUid: string };
  /** Types that were synced, as people write them. */
  readonly syncedTypes: readonly string[];
}

export interface DisconnectDeps extends ClientDeps {
  /** Told what is waited for, as a sentence. */
  readonly onProgress: (message: string) => void;
}

/**
 * Ends a connection for good, after its syncer has stopped (S30): first the copies in the cluster, then the finalizers in
 * the workspace. Only removes; safe to be interrupted at any moment and begun again. A workspace that is gone for ever
 * needs no finalizers taken off; one that does not answer is waited for.
 * @throws StartError, ApiError, ConnectionError: what failed is to be tried again; the signal's reason.
 */
export async function disconnect(options: DisconnectOptions, deps: DisconnectDeps, signal: AbortSignal): Promise<void> {
  const { clients } = createClients(options, deps);
  const { workspaceCluster, clusterUid } = options.ends;
  const owner = ownerHash(workspaceCluster, options.syncTarget);
  try {
    const { uid } = await identifyCluster(clients.downstream, signal);
    if (uid !== clusterUid)
      throw new StartError(`the cluster is another one (${uid}) than the one that holds the objects (${clusterUid})`, {
        reason: reasons.ClusterChanged,
      });
    const letGo: LetGoOptions = {
      ...options,
      ...deps,
      downstream: clients.downstream,
      owner,
      mapping: createMapping(options.namespaceMapping),
      syncedTypes: new Set(options.syncedTypes),
      signal,
    };
    await letGoOfCopies(letGo);
    await letGoOfNamespaces(letGo);
    await letGoOfWorkspace(clients.upstream, options, { ...deps, finalizer: finalizerOf(owner), signal });
  } finally {
    await Promise.all([clients.upstream.close(), clients.downstream.close()]);
  }
}

/** Until no finalizer is left, or the workspace is gone with all that had them. */
async function letGoOfWorkspace(
  client: KubeClient,
  options: DisconnectOptions,
  deps: DisconnectDeps & { readonly finalizer: string; readonly signal: AbortSignal },
): Promise<void> {
  const over = new AbortController();
  const signal = anyOf(deps.signal, over.signal);
  const upstream = client.at(`/clusters/${options.ends.workspaceCluster}`);
  const gone = { upstream: client, path: options.workspaceCluster, isAway: () => true, clock: deps.clock, signal };
  try {
    await Promise.race([
      letGoOfOriginals({ upstream, takes: (one) => one === deps.finalizer, signal }, options, deps),
      untilWorkspaceGone(gone),
    ]);
  } finally {
    over.abort(new Error('the other has ended'));
  }
}

/** Tried again until nothing of ours is left that can be seen. */
async function letGoOfOriginals(
  sweep: FinalizerSweep,
  { syncedTypes }: DisconnectOptions,
  { clock, onProgress }: DisconnectDeps,
): Promise<void> {
  for (let rounds = 1; ; rounds++) {
    const { failures } = await sweepFinalizers(sweep);
    const [first] = failures.filter((failure) => counts(failure, syncedTypes));
    if (!first) return;
    onProgress(
      `waiting for kcp, to take the finalizers off there: ${first.type === undefined ? '' : `${first.type}: `}${first.why}`,
    );
    await sleep(clock, backoffMs(rounds), sweep.signal);
  }
}

/** A type that was never synced, and that we may not see, has no finalizer of ours. */
function counts({ type, isForbidden }: SweepFailure, syncedTypes: readonly string[]): boolean {
  return type === undefined || !isForbidden || syncedTypes.includes(type);
}
