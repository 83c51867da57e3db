import type {
  SyncTargetStatus,
  SyncTargetStatusBlockedItem as BlockedItem,
  SyncTargetStatusResourcesItem as ResourcesItem,
  SyncTargetStatusResourceSyncStatus as ResourceSyncStatus,
} from '@kcp-syncer/crds/generated/synctarget.js';
import { toTimestamp } from '../base/clock.js';
import { typeName } from '../object/types.js';
import type { BlockedObject, ClusterInfo, ResourceSnapshot, SyncerSnapshot } from '../observe/snapshot.js';
import { conditionsOf } from './conditions.js';
import { fit } from './fit.js';
import type { Claimant } from './holder.js';

/** Of the schema: what is longer would have the server refuse the whole status. */
const MAX_RESOURCES = 1000;
const MAX_BLOCKED = 10;
const MAX_CAPACITY = 64;
/** The server stores no object of more than 1.5 MiB, and keeps its own record of every field beside it. */
const MAX_MESSAGE_BYTES = 256 * 1024;
const length = {
  type: 317,
  version: 63,
  identity: 128,
  message: 512,
  group: 253,
  resource: 63,
  namespace: 63,
  name: 253,
  reason: 128,
};
const SELECTION_LENGTH = 2048;
const CLUSTER_VERSION_LENGTH = 64;
const QUANTITY_LENGTH = 64;

export interface StatusInput {
  readonly snapshot: SyncerSnapshot;
  readonly claimant: Claimant;
  /** Number of this heartbeat, and of those that failed. */
  readonly heartbeat: { readonly count: number; readonly errors: number };
  readonly heartbeatPeriodMs: number;
  /** The generation of the SyncTarget that the snapshot takes into account. */
  readonly generation: number;
  /** As it is stored: what the syncer does not know yet after a start is kept from it. */
  readonly previous: SyncTargetStatus;
  readonly stopped: boolean;
  /** Wall clock. */
  readonly nowMs: number;
}

/** The whole status of the SyncTarget. Whatever the snapshot holds, the result fits the schema. */
export function statusOf(input: StatusInput): SyncTargetStatus {
  const { snapshot, previous, generation, nowMs } = input;
  const now = toTimestamp(nowMs);
  const clusterInfo = snapshot.clusterInfo ? clusterInfoOf(snapshot.clusterInfo) : previous.clusterInfo;
  return {
    observedGeneration: generation,
    syncerIdentifier: input.claimant.syncerIdentifier,
    // Without it the SyncTarget may be claimed at once.
    ...(!input.stopped && { syncerInstance: input.claimant.syncerInstance }),
    lastHeartbeatTime: now,
    heartbeat: { count: input.heartbeat.count, lastHeartbeat: now, errors: input.heartbeat.errors },
    resourceSyncStatus: countsOf(snapshot, previous.resourceSyncStatus),
    resources: resourcesOf(snapshot, previous.resources ?? []),
    blocked: blockedOf(snapshot.blocked),
    ...(snapshot.selection !== '' && { selection: fit(snapshot.selection, SELECTION_LENGTH) }),
    ...(clusterInfo && { clusterInfo }),
    conditions: conditionsOf({ ...input, previous: previous.conditions ?? [] }),
  };
}

function countsOf(
  { resources, lastSyncMs }: SyncerSnapshot,
  previous: ResourceSyncStatus | undefined,
): ResourceSyncStatus {
  const syncedResources = sum(resources.map((one) => one.synced));
  const pendingResources = sum(resources.map((one) => one.pending));
  const failedResources = sum(resources.map((one) => one.failed));
  const totalResources = syncedResources + pendingResources + failedResources;
  const lastSyncTime = lastSyncMs === undefined ? previous?.lastSyncTime : toTimestamp(lastSyncMs);
  return {
    totalResources,
    syncedResources,
    pendingResources,
    failedResources,
    ...(lastSyncTime !== undefined && { lastSyncTime }),
  };
}

/**
 * One entry for each resource, by name. Until the engine has started, an entry that it has not come to yet stays as it
 * was stored: a crash in between must not lose the identities that deletions are judged by (S25), nor what is drained.
 */
function resourcesOf({ resources, engineStarted }: SyncerSnapshot, stored: readonly ResourcesItem[]): ResourcesItem[] {
  const known = new Map((engineStarted ? [] : stored).map((item) => [item.resource, item]));
  for (const resource of resources) known.set(fit(typeName(resource), length.type), resourceItem(resource));
  // When there are too many, those go that nothing depends on.
  const kept = [...known.values()].sort((a, b) => weight(b) - weight(a)).slice(0, MAX_RESOURCES);
  return affordable(kept.sort((a, b) => (a.resource < b.resource ? -1 : 1)));
}

/** Without those messages for which there is no room any more. */
function affordable(items: readonly ResourcesItem[]): ResourcesItem[] {
  let bytes = 0;
  return items.map(({ message, ...item }) => {
    bytes += Buffer.byteLength(message ?? '');
    return message === undefined || bytes > MAX_MESSAGE_BYTES ? item : { ...item, message };
  });
}

function weight(item: ResourcesItem): number {
  return (item.synced ?? 0) + (item.pending ?? 0) + (item.failed ?? 0) > 0 ? 2 : Number(Boolean(item.identity));
}

function resourceItem(resource: ResourceSnapshot): ResourcesItem {
  const { synced, pending, failed, state, message } = resource;
  return {
    resource: fit(typeName(resource), length.type),
    version: fit(resource.version, length.version),
    identity: fit(resource.identity, length.identity),
    state,
    synced,
    pending,
    failed,
    ...(message !== '' && { message: fit(message, length.message) }),
  };
}

function blockedOf(blocked: readonly BlockedObject[]): BlockedItem[] {
  const oldestFirst = [...blocked].sort((a, b) => a.sinceMs - b.sinceMs);
  const items = oldestFirst.map(blockedItem);
  // The list is a map to the server: the same object twice would be refused.
  const unique = new Map(items.map((item) => [[item.group, item.resource, item.namespace, item.name].join('/'), item]));
  return [...unique.values()].slice(0, MAX_BLOCKED);
}

function blockedItem(object: BlockedObject): BlockedItem {
  return {
    group: fit(object.group, length.group),
    resource: fit(object.resource, length.resource),
    namespace: fit(object.namespace, length.namespace),
    name: fit(object.name, length.name),
    reason: fit(object.reason, length.reason),
    message: fit(object.message, length.message),
    sinceTime: toTimestamp(object.sinceMs),
    ...(object.nextRetryMs !== undefined && { nextRetryTime: toTimestamp(object.nextRetryMs) }),
  };
}

function clusterInfoOf({ uid, version, nodes, capacity }: ClusterInfo): NonNullable<SyncTargetStatus['clusterInfo']> {
  const entries = Object.entries(capacity ?? {}).filter(([, quantity]) => quantity.length <= QUANTITY_LENGTH);
  return {
    uid: fit(uid, length.identity),
    version: fit(version, CLUSTER_VERSION_LENGTH),
    ...(nodes !== undefined && { nodes }),
    ...(capacity && { capacity: Object.fromEntries(entries.slice(0, MAX_CAPACITY)) }),
  };
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
