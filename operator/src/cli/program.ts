import { version } from '@kcp-syncer/syncer-runtime/base/version.js';
import { inOneLine, optionsOf } from '@kcp-syncer/syncer-runtime/cli/command-options.js';
import type { Given } from '@kcp-syncer/syncer-runtime/cli/resolve-flags.js';
import { UsageError } from '@kcp-syncer/syncer-runtime/cli/usage-error.js';
import { Command, CommanderError } from 'commander';
import { operatorFlags } from './flags.js';

/** What the command line asks for: to run, or a text. */
export type Wish = { readonly given: Given; readonly text?: never } | { readonly text: string; readonly given?: never };

/**
 * Reads a command line, without the words for node and script.
 * @throws UsageError in one line.
 */
export function readCommandLine(argv: readonly string[]): Wish {
  const printed: string[] = [];
  const wishes: Given[] = [];
  const program = new Command('syncer-operator')
    .description('Runs one syncer for each SyncerDeployment of a cluster.')
    .usage('[flags]')
    .helpOption('-h, --help', 'show this help')
    .version(version, '--version', 'show the version')
    .exitOverride()
    .configureOutput({ writeOut: (text) => printed.push(text), outputError: () => undefined })
    .action((values: Given) => {
      wishes.push(values);
    });
  for (const option of optionsOf(operatorFlags)) program.addOption(option);
  try {
    program.parse(argv, { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    if (error.exitCode !== 0) throw new UsageError(inOneLine(error.message));
  }
  return wishes[0] ? { given: wishes[0] } : { text: printed.join('') };
}
