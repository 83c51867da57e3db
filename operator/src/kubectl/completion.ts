import { flagName } from '@kcp-syncer/syncer-runtime/cli/flags.js';
import { commands, type CommandName } from './program.js';

/** The script kubectl_complete-syncer, by which kubectl asks for completions (its contract for plugins). */
export const completionScript = `#!/bin/sh
exec kubectl syncer __complete "$@"
`;

/** No completion of file names. */
const directive = ':4';

/** What may stand in the place of the last word, one in a line, and what the shell is to do besides. */
export function complete(words: readonly string[]): string {
  const last = words.at(-1) ?? '';
  const [name] = words.slice(0, -1).filter((word) => !word.startsWith('-'));
  const candidates = name === undefined ? Object.keys(commands) : flagsOf(name);
  return `${[...candidates.filter((candidate) => candidate.startsWith(last)), directive].join('\n')}\n`;
}

function flagsOf(name: string): string[] {
  if (!Object.hasOwn(commands, name)) return [];
  const { flags, switches } = commands[name as CommandName];
  return [...Object.keys(flags).map(flagName), ...Object.keys(switches).map((key) => `--${key}`)];
}
