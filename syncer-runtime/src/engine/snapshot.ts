import type { TypeController } from '../controller/type-controller.js';
import { reasons } from '../object/reasons.js';
import type { RollingCount } from '../observe/rolling-count.js';
import type {
  Connectivity,
  HeartbeatState,
  ResourceSnapshot,
  SyncerProblem,
  SyncerSnapshot,
} from '../observe/snapshot.js';
import type { Selection } from '../select/selection.js';
import { selectionInWords } from '../select/words.js';
import { withNeeds } from '../synctarget/needs.js';
import { blockedObjects, heldDeletions, heldUids, oldestUnsyncedAt } from './census.js';
import type { ClusterIdentity } from './cluster-identity.js';
import type { SyncerOptions } from './options.js';
import { resourceSnapshots } from './resource-snapshots.js';
import type { RunningSyncer } from './running-syncer.js';
import { unresolvedNamespaces } from './unresolved-namespaces.js';

export interface SnapshotParts {
  readonly options: SyncerOptions;
  readonly running: RunningSyncer | undefined;
  readonly cluster: ClusterIdentity | undefined;
  readonly counts: RollingCount;
  readonly heartbeat: HeartbeatState | undefined;
  /** Wall clock. */
  readonly nowMs: number;
  /** The same on the monotonic clock. */
  readonly monotonicMs: number;
}

/** The state of the syncer at this moment. */
export function snapshotOf(parts: SnapshotParts): SyncerSnapshot {
  const { running, counts, cluster, heartbeat } = parts;
  const { passes, errors } = counts.sum();
  const base = {
    syncCount: counts.total.passes,
    errorCount: counts.total.errors,
    recent: { passes, errors },
    selection: selectionInWords(parts.options.sync),
    ...(heartbeat && { heartbeat }),
    ...(cluster && { clusterInfo: { ...cluster, ...running?.nodes.totals } }),
  };
  if (!running) return { ...base, ...beforeStart(parts.nowMs) };
  const controllers = [...running.types.controllers()];
  const held = heldDeletions(controllers) ?? (running.isListed ? undefined : running.storedHold);
  const heldId = running.decisions.idOf(heldUids(controllers));
  return {
    ...base,
    ...oldestOf(controllers, parts.monotonicMs),
    engineStarted: running.types.started,
    connectivity: {
      upstream: running.connectivity.state('upstream'),
      downstream: running.connectivity.state('downstream'),
    },
    resources: [
      ...resourcesOf(running, parts.options.sync.resources),
      ...unresolvedNamespaces(running, parts.options.sync.namespaces),
    ],
    ...(counts.lastMs !== undefined && { lastSyncMs: counts.lastMs }),
    blocked: blockedObjects(controllers, running.cleaner.kept()),
    ...(held && { held: { ...held, ...(heldId !== undefined && { id: heldId }) } }),
    problems: problemsOf(running, parts.options.sync.paused),
    backlog: controllers.reduce((sum, { queue }) => sum + queue.length, 0),
  };
}

function oldestOf(controllers: readonly TypeController[], nowMs: number): Pick<SyncerSnapshot, 'oldestUnsyncedMs'> {
  const oldestAt = oldestUnsyncedAt(controllers);
  return oldestAt === undefined ? {} : { oldestUnsyncedMs: nowMs - oldestAt };
}

/** The types that are synced, and what the workspace relies on besides. */
function resourcesOf({ types, stored, syncTarget }: RunningSyncer, selection: Selection): ResourceSnapshot[] {
  const resources = resourceSnapshots(types.values(), { stored, selection, started: types.started });
  return types.served ? withNeeds(resources, syncTarget, types.served) : resources;
}

function beforeStart(nowMs: number): Omit<SyncerSnapshot, 'syncCount' | 'errorCount' | 'recent' | 'selection'> {
  const unknown: Connectivity = { connected: false, sinceMs: nowMs, message: '' };
  return {
    engineStarted: false,
    connectivity: { upstream: unknown, downstream: unknown },
    resources: [],
    blocked: [],
    problems: [],
    backlog: 0,
  };
}

function problemsOf({ connectivity }: RunningSyncer, paused: boolean): SyncerProblem[] {
  const problems: SyncerProblem[] = [];
  const cluster = connectivity.changedIdentity('downstream');
  if (cluster !== undefined)
    problems.push({ reason: reasons.ClusterChanged, message: `Nothing is written: ${cluster}` });
  const workspace = connectivity.changedIdentity('upstream');
  if (workspace !== undefined)
    problems.push({ reason: reasons.WorkspaceChanged, message: `Nothing is written: ${workspace}` });
  if (paused)
    problems.push({
      reason: reasons.Paused,
      message: 'Nothing is written or deleted: the configuration pauses the syncer (paused: true)',
    });
  return problems;
}
