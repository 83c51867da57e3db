import { dirname, join } from 'node:path';
import { findBinaries } from './build.js';
import { runCommand } from './command.js';
import type { CommandResult } from './command.js';

export interface KubectlOptions {
  /** The path of the kubeconfig. */
  readonly kubeconfig: string;
  readonly context?: string;
  /** The URL to use in place of the kubeconfig's own, for example a workspace's. */
  readonly server?: string;
  /** What the command reads from its standard input. */
  readonly input?: string;
  readonly env?: Readonly<Record<string, string>>;
}

/** Runs kubectl to its end; a failure is a code here, no error. */
export async function kubectl(args: readonly string[], options: KubectlOptions): Promise<CommandResult> {
  const { kubeconfig, context, server, ...rest } = options;
  const { kubectl: command } = await findBinaries(['kubectl']);
  const target = [
    `--kubeconfig=${kubeconfig}`,
    // Its cache goes by host and port, which another run may have had.
    `--cache-dir=${join(dirname(kubeconfig), 'kubectl-cache')}`,
    ...(context === undefined ? [] : [`--context=${context}`]),
    ...(server === undefined ? [] : [`--server=${server}`]),
  ];
  return await runCommand(command, [...target, ...args], rest);
}
