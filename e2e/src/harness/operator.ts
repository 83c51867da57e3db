import { join } from 'node:path';
import { runCommand } from './command.js';
import type { CommandOptions, CommandResult } from './command.js';
import { Daemon } from './daemon.js';
import { argsOf } from './syncer.js';
import type { Flags } from './syncer.js';

const launcher = join(import.meta.dirname, '..', '..', '..', 'operator', 'bin', 'syncer-operator.js');

/** Starts the built `syncer-operator`, for example with {namespace: 'kcp-syncer-system', v: 2}. */
export function startOperator(flags: Flags, env?: Readonly<Record<string, string>>): Daemon {
  return new Daemon({ command: process.execPath, args: [launcher, ...argsOf(flags)], ...(env && { env }) });
}

/** Runs `syncer-operator` to its end: `--help`, or a start that must fail. */
export async function runOperator(args: readonly string[], options?: CommandOptions): Promise<CommandResult> {
  return await runCommand(process.execPath, [launcher, ...args], options);
}
