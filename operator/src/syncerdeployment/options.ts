import type { readSyncerDeployment } from '@kcp-syncer/crds/syncer-deployment.js';
import { durationMs } from '@kcp-syncer/crds/duration.js';
import { syncFields } from '@kcp-syncer/crds/sync-section.js';
import type { SyncerOptions, SyncOptions } from '@kcp-syncer/syncer-runtime/engine/options.js';
import type { Verbosity } from '@kcp-syncer/syncer-runtime/observe/logger.js';
import type { Spec } from './syncer-deployment.js';

/** What the options of a syncer come from besides its SyncerDeployment's spec. */
export interface Circumstances {
  readonly syncTargetUid: string;
  readonly upstreamKubeconfig: string;
  readonly downstreamKubeconfig: string;
  readonly protectedNamespaces: readonly string[];
  readonly lease: string;
  readonly logFormat: 'text' | 'json';
}

/** The options of the syncer of one SyncerDeployment, whose spec has its defaults filled in. */
export function optionsOf(spec: Spec, { syncTargetUid, ...rest }: Circumstances): SyncerOptions {
  return {
    ...rest,
    syncTarget: { name: spec.syncTarget.name, uid: syncTargetUid },
    workspaceCluster: spec.workspace,
    workers: spec.workers ?? 2,
    resyncPeriodMs: durationMs(spec.resyncPeriod ?? '30s'),
    heartbeatPeriodMs: heartbeatPeriodMs(spec),
    qps: 0,
    burst: 0,
    sync: syncOf(spec),
    verbosity: verbosityOf(spec),
  };
}

/** In milliseconds. */
export function heartbeatPeriodMs({ heartbeatPeriod = '30s' }: Spec): number {
  return durationMs(heartbeatPeriod);
}

/** What the syncer of this SyncerDeployment logs. */
export function verbosityOf({ logVerbosity = 2 }: Spec): Verbosity {
  return logVerbosity as Verbosity;
}

/** How namespaces are named in the cluster. */
export function namespaceMappingOf(spec: Spec): SyncOptions['namespaceMapping'] {
  return syncOf(spec).namespaceMapping;
}

/** The fields that say what is synced have the same names and forms on both sides (crds/sync-section). */
function syncOf(spec: Spec): SyncOptions {
  return Object.fromEntries(syncFields.map((field) => [field, spec[field]])) as unknown as SyncOptions;
}

/** What is read of a SyncerDeployment, but for what matters first when it goes. */
export function ofSyncer({ spec, ...read }: ReturnType<typeof readSyncerDeployment>): unknown {
  return { ...read, spec: spec && { ...spec, deletionPolicy: undefined } };
}
