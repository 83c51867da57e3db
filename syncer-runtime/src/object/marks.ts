import { createHash } from 'node:crypto';

/** Everything that the syncer writes on objects has its name here. All names are frozen (semantics S1, S40). */
const PREFIX = 'syncer.kcp.io/';

export const fieldManager = 'kcp-syncer';

/** On every downstream object: selects what is watched. Ownership itself is decided by the annotations (S2). */
export const ownerLabel = `${PREFIX}owner`;

export const annotations = {
  syncTarget: `${PREFIX}sync-target`,
  workspace: `${PREFIX}workspace`,
  /** `namespace/name` of the upstream object. */
  upstream: `${PREFIX}upstream`,
  upstreamUid: `${PREFIX}upstream-uid`,
  /** The upstream generation that is applied. */
  syncGeneration: `${PREFIX}sync-generation`,
  /** Version and hash of what was applied. */
  applied: `${PREFIX}applied`,
  /** The object was there before, and was taken over (S3). */
  adopted: `${PREFIX}adopted`,
  /** RFC 3339, to the second: when `applied` last changed (S10). */
  lastSync: `${PREFIX}last-sync`,
  /** Set by users, upstream. */
  sync: `${PREFIX}sync`,
  ignoreFields: `${PREFIX}ignore-fields`,
  replaceOnImmutable: `${PREFIX}replace-on-immutable`,
  targetClusters: `${PREFIX}target-clusters`,
  forceDelete: `${PREFIX}force-delete`,
  allowFieldLoss: `${PREFIX}allow-field-loss`,
  /** Set by users, on a SyncTarget: uid of the cluster that may take the place of the one it was connected with. */
  approveCluster: `${PREFIX}approve-cluster`,
  /** Set by users, on a SyncTarget or SyncerDeployment: the id of held deletions that shall be carried out (S26). */
  approveDeletions: `${PREFIX}approve-deletions`,
  /** As `approveDeletions`; the objects stay, and are no copies any more. */
  keepObjects: `${PREFIX}keep-objects`,
  /** On a downstream namespace: the one SyncTarget and upstream namespace that it serves (S6). */
  namespaceClaim: `${PREFIX}claimed-by`,
  /** On a downstream namespace that was let go: the claim that it had, and may have again. */
  namespaceReleased: `${PREFIX}released-by`,
  /** On a downstream namespace that the syncer created, and may remove. */
  namespaceCreated: `${PREFIX}created`,
  /** On a type that was published into a workspace: who keeps it up to date. */
  publishedBy: `${PREFIX}published-by`,
} as const;

/** Keys of the syncer never travel from an upstream object to its copy. */
export function isSyncerKey(key: string): boolean {
  return key.startsWith(PREFIX);
}

/**
 * Who owns a downstream object: a stable hash of 80 bits, as 16 lower-case letters and digits, of the logical cluster
 * *name* and the SyncTarget *name*. A SyncTarget made again goes on with the same objects; a workspace made again,
 * whose logical cluster has a new name, does not. The formula is frozen.
 */
export function ownerHash(logicalCluster: string, syncTarget: string): string {
  const digest = createHash('sha256').update(`${logicalCluster}|${syncTarget}`).digest();
  const alphabet = '0123456789abcdefghijklmnopqrstuv';
  let bits = '';
  for (const byte of digest.subarray(0, 10)) bits += byte.toString(2).padStart(8, '0');
  return (bits.match(/.{5}/g) ?? []).map((five) => alphabet.charAt(parseInt(five, 2))).join('');
}

/** The finalizer that this owner puts on upstream objects. */
export function finalizerOf(owner: string): string {
  return `${PREFIX}${owner}`;
}
