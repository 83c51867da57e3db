import type { syncerFlags } from './flags.js';

type FlagKey = Exclude<keyof typeof syncerFlags, 'config'>;

/** Flags whose values come from the section `sync` of a file, by their path in it. */
export const syncFlags = {
  resources: ['resources', 'include'],
  excludeResources: ['resources', 'exclude'],
  syncNamespaces: ['namespaces', 'include'],
  excludeNamespaces: ['namespaces', 'exclude'],
} as const satisfies Partial<Record<FlagKey, readonly [string, string]>>;

const sections = {
  syncTarget: ['syncTargetName', 'syncTargetUid', 'workspaceCluster'],
  kubeconfig: ['kcpKubeconfig', 'clusterKubeconfig'],
  performance: ['workers', 'resyncPeriod', 'heartbeatPeriod', 'qps', 'burst'],
  logging: ['v', 'logFormat'],
  metrics: ['metricsPort'],
  health: ['healthPort', 'bindAddress'],
} as const satisfies Record<string, readonly Exclude<FlagKey, keyof typeof syncFlags>[]>;

/** The other sections of a file of settings, with the flags that each takes. */
export const settingsSections: ReadonlyMap<string, readonly string[]> = new Map(Object.entries(sections));
