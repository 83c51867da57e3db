import type { LabelSelector } from '../select/label-selector.js';
import type { Selection } from '../select/selection.js';
import type { Transformation } from '../transforms/transformation.js';
import type { Verbosity } from '../observe/logger.js';
import type { SyncPolicy } from '../sync/context.js';
import type { GuardLimits } from '../sync/evidence/guard.js';
import type { NamespaceMappingRules } from '../sync/namespace/mapping.js';
import type { NamespaceTemplate } from '../sync/namespace/template.js';

/** What one syncer is to do: plain data, so that it can cross to another thread. Durations in milliseconds. */
export interface SyncerOptions {
  readonly syncTarget: { readonly name: string; readonly uid: string };
  /** Logical cluster path or name of the workspace. */
  readonly workspaceCluster: string;
  readonly upstreamKubeconfig: string;
  readonly downstreamKubeconfig: string;
  /** Reconciles in flight at once, per type. */
  readonly workers: number;
  readonly resyncPeriodMs: number;
  readonly heartbeatPeriodMs: number;
  /** Requests per second and burst, for each side; 0 is no limit of ours. */
  readonly qps: number;
  readonly burst: number;
  readonly sync: SyncOptions;
  /** Downstream namespaces that are never written, besides `kube-*`. */
  readonly protectedNamespaces: readonly string[];
  /**
   * A name under which only the holder of a Lease runs this syncer, at most 54 characters: one of that name which did not
   * stop in order is not waited for (S20, S36).
   */
  readonly lease?: string;
  readonly verbosity: Verbosity;
  readonly logFormat: 'text' | 'json';
}

/**
 * What is synced, and how: the fields of a SyncerDeployment's spec that say so, under their names and with their
 * defaults filled in (crds/syncerdeployment.yaml).
 */
export interface SyncOptions extends SyncPolicy {
  /** Type patterns such as `deployments.apps`, `*.example.com`, `*`. */
  readonly resources: Selection;
  /** Namespace names, with `*` as wildcard. */
  readonly namespaces: Selection;
  /** Labels that an object has to have in the workspace. */
  readonly objectSelector: LabelSelector;
  readonly namespaceMapping: NamespaceMappingRules & {
    /** Downstream namespaces that existed before and may be used; wildcards. */
    readonly useExisting: readonly string[];
    readonly template: NamespaceTemplate;
  };
  /** What is changed on copies on their way down, in this order. */
  readonly transformations: readonly Transformation[];
  /** How many objects may go that nobody asked for one by one (S26). */
  readonly deletionGuard: GuardLimits;
}
