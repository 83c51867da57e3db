import { Command, CommanderError, Option } from 'commander';
import { version } from '../base/version.js';
import { inOneLine, optionsOf } from './command-options.js';
import { publishFlags, syncerFlags } from './flags.js';
import { rbacFlags } from './rbac-flags.js';
import type { Given } from './resolve-flags.js';
import { UsageError } from './usage-error.js';

/** What the command line asks for. */
export type Wish =
  | { readonly kind: 'sync'; readonly given: Given }
  | { readonly kind: 'publish-apis'; readonly given: Given; readonly print: boolean }
  | ({ readonly kind: 'print-rbac'; readonly given: Given } & RbacSwitches)
  /** Help or version: the text is all there is to do. */
  | { readonly kind: 'text'; readonly text: string };

/** Flags of `print-rbac` without a value. */
export interface RbacSwitches {
  readonly namespaced: boolean;
  readonly removesNamespaces: boolean;
}

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
        throw new UsageError(`there is no command "${args[0]}"; there are publish-apis and print-rbac`);
      wish({ kind: 'sync', given: values });
    });
  for (const option of optionsOf(syncerFlags)) program.addOption(option);
  addPublishApis(program, wish);
  addPrintRbac(program, wish);
  return program;
}

function addPublishApis(program: Command, wish: (wish: Wish) => void): void {
  const command = program
    .command('publish-apis')
    .description(
      'Makes a workspace serve workload types (Deployments, Services, …) and SyncTargets; nothing is removed.',
    )
    .helpOption('-h, --help', 'show this help')
    .addOption(new Option('--print', 'print the manifests instead; kcp is not written').helpGroup('Output:'))
    .action(({ print, ...values }: Given & { print?: true }) => {
      wish({ kind: 'publish-apis', given: values, print: print === true });
    });
  for (const option of optionsOf(publishFlags)) command.addOption(option);
}

function addPrintRbac(program: Command, wish: (wish: Wish) => void): void {
  const command = program
    .command('print-rbac')
    .description('Prints the least rights that a syncer needs on both sides, as YAML; nothing is written.')
    .helpOption('-h, --help', 'show this help')
    .action(({ namespaced, removeNamespaces, ...given }: Given & { namespaced?: true; removeNamespaces?: true }) => {
      wish({
        kind: 'print-rbac',
        given,
        namespaced: namespaced === true,
        removesNamespaces: removeNamespaces === true,
      });
    });
  for (const option of [...optionsOf(rbacFlags), ...rbacSwitches()]) command.addOption(option);
}

function rbacSwitches(): Option[] {
  const namespaced = 'rights on objects in the namespaces of --sync-namespaces only; they must exist in the cluster';
  const removes = 'also remove namespaces that the syncer made; it must then be able to list whatever could be in them';
  return [new Option('--namespaced', namespaced), new Option('--remove-namespaces', removes)].map((option) =>
    option.helpGroup('The manifests:'),
  );
}
