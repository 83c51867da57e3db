import { hostname } from 'node:os';
import { readKubeconfig } from '@kcp-syncer/syncer-runtime/cli/kubeconfig-file.js';
import { resolveFlags, type Environment, type Given } from '@kcp-syncer/syncer-runtime/cli/resolve-flags.js';
import { UsageError } from '@kcp-syncer/syncer-runtime/cli/usage-error.js';
import type { OwnerReference } from '@kcp-syncer/syncer-runtime/object/types.js';
import type { Verbosity } from '@kcp-syncer/syncer-runtime/observe/logger.js';
import { operatorFlags } from './flags.js';
import { inClusterKubeconfig, ownServiceAccount } from './in-cluster.js';

/** All that one run of the operator needs to know. */
export interface OperatorSettings {
  readonly kubeconfig: string;
  readonly namespace: string;
  readonly identity: string;
  readonly protectedNamespaces: readonly string[];
  readonly watchNamespaces: readonly string[];
  readonly verbosity: Verbosity;
  readonly logFormat: 'text' | 'json';
  readonly metricsPort: number;
  readonly healthPort: number;
  readonly bindAddress: string;
  /** What the Lease goes with; undefined outside of a Pod. */
  readonly leaseOwner: OwnerReference | undefined;
}

/** @throws UsageError */
export async function operatorSettings(given: Given, env: Environment): Promise<OperatorSettings> {
  const { kubeconfig: path, v, identity = hostname(), ...flags } = resolveFlags(operatorFlags, { given, env });
  if (flags.metricsPort !== 0 && flags.metricsPort === flags.healthPort)
    throw new UsageError(`--metrics-port and --health-port are both ${flags.metricsPort}: give them different ports`);
  const kubeconfig = path === undefined ? inClusterKubeconfig(env) : await readKubeconfig('--kubeconfig', path);
  return {
    ...flags,
    kubeconfig,
    identity,
    leaseOwner: path === undefined ? await ownServiceAccount(flags.namespace) : undefined,
    watchNamespaces: [...new Set(flags.watchNamespaces ?? [])],
    protectedNamespaces: [flags.namespace, ...(flags.protectedNamespaces ?? [])],
    verbosity: v as Verbosity,
  };
}
