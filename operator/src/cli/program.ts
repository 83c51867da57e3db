import { version } from '@kcp-syncer/syncer-runtime/base/version.js';
import { inOneLine, optionsOf } from '@kcp-syncer/syncer-runtime/cli/command-options.js';
import type { Given } from '@kcp-syncer/syncer-runtime/cli/resolve-flags.js';
import { UsageError } from '@kcp-syncer/syncer-runtime/cli/usage-error.js';
import { Command, CommanderError } from 'commander';
import { operatorFlags, releaseFlags } from './flags.js';

/** What the command line asks for; a text is help or the version, and all there is to do. */
export type Wish =
  { readonly kind: 'run' | 'release-all'; readonly given: Given } | { readonly kind: 'text'; readonly text: string };

/**
 * Reads a command line, without the words for node and script.
 * @throws UsageError in one line.
 */
export function readCommandLine(argv: readonly string[]): Wish {
  const printed: string[] = [];
  const wishes: Wish[] = [];
  try {
    programOf(printed, (wish) => wishes.push(wish)).parse(argv, { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    if (error.exitCode !== 0) throw new UsageError(inOneLine(error.message));
  }
  return wishes[0] ?? { kind: 'text', text: printed.join('') };
}

function programOf(printed: string[], wish: (wish: Wish) => void): Command {
  const program = new Command('syncer-operator')
    .description('Runs one syncer for each SyncerDeployment of a cluster.')
    .usage('[flags]')
    .helpOption('-h, --help', 'show this help')
    .version(version, '--version', 'show the version')
    .helpCommand('help [command]', 'show the help of a command')
    .enablePositionalOptions()
    .allowExcessArguments()
    .exitOverride()
    .configureOutput({ writeOut: (text) => printed.push(text), outputError: () => undefined })
    .action((given: Given, { args }: Command) => {
      if (args[0] !== undefined) throw new UsageError(`there is no command "${args[0]}"; there is release-all`);
      wish({ kind: 'run', given });
    });
  const release = program
    .command('release-all')
    .description('Ends all connections, before the operator is removed; it must be running.')
    .helpOption('-h, --help', 'show this help')
    .action((given: Given) => {
      wish({ kind: 'release-all', given });
    });
  for (const option of optionsOf(operatorFlags)) program.addOption(option);
  for (const option of optionsOf(releaseFlags)) release.addOption(option);
  return program;
}
