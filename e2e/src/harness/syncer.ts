import { join } from 'node:path';
import { runCommand } from './command.js';
import type { CommandOptions, CommandResult } from './command.js';
import { Daemon } from './daemon.js';

const launcher = join(import.meta.dirname, '..', '..', '..', 'syncer-runtime', 'bin', 'workload-syncer.js');

/** Flags by name without dashes; true stands for a flag without a value. */
export type Flags = Readonly<Record<string, string | number | true>>;

export interface SyncerOptions {
  readonly flags: Flags;
  readonly env?: Readonly<Record<string, string>>;
}

/** Starts the built `workload-syncer`, for example with {'sync-target-name': 'my-cluster', v: 2}. */
export function startSyncer({ flags, env }: SyncerOptions): Daemon {
  return new Daemon({ command: process.execPath, args: [launcher, ...argsOf(flags)], ...(env && { env }) });
}

/** Runs `workload-syncer` to its end, for example one of its subcommands or one that must fail. */
export async function runSyncer(args: readonly string[], options?: CommandOptions): Promise<CommandResult> {
  return await runCommand(process.execPath, [launcher, ...args], options);
}

/** Flags as a command line has them. */
export function argsOf(flags: Flags): string[] {
  return Object.entries(flags).map(([name, value]) => (value === true ? `--${name}` : `--${name}=${value}`));
}
