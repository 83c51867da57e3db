import { dirname, join } from 'node:path';
import { findBinaries } from './build.js';
import { runCommand } from './command.js';
import type { CommandResult } from './command.js';

/** The folder of the chart. */
export const chartFolder = join(import.meta.dirname, '..', '..', '..', 'charts', 'kcp-syncer');

/** Runs helm against the cluster of a kubeconfig, to its end; a failure is a code here, no error. */
export async function helm(kubeconfig: string, args: readonly string[]): Promise<CommandResult> {
  const { helm: command } = await findBinaries(['helm']);
  const home = dirname(kubeconfig);
  const env = {
    KUBECONFIG: kubeconfig,
    HELM_CACHE_HOME: join(home, 'helm-cache'),
    HELM_CONFIG_HOME: join(home, 'helm-config'),
    HELM_DATA_HOME: join(home, 'helm-data'),
  };
  return await runCommand(command, args, { env });
}
