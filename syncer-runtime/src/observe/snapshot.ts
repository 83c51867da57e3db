import type { Side } from '../base/sides.js';

export type ResourceState = 'Synced' | 'Pending' | 'Draining' | 'NotPermitted' | 'Incompatible' | 'NotServed';

/** One synced (or not syncable) type, as the SyncTarget's status shows it. */
export interface ResourceSnapshot {
  readonly group: string;
  readonly resource: string;
  readonly version: string;
  /** uid of the CRD or APIBinding that serves it upstream; '' for a type that is built in. */
  readonly identity: string;
  readonly state: ResourceState;
  readonly synced: number;
  readonly pending: number;
  readonly failed: number;
  /** A sentence when the state needs one, otherwise ''. */
  readonly message: string;
  /** Whether the state makes the SyncTarget not ready: somebody named the type, or it was synced before. */
  readonly required: boolean;
  /** `apps/v1/Deployment`, where it has a controller. */
  readonly gvk?: string;
  /** Keys that wait for a worker, where it has a controller. */
  readonly backlog?: number;
}

/** An upstream object that is not in step, and why. */
export interface BlockedObject {
  readonly group: string;
  readonly resource: string;
  readonly namespace: string;
  readonly name: string;
  /** CamelCase constant of object/reasons. */
  readonly reason: string;
  readonly message: string;
  /** Wall clock, ms. */
  readonly sinceMs: number;
  /** Wall clock, ms; undefined when only a change of the object brings the next try. */
  readonly nextRetryMs?: number;
}

export interface Connectivity {
  readonly connected: boolean;
  /** The server answers, but does not accept the credentials. */
  readonly refused?: true;
  /** Wall clock, ms, of the last change of `connected` or `refused`. */
  readonly sinceMs: number;
  /** What failed last, as a sentence; '' while connected. */
  readonly message: string;
}

export interface HeldDeletions {
  /** CamelCase constant of object/reasons: held until somebody decides, or only until there is evidence. */
  readonly reason: string;
  readonly count: number;
  /** A sentence. */
  readonly cause: string;
  /** Some of them, as `deployments.apps default/nginx-app`. */
  readonly examples: readonly string[];
  /** By which a human may decide on them; undefined while it still changes which they are. */
  readonly id?: string;
}

/** A reason why the syncer as a whole is not right, besides connectivity: reason constant and sentence. */
export interface SyncerProblem {
  readonly reason: string;
  readonly message: string;
}

/** What the status reporter knows of its heartbeats. */
export interface HeartbeatState {
  /** Wall clock, ms, of the last one that was written; undefined before the first. */
  readonly lastHeartbeatMs: number | undefined;
  readonly count: number;
  readonly errors: number;
}

/** The cluster as it describes itself. */
export interface ClusterInfo {
  /** uid of its namespace kube-system (S7). */
  readonly uid: string;
  readonly version: string;
  /** Absent when nodes may not be listed, like `capacity`. */
  readonly nodes?: number;
  /** Quantities by resource, such as `cpu: '64'`: the sum of what the nodes have. */
  readonly capacity?: Readonly<Record<string, string>>;
}

/** The state of one syncer at one moment: plain data, safe to send anywhere. */
export interface SyncerSnapshot {
  readonly engineStarted: boolean;
  readonly connectivity: Readonly<Record<Side, Connectivity>>;
  readonly resources: readonly ResourceSnapshot[];
  /** Wall clock, ms, of the last finished reconcile that changed something or found all in step. */
  readonly lastSyncMs?: number;
  /** The worst ten, oldest first. */
  readonly blocked: readonly BlockedObject[];
  readonly held?: HeldDeletions;
  readonly problems: readonly SyncerProblem[];
  readonly syncCount: number;
  readonly errorCount: number;
  /** Reconciles and failures of the last five minutes. */
  readonly recent: { readonly passes: number; readonly errors: number };
  /** Keys waiting, over all types. */
  readonly backlog: number;
  /** How long ago the oldest change was seen that is not on the other side; absent when there is none. */
  readonly oldestUnsyncedMs?: number;
  /** What is selected, in words. */
  readonly selection: string;
  /** Absent before the syncer registered on its SyncTarget. */
  readonly heartbeat?: HeartbeatState;
  readonly clusterInfo?: ClusterInfo;
}
