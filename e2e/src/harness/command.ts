import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { spawnSupervised } from './supervised.js';

export interface CommandOptions {
  /** What the command reads from its standard input; default nothing. */
  readonly input?: string;
  readonly cwd?: string;
  /** Variables beside our own. */
  readonly env?: Readonly<Record<string, string>>;
}

export interface CommandResult {
  /** 128 when a signal ended it. */
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a command to its end; a failure is a code here, 127 where there is no such command. */
export async function runCommand(
  command: string,
  args: readonly string[],
  options: CommandOptions = {},
): Promise<CommandResult> {
  const { child, exit } = spawnSupervised({ command, args, ...options });
  const closed = once(child, 'close');
  if (child.stdout === null || child.stderr === null) throw new Error(`${command} has no pipes`);
  const [stdout, stderr] = await Promise.all([text(child.stdout), text(child.stderr)]);
  await closed;
  return { code: (await exit).code ?? 128, stdout, stderr };
}
