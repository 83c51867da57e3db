import { inOneLine, optionsOf } from '@kcp-syncer/syncer-runtime/cli/command-options.js';
import { flagName, type Flag } from '@kcp-syncer/syncer-runtime/cli/flags.js';
import type { Given } from '@kcp-syncer/syncer-runtime/cli/resolve-flags.js';
import { UsageError } from '@kcp-syncer/syncer-runtime/cli/usage-error.js';
import { Command, CommanderError, Option } from 'commander';
import { connectFlags, decisionFlags, disconnectFlags, exportFlags, statusFlags, versionFlags } from './flags.js';

export type CommandName =
  'connect' | 'disconnect' | 'status' | 'approve-deletions' | 'keep-objects' | 'export' | 'version' | 'completion';

/** One command, as it was given. */
export interface CommandWish {
  readonly kind: 'command';
  readonly name: CommandName;
  readonly args: readonly string[];
  readonly given: Given;
  /** Flags without a value that were given. */
  readonly switches: ReadonlySet<string>;
}

/** What the command line asks for. */
export type Wish =
  | CommandWish
  /** Help: the text is all there is to do. */
  | { readonly kind: 'text'; readonly text: string };

interface CommandPlan {
  readonly args: string;
  readonly help: string;
  readonly flags: Readonly<Record<string, Flag<unknown>>>;
  readonly switches: Readonly<Record<string, string>>;
}

const yes = 'do not ask';

/** All commands, in the order of the help. */
export const commands: Readonly<Record<CommandName, CommandPlan>> = {
  connect: {
    args: '<workspace>',
    help: 'Connects a workspace with the cluster: prepares both sides and makes the SyncerDeployment.',
    flags: connectFlags,
    switches: {
      yes,
      print: 'print the manifests of both sides, without a token, and write nothing',
      wait: 'wait until the SyncerDeployment is Ready, or say why it is not',
      renew: 'put a new token into the Secret also where the present one is good',
    },
  },
  disconnect: {
    args: '<name>',
    help: 'Deletes a SyncerDeployment, waits until its objects are let go, and takes rights, account and Secret back.',
    flags: disconnectFlags,
    switches: {
      yes,
      release: 'NAME is a workspace that hangs in its deletion: take the finalizers of syncers off everything in it',
    },
  },
  status: {
    args: '[name]',
    help: 'Shows the SyncerDeployments, what is wrong with them, and the objects that are blocked.',
    flags: statusFlags,
    switches: { 'all-namespaces': 'those of all namespaces' },
  },
  'approve-deletions': {
    args: '<name>',
    help: 'Lets a SyncerDeployment carry out the deletions that it holds.',
    flags: decisionFlags,
    switches: { yes },
  },
  'keep-objects': {
    args: '<name>',
    help: 'Keeps the objects whose deletion a SyncerDeployment holds; they follow the workspace no more.',
    flags: decisionFlags,
    switches: { yes },
  },
  export: {
    args: '',
    help: 'Writes the workloads of a namespace as manifests for a workspace.',
    flags: exportFlags,
    switches: { 'include-secrets': 'Secrets too, with their values' },
  },
  version: { args: '', help: 'Shows the version.', flags: versionFlags, switches: {} },
  completion: {
    args: '',
    help: 'Prints the script kubectl_complete-syncer, which completes these commands: put it on the PATH.',
    flags: {},
    switches: {},
  },
};

const shorts: Readonly<Record<string, string>> = {
  '--namespace': '-n',
  '--output': '-o',
  '--yes': '-y',
  '--all-namespaces': '-A',
};

/**
 * Reads a command line, without the words for node and script.
 * @throws UsageError in one line; an unknown flag comes with the nearest known one.
 */
export function readCommandLine(argv: readonly string[]): Wish {
  const printed: string[] = [];
  const wishes: Wish[] = [];
  try {
    programOf(printed, (wish) => wishes.push(wish)).parse(argv.length === 0 ? ['--help'] : argv, { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    if (error.exitCode !== 0) throw new UsageError(inOneLine(error.message));
  }
  return wishes[0] ?? { kind: 'text', text: printed.join('') };
}

function programOf(printed: string[], wish: (wish: Wish) => void): Command {
  const program = new Command('kubectl syncer')
    .description('Connects kcp workspaces with clusters.')
    .usage('<command> [flags]')
    .helpOption('-h, --help', 'show this help')
    .helpCommand('help [command]', 'show the help of a command')
    .exitOverride()
    .configureOutput({ writeOut: (text) => printed.push(text), outputError: () => undefined })
    .addHelpText('after', '\nExit codes: 0 done, 1 failed, 2 wrong use.');
  for (const name of Object.keys(commands) as CommandName[]) addCommand(program, name, wish);
  return program;
}

function addCommand(program: Command, name: CommandName, wish: (wish: Wish) => void): void {
  const { args, help, flags, switches } = commands[name];
  const command = program.command(name).description(help).helpOption('-h, --help', 'show this help');
  if (args !== '') command.argument(args);
  for (const option of [...optionsOf(flags), ...switchesOf(switches)]) command.addOption(withShort(option));
  command.action(() => {
    const values = command.opts<Record<string, true | readonly string[]>>();
    const isSwitch = (entry: [string, unknown]): entry is [string, true] => entry[1] === true;
    const entries = Object.entries(values);
    wish({
      kind: 'command',
      name,
      args: command.args,
      given: Object.fromEntries(entries.filter((entry) => !isSwitch(entry))) as Given,
      switches: new Set(entries.filter(isSwitch).map(([key]) => flagName(key).slice(2))),
    });
  });
}

function switchesOf(switches: CommandPlan['switches']): Option[] {
  return Object.entries(switches).map(([name, help]) => new Option(`--${name}`, help).helpGroup('Output:'));
}

/** The letters that kubectl has for it. */
function withShort(option: Option): Option {
  const short = shorts[option.long ?? ''];
  if (short === undefined) return option;
  option.short = short;
  option.flags = `${short}, ${option.flags}`;
  return option;
}
