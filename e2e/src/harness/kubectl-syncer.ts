import { join } from 'node:path';
import { runCommand } from './command.js';
import type { CommandOptions, CommandResult } from './command.js';

/** The folder with the launchers of the operator package. */
const launchers = join(import.meta.dirname, '..', '..', '..', 'operator', 'bin');

/** A launcher, by the name of its command. */
export function launcherOf(command: 'kubectl-syncer' | 'kubectl_complete-syncer'): string {
  return join(launchers, `${command}.js`);
}

/** Runs the built `kubectl-syncer` to its end; there is no terminal. */
export async function kubectlSyncer(args: readonly string[], options?: CommandOptions): Promise<CommandResult> {
  return await runCommand(process.execPath, [launcherOf('kubectl-syncer'), ...args], options);
}
