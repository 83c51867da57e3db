import type { Side } from '../base/sides.js';
import type { SyncerOptions } from '../engine/options.js';
import type { Verbosity } from '../observe/logger.js';
import { syncerFlags } from './flags.js';
import { noConfigFile, readConfigFile, type ConfigFile } from './config-file.js';
import { syncFlags } from './config-sections.js';
import { readKubeconfig } from './kubeconfig-file.js';
import type { KubeconfigFile } from './kubeconfig-rotation.js';
import { resolveFlags, type Environment, type FileValues, type Given } from './resolve-flags.js';
import { UsageError } from './usage-error.js';
import { filePath } from './values.js';

/** All that one run of `workload-syncer` needs to know. */
export interface SyncerSettings {
  readonly options: SyncerOptions;
  /** Where the kubeconfigs of the options came from. */
  readonly kubeconfigFiles: readonly KubeconfigFile[];
  readonly bindAddress: string;
  readonly metricsPort: number;
  readonly healthPort: number;
}

/**
 * The settings that flags, environment and file give; reads the file and the two kubeconfigs.
 * @throws UsageError
 */
export async function syncerSettings(given: Given, env: Environment): Promise<SyncerSettings> {
  const path = given['config']?.at(-1);
  const file = path === undefined ? noConfigFile() : await readConfigFile(filePath(path));
  const flags = resolveFlags(syncerFlags, { given, env, file: withSelection(file) });
  if (flags.burst > 0 && flags.qps === 0) throw new UsageError('--burst limits nothing without --qps: give both');
  if (flags.metricsPort !== 0 && flags.metricsPort === flags.healthPort) {
    throw new UsageError(`--metrics-port and --health-port are both ${flags.metricsPort}: give them different ports`);
  }
  const files = {
    upstream: await kubeconfigFile('upstream', flags.kcpKubeconfig),
    downstream: await kubeconfigFile('downstream', flags.clusterKubeconfig),
  };
  const options: SyncerOptions = {
    syncTarget: { name: flags.syncTargetName, uid: flags.syncTargetUid },
    workspaceCluster: flags.workspaceCluster,
    upstreamKubeconfig: files.upstream.text,
    downstreamKubeconfig: files.downstream.text,
    workers: flags.workers,
    resyncPeriodMs: flags.resyncPeriod,
    heartbeatPeriodMs: flags.heartbeatPeriod,
    qps: flags.qps,
    burst: flags.burst === 0 ? Math.ceil(flags.qps) : flags.burst,
    sync: {
      ...file.sync,
      resources: { include: flags.resources, exclude: flags.excludeResources ?? [] },
      namespaces: { include: flags.syncNamespaces, exclude: flags.excludeNamespaces ?? [] },
    },
    protectedNamespaces: [],
    verbosity: flags.v as Verbosity,
    logFormat: flags.logFormat,
  };
  return {
    options,
    kubeconfigFiles: Object.values(files),
    bindAddress: flags.bindAddress,
    metricsPort: flags.metricsPort,
    healthPort: flags.healthPort,
  };
}

const kubeconfigFlags: Readonly<Record<Side, string>> = {
  upstream: '--kcp-kubeconfig',
  downstream: '--cluster-kubeconfig',
};

async function kubeconfigFile(side: Side, path: string): Promise<KubeconfigFile> {
  const flag = kubeconfigFlags[side];
  return { side, flag, path, text: await readKubeconfig(flag, path) };
}

/** The lists of the section `sync` have flags too. */
function withSelection({ values, sync }: ConfigFile): FileValues {
  const lists = Object.entries(syncFlags).map(([flag, [field, part]]) => {
    return [flag, { name: `sync.${field}.${part}`, texts: sync[field][part] }] as const;
  });
  return new Map([...values, ...lists]);
}
