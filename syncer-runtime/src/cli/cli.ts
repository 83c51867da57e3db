import type { Writable } from 'node:stream';
import { oneLine } from '../observe/log-line.js';
import { safeErrorText } from '../tmc/safe-text.js';
import { publishFlags } from './flags.js';
import { readKubeconfig } from './kubeconfig-file.js';
import { printRbacOptions, type PrintRbacOptions } from './print-rbac-options.js';
import { readCommandLine, type Wish } from './program.js';
import { resolveFlags, type Environment } from './resolve-flags.js';
import { syncerSettings, type SyncerSettings } from './syncer-settings.js';
import type { TwoServers } from './two-clients.js';
import { UsageError } from './usage-error.js';

/** What `publish-apis` is asked to do. */
export interface PublishOptions extends TwoServers {
  /** undefined stands for the default eleven. */
  readonly resources: readonly string[] | undefined;
  readonly print: boolean;
}

export interface CliDeps {
  readonly env: Environment;
  readonly stdout: Writable;
  readonly stderr: Writable;
  /** Runs a syncer until it is asked to stop. */
  readonly sync: (settings: SyncerSettings) => Promise<void>;
  readonly publishApis: (options: PublishOptions) => Promise<void>;
  readonly printRbac: (options: PrintRbacOptions) => Promise<void>;
}

/**
 * Does what the command line asks for and gives the exit code: 0 asked to stop, 1 failed at run, 2 wrong use. Every
 * failure is one line on `stderr`.
 */
export async function runCli(argv: readonly string[], deps: CliDeps): Promise<number> {
  try {
    await fulfil(readCommandLine(argv), deps);
    return 0;
  } catch (error) {
    deps.stderr.write(`error: ${oneLine(safeErrorText(error))}\n`);
    return error instanceof UsageError ? 2 : 1;
  }
}

async function fulfil(wish: Wish, deps: CliDeps): Promise<void> {
  switch (wish.kind) {
    case 'text':
      deps.stdout.write(wish.text);
      return;
    case 'sync':
      await deps.sync(await syncerSettings(wish.given, deps.env));
      return;
    case 'publish-apis':
      await deps.publishApis(await publishOptions(wish, deps.env));
      return;
    case 'print-rbac':
      await deps.printRbac(await printRbacOptions(wish, deps.env));
  }
}

async function publishOptions(
  { given, print }: Extract<Wish, { kind: 'publish-apis' }>,
  env: Environment,
): Promise<PublishOptions> {
  const flags = resolveFlags(publishFlags, { given, env });
  return {
    workspaceCluster: flags.workspaceCluster,
    upstreamKubeconfig: await readKubeconfig('--kcp-kubeconfig', flags.kcpKubeconfig),
    downstreamKubeconfig: await readKubeconfig('--cluster-kubeconfig', flags.clusterKubeconfig),
    resources: flags.resources,
    print,
  };
}
