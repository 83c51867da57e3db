import { runCommand, type CommandOptions } from '../harness/command.js';

/** Runs a command and gives its output. @throws with what it said when it failed. */
export async function runOrFail(command: string, args: readonly string[], options?: CommandOptions): Promise<string> {
  const { code, stdout, stderr } = await runCommand(command, args, options);
  if (code !== 0) throw new Error(`${command} ${args.join(' ')} ended with ${code}: ${stderr}${stdout}`);
  return stdout;
}
