import { resolveFlags, type Environment } from '@kcp-syncer/syncer-runtime/cli/resolve-flags.js';
import { UsageError } from '@kcp-syncer/syncer-runtime/cli/usage-error.js';
import { clusterChoice, kcpChoice } from '../contexts.js';
import type { ContextChoice } from '../ends.js';
import { disconnectFlags, workspacePath } from '../flags.js';
import type { Place } from '../manifests.js';
import type { CommandWish } from '../program.js';

/** What `disconnect` is asked to do. */
export interface DisconnectOptions extends Place {
  readonly cluster: ContextChoice;
  /** undefined: nothing is taken back in kcp. */
  readonly kcp: ContextChoice | undefined;
  readonly timeoutMs: number;
  readonly yes: boolean;
}

/** What `disconnect --release` is asked to do. */
export interface ReleaseOptions {
  readonly workspace: string;
  readonly kcp: ContextChoice;
  readonly timeoutMs: number;
  readonly yes: boolean;
}

/** @throws UsageError */
export async function disconnectOptions(
  { args, given, switches }: CommandWish,
  env: Environment,
): Promise<DisconnectOptions> {
  const flags = resolveFlags(disconnectFlags, { given, env });
  return {
    namespace: flags.namespace,
    name: args[0] ?? '',
    cluster: await clusterChoice(flags),
    kcp: flags.kcpKubeconfig === undefined ? undefined : await kcpChoice(flags),
    timeoutMs: flags.timeout,
    yes: switches.has('yes'),
  };
}

/** @throws UsageError */
export async function releaseOptions(
  { args, given, switches }: CommandWish,
  env: Environment,
): Promise<ReleaseOptions> {
  const flags = resolveFlags(disconnectFlags, { given, env });
  const [workspace = ''] = args;
  if (!workspacePath.test(workspace))
    throw new UsageError(`--release takes the path of a workspace, such as root:team-a, and "${workspace}" is none`);
  return { workspace, kcp: await kcpChoice(flags), timeoutMs: flags.timeout, yes: switches.has('yes') };
}
