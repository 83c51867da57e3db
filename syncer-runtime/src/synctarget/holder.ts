import type { SyncTarget } from '@kcp-syncer/crds/generated/synctarget.js';
import { hasEnded } from '../base/process-mark.js';
import { reasons } from '../object/reasons.js';
import type { JsonPatchOperation } from './synctarget-api.js';

/** Who claims a SyncTarget: the syncer that it is the SyncTarget of, and which of its processes. */
export interface Claimant {
  readonly syncerIdentifier: string;
  readonly syncerInstance: string;
  /** What instances begin with that only the holder of a Lease may have, and the Lease is ours. */
  readonly lease?: string;
}

/**
 * The sign of life of whoever else holds the SyncTarget, which changes with each of its heartbeats; undefined when nobody
 * does: a syncer that stops in order lets go of it, and of one that was killed on this machine we know it. Times in it
 * are those of another machine, and tell nothing (S38).
 */
export function signOfLife({ status }: SyncTarget, claimant: Claimant): string | undefined {
  if (!status || status.syncerInstance === claimant.syncerInstance) return undefined;
  const { syncerIdentifier, syncerInstance, heartbeat } = status;
  if (syncerInstance !== undefined && isKnownToHaveEnded(syncerInstance, claimant)) return undefined;
  // A syncer of another make may tell no instance.
  const isForeign = syncerIdentifier !== undefined && syncerIdentifier !== claimant.syncerIdentifier;
  const isHeld = syncerInstance !== undefined || (isForeign && heartbeat !== undefined);
  return isHeld ? JSON.stringify([syncerIdentifier, syncerInstance, heartbeat?.count]) : undefined;
}

/** Its process is no more, or it is of a Lease that is ours now. */
function isKnownToHaveEnded(instance: string, { lease }: Claimant): boolean {
  return hasEnded(instance) || (lease !== undefined && instance.startsWith(`${lease}.`));
}

/** What a status write demands: nobody else wrote since the SyncTarget was read, and it is still the same one. */
export function unchangedSince({ metadata, status }: SyncTarget): JsonPatchOperation[] {
  const test = (path: string, value: unknown): JsonPatchOperation => ({ op: 'test', path, value: value ?? null });
  const uid = test('/metadata/uid', metadata.uid);
  if (!status) return [uid, test('/status', null)];
  const count = status.heartbeat
    ? test('/status/heartbeat/count', status.heartbeat.count)
    : test('/status/heartbeat', null);
  return [
    uid,
    test('/status/syncerIdentifier', status.syncerIdentifier),
    test('/status/syncerInstance', status.syncerInstance),
    count,
  ];
}

/** One line, for who started the second syncer. */
export function inUse(syncTarget: string): string {
  return `${reasons.SyncTargetInUse}: another syncer reports on SyncTarget ${syncTarget}; stop that one, or give this one a SyncTarget of its own`;
}
