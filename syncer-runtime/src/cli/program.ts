import { Command, CommanderError, Option } from 'commander';
import { version } from '../base/version.js';
import { flagName, publishFlags, syncerFlags, type Flag } from './flags.js';
import type { Given } from './resolve-flags.js';
import { UsageError } from './usage-error.js';

/** What the command line asks for. */
export type Wish =
  | { readonly kind: 'sync'; readonly given: Given }
  | { readonly kind: 'publish-apis'; readonly given: Given; readonly print: boolean }
  /** Help or version: the text is all there is to do. */
  | { readonly kind: 'text'; readonly text: string };

const example = `
Example:
  workload-syncer --sync-target-name=my-cluster \\
    --sync-target-uid=$(kubectl get synctarget my-cluster -o jsonpath='{.metadata.uid}') \\
    --workspace-cluster=root:my-workspace \\
    --kcp-kubeconfig=~/.kcp/admin.kubeconfig --cluster-kubeconfig=~/.kube/config --v=2

Durations are written as 30s, 1m30s, 500ms. A flag beats its environment variable, which beats the default.
Exit codes: 0 asked to stop, 1 failed at run, 2 wrong use. SIGTERM stops in order, a second one at once.`;

/**
 * Reads a command line, without the words for node and script.
 * @throws UsageError in one line; an unknown flag comes with the nearest known one.
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
  const program = new Command('workload-syncer')
    .description('Keeps the workloads of one kcp workspace and one cluster in step.')
    .usage('[flags]')
    .helpOption('-h, --help', 'show this help')
    .version(version, '--version', 'show the version')
    .helpCommand('help [command]', 'show the help of a command')
    .enablePositionalOptions()
    .allowExcessArguments()
    .exitOverride()
    .configureOutput({ writeOut: (text) => printed.push(text), outputError: () => undefined })
    .addHelpText('after', example)
    .action((values: Given, { args }: Command) => {
      if (args[0] !== undefined)
        throw new UsageError(`there is no command "${args[0]}"; the one there is: publish-apis`);
      wish({ kind: 'sync', given: values });
    });
  for (const option of optionsOf(syncerFlags)) program.addOption(option);
  program
    .command('publish-apis')
    .description(
      'Makes a workspace serve workload types (Deployments, Services, …) and SyncTargets; nothing is removed.',
    )
    .helpOption('-h, --help', 'show this help')
    .addOption(new Option('--print', 'print the manifests instead; kcp is not written').helpGroup('Output:'))
    .action(({ print, ...values }: Given & { print?: true }) => {
      wish({ kind: 'publish-apis', given: values, print: print === true });
    });
  for (const option of optionsOf(publishFlags)) program.commands[0]?.addOption(option);
  return program;
}

function optionsOf(table: Readonly<Record<string, Flag<unknown>>>): Option[] {
  return Object.entries(table).map(([key, flag]) =>
    new Option(`${flagName(key)} ${flag.value}`, describe(flag))
      .helpGroup(flag.group)
      .argParser((text: string, before: readonly string[] | undefined) => [...(before ?? []), text]),
  );
}

function describe(flag: Flag<unknown>): string {
  const notes = [
    ...(flag.default === undefined ? [] : [`default: ${flag.default}`]),
    ...(flag.env === undefined ? [] : [`env: ${flag.env}`]),
  ];
  return notes.length === 0 ? flag.help : `${flag.help} (${notes.join(', ')})`;
}

/** Commander says `error: unknown option '--wokers'\n(Did you mean --workers?)`. */
function inOneLine(message: string): string {
  return message.replace(/^error: /, '').replace(/\s*\n\s*/g, ' ');
}
