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
  readonly logFormat: 'text' | 'json';
}

/** The options of the syncer of one SyncerDeployment, whose spec has its defaults filled in. */
export function optionsOf(spec: Spec, { syncTargetUid, ...rest }: Circumstances): SyncerOptions {
  const { workers = 2, resyncPeriod = '30s', heartbeatPeriod = '30s', logVerbosity = 2 } = spec;
  return {
    ...rest,
    syncTarget: { name: spec.syncTarget.name, uid: syncTargetUid },
    workspaceCluster: spec.workspace,
    workers,
    resyncPeriodMs: durationMs(resyncPeriod),
    heartbeatPeriodMs: durationMs(heartbeatPeriod),
    qps: 0,
    burst: 0,
    sync: syncOf(spec),
    verbosity: logVerbosity as Verbosity,
  };
}

/** The fields that say what is synced have the same names and forms on both sides (crds/sync-section). */
function syncOf(spec: Spec): SyncOptions {
  return Object.fromEntries(syncFields.map((field) => [field, spec[field]])) as unknown as SyncOptions;
}
