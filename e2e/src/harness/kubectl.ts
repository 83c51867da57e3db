import { execFile } from 'node:child_process';
import { dirname, join } from 'node:path';
import { findBinaries } from './build.js';

export interface KubectlOptions {
  /** The path of the kubeconfig. */
  readonly kubeconfig: string;
  readonly context?: string;
  /** The URL to use in place of the kubeconfig's own, for example a workspace's. */
  readonly server?: string;
  /** What the command reads from its standard input. */
  readonly input?: string;
}

export interface CommandResult {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

const maxOutputBytes = 64 * 1024 * 1024;

/** Runs kubectl to its end; a failure is a code here, no error. */
export async function kubectl(args: readonly string[], options: KubectlOptions): Promise<CommandResult> {
  const { kubeconfig, context, server, input } = options;
  const { kubectl: command } = await findBinaries(['kubectl']);
  const target = [
    `--kubeconfig=${kubeconfig}`,
    // Its cache goes by host and port, which another run may have had.
    `--cache-dir=${join(dirname(kubeconfig), 'kubectl-cache')}`,
    ...(context === undefined ? [] : [`--context=${context}`]),
    ...(server === undefined ? [] : [`--server=${server}`]),
  ];
  return await runCommand(command, [...args, ...target], input);
}

async function runCommand(command: string, args: readonly string[], input = ''): Promise<CommandResult> {
  return await new Promise((resolve, reject) => {
    const child = execFile(command, args, { maxBuffer: maxOutputBytes }, (error, stdout, stderr) => {
      if (error !== null && typeof error.code !== 'number') reject(new Error(`${command}: ${error.message}`));
      else resolve({ code: typeof error?.code === 'number' ? error.code : 0, stdout, stderr });
    });
    child.stdin?.on('error', () => undefined);
    child.stdin?.end(input);
  });
}
