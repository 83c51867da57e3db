import type { SyncTarget } from '@kcp-syncer/crds/generated/synctarget.js';
import { validateSyncTarget } from '@kcp-syncer/crds/validators.js';
import { sleep, type Clock } from '../base/clock.js';
import type { KubeClient } from '../kube/client.js';
import { ownerHash } from '../object/marks.js';
import { reasons } from '../object/reasons.js';
import { inUse, signOfLife, unchangedSince, type Claimant } from './holder.js';
import { StartError } from './start-error.js';
import { believed, identifyWorkspace, type WorkspaceIdentity } from './identify-workspace.js';
import { foreignType } from './start-words.js';
import type { JsonPatchOperation } from './synctarget-api.js';

export interface RegisterOptions {
  /** The uid is the one that the user pinned: another is refused. */
  readonly syncTarget: { readonly name: string; readonly uid: string };
  /** The workspace as the user named it: for messages. */
  readonly workspace: string;
  /** Tells this process from any other that syncs for the same SyncTarget. */
  readonly syncerInstance: string;
  readonly heartbeatPeriodMs: number;
  /** What instances begin with that only the holder of a Lease may have: with the Lease ours, others of them have ended. */
  readonly lease?: string;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  /** Told, once for each reason, that the start has to wait. */
  readonly onWaiting: (message: string) => void;
}

/** What a syncer learns when it registers: plain data. */
export interface Registration extends WorkspaceIdentity {
  readonly syncerIdentifier: string;
  readonly syncerInstance: string;
  /** As stored after the claim. Its status still holds what was reported before, such as the resources' identities (S25). */
  readonly syncTarget: SyncTarget;
}

/**
 * Finds out which logical cluster `upstream` (whose URL ends with the workspace) leads to, checks that the SyncTarget is
 * the one that was meant, and claims it by writing the syncer's identifier (S20). The identifier is made of the names of
 * logical cluster and SyncTarget, so it is the same after a restart; which process it is says the instance. A syncer
 * whose heartbeats go on is not replaced.
 * @throws StartError with one line for people; the signal's reason.
 */
export async function register(upstream: KubeClient, options: RegisterOptions): Promise<Registration> {
  const workspace = await identifyWorkspace(upstream, options);
  const syncerIdentifier = `syncer-${ownerHash(workspace.logicalCluster, options.syncTarget.name)}`;
  const { syncerInstance, lease } = options;
  const claimant: Claimant = { syncerIdentifier, syncerInstance, ...(lease !== undefined && { lease }) };
  const syncTarget = await claimed(upstream.at(`/clusters/${workspace.logicalCluster}`), options, claimant);
  if (syncTarget.status?.syncerIdentifier !== syncerIdentifier) throw new StartError(foreignType(options.workspace));
  return { ...workspace, syncerIdentifier, syncerInstance, syncTarget };
}

/** Whoever holds the SyncTarget has so many heartbeat periods to show that it lives (S20). */
const SILENT_PERIODS = 3;
const LOOK_MS = 1_000;

/** Claims the SyncTarget at once when nobody holds it, else when its holder has been silent for three periods. */
async function claimed(client: KubeClient, options: RegisterOptions, claimant: Claimant): Promise<SyncTarget> {
  const { clock, signal, onWaiting, syncTarget, heartbeatPeriodMs } = options;
  const first = await tryClaim(client, options, { claimant });
  if (typeof first !== 'string') return first;
  onWaiting(
    `waiting whether the syncer that holds SyncTarget ${syncTarget.name} is still there: it did not stop in order`,
  );
  const until = clock.monotonic() + SILENT_PERIODS * heartbeatPeriodMs;
  for (;;) {
    await sleep(clock, Math.min(LOOK_MS, heartbeatPeriodMs), signal);
    const isSilent = clock.monotonic() >= until;
    const next = await tryClaim(client, options, { claimant, ...(isSilent && { silent: first }) });
    if (typeof next !== 'string') return next;
    if (next !== first) throw new StartError(inUse(syncTarget.name), { reason: reasons.SyncTargetInUse });
  }
}

/** The sign of life of who holds the SyncTarget, unless it is the one that is known to be silent. */
async function tryClaim(
  client: KubeClient,
  options: RegisterOptions,
  { claimant, silent }: { claimant: Claimant; silent?: string },
): Promise<SyncTarget | string> {
  return await believed(client, options, async (api) => {
    const found = await api.read(options.signal);
    check(found, options);
    const sign = signOfLife(found, claimant);
    if (sign !== undefined && sign !== silent) return sign;
    return await api.patchStatus(claim(found, claimant), options.signal);
  });
}

function check(found: SyncTarget, { syncTarget, workspace }: RegisterOptions): void {
  if (found.metadata.uid !== syncTarget.uid) {
    throw new StartError(
      `SyncTarget ${syncTarget.name} in workspace ${workspace} has uid ${String(found.metadata.uid)}, not ${syncTarget.uid}: ` +
        `if it is the one you mean, use --sync-target-uid=${String(found.metadata.uid)}`,
      { reason: reasons.SyncTargetChanged },
    );
  }
  const mistakes = validateSyncTarget({ ...found, status: undefined });
  if (mistakes.length > 0)
    throw new StartError(`SyncTarget ${syncTarget.name} in workspace ${workspace}: ${mistakes.join('; ')}`);
}

/** Fails, and is then made again from what is there, when another syncer wrote meanwhile. */
function claim(found: SyncTarget, { syncerIdentifier, syncerInstance }: Claimant): JsonPatchOperation[] {
  const tests = unchangedSince(found);
  if (!found.status) return [...tests, { op: 'add', path: '/status', value: { syncerIdentifier, syncerInstance } }];
  return [
    ...tests,
    { op: 'add', path: '/status/syncerIdentifier', value: syncerIdentifier },
    { op: 'add', path: '/status/syncerInstance', value: syncerInstance },
  ];
}
