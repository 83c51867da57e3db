import type { Clock } from '../base/clock.js';
import type { Downstream, Side, Upstream } from '../base/sides.js';
import type { FactRules } from '../informer/facts.js';
import type { PairStore } from '../informer/pair-store.js';
import type { StepRules } from '../informer/pair.js';
import type { ParkedPayloads } from '../informer/parked.js';
import type { KubeClient } from '../kube/client.js';
import type { ResourceType } from '../object/types.js';
import type { Logger } from '../observe/logger.js';
import type { Decision } from '../object/decisions.js';
import type { Recorder } from '../observe/recorder.js';
import type { UserTransform } from '../transforms/compile.js';
import type { EventSink } from './events/event.js';
import type { Evidence } from './evidence/evidence.js';
import type { DeletionGuard } from './evidence/guard.js';
import type { NamespaceMapping } from './namespace/mapping.js';
import type { NamespaceKeeper } from './namespace/keeper.js';

/** Who this syncer is. */
export interface SyncerIdentity {
  /** `ownerHash` of the two names. */
  readonly owner: string;
  readonly finalizer: string;
  readonly syncTarget: string;
  /** The workspace's path as people know it, for annotations and messages. */
  readonly workspace: string;
}

/** What the configuration says about objects that both sides have a part in. */
export interface SyncPolicy {
  /** What becomes of an object of the cluster that has the name of a new copy, and is not ours (S3). */
  readonly whenExists: 'Refuse' | 'AdoptIfEqual' | 'TakeOver';
  /** What becomes of a field that kcp owns and that somebody changed in the cluster (S22). */
  readonly drift: 'Correct' | 'Report';
  /** Nothing is written for objects on either side (S33). */
  readonly paused: boolean;
}

/** What all types of one syncer share. */
export interface SyncerContext {
  readonly identity: SyncerIdentity;
  readonly upstream: Upstream<KubeClient>;
  readonly downstream: Downstream<KubeClient>;
  /** Selects what is ours in the cluster's lists and watches. */
  readonly ownerSelector: string;
  readonly parked: ParkedPayloads;
  readonly mapping: NamespaceMapping;
  readonly namespaces: NamespaceKeeper;
  readonly guard: DeletionGuard;
  /** What humans decided about copies whose removal is held (S26). */
  readonly decisions: { of(copyUid: string | undefined): Decision | undefined };
  readonly policy: SyncPolicy;
  /** Those of the configuration, in order. */
  readonly transformations: readonly UserTransform[];
  readonly clock: Clock;
  readonly logger: Logger;
  readonly recorder: Recorder;
  /** Events in the workspace. */
  readonly events: EventSink;
  /** Namespaces of a side that are worth a try when the credentials may not read all of it. */
  candidateNamespaces(side: Side): readonly string[];
  /** Whether the SyncTarget lets objects go down that have no copy yet (S33). */
  takesNewObjects(): boolean;
  /** Throws when the downstream server is not known to be the cluster that was pinned at first contact (S7). */
  assertKnownCluster(): void;
}

/** What the reconcile of one type needs. */
export interface TypeContext extends SyncerContext {
  readonly type: ResourceType;
  /** `deployments.apps`. */
  readonly typeName: string;
  readonly gvk: string;
  readonly facts: FactRules;
  readonly rules: StepRules;
  readonly store: PairStore;
  readonly evidence: Evidence;
  /** Whether the cluster serves the type now. */
  isServedDownstream(): boolean;
  /** The cluster's complete discovery lacked the type in two looks, 30 s apart: no copy can exist (S29). */
  isGoneDownstream(): boolean;
  readonly signal: AbortSignal;
}
