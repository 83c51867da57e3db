import type { Selection } from '@kcp-syncer/syncer-runtime/select/selection.js';
import { resolveFlags, type Environment } from '@kcp-syncer/syncer-runtime/cli/resolve-flags.js';
import { UsageError } from '@kcp-syncer/syncer-runtime/cli/usage-error.js';
import { clusterChoice, kcpChoice } from '../contexts.js';
import type { ContextChoice } from '../ends.js';
import { connectFlags, workspacePath } from '../flags.js';
import type { CommandWish } from '../program.js';

/** What `connect` is asked to do. */
export interface ConnectOptions {
  readonly workspace: string;
  readonly cluster: ContextChoice;
  readonly kcp: ContextChoice;
  readonly identityWorkspace: string;
  readonly kcpServer: string | undefined;
  readonly namespace: string;
  readonly name: string;
  /** undefined: named after the cluster. */
  readonly syncTargetName: string | undefined;
  /** Fields of the spec that flags give. */
  readonly spec: Readonly<Record<string, unknown>>;
  readonly resources: Selection;
  readonly namespaces: Selection;
  readonly output: 'json' | 'yaml' | undefined;
  readonly timeoutMs: number;
  readonly yes: boolean;
  readonly print: boolean;
  readonly wait: boolean;
  readonly renew: boolean;
}

/** @throws UsageError */
export async function connectOptions(
  { args, given, switches }: CommandWish,
  env: Environment,
): Promise<ConnectOptions> {
  const flags = resolveFlags(connectFlags, { given, env });
  const [workspace = ''] = args;
  if (!workspacePath.test(workspace))
    throw new UsageError(`"${workspace}" is not the path of a workspace, such as root:team-a`);
  const resources = lists(flags.resources, flags.excludeResources);
  const namespaces = lists(flags.syncNamespaces, flags.excludeNamespaces);
  return {
    workspace,
    cluster: await clusterChoice(flags),
    kcp: await kcpChoice(flags),
    identityWorkspace: flags.identityWorkspace,
    kcpServer: flags.kcpServer,
    namespace: flags.namespace,
    name: flags.name ?? workspace.split(':').at(-1) ?? '',
    syncTargetName: flags.syncTargetName,
    spec: {
      ...(resources && { resources }),
      ...(namespaces && { namespaces }),
      ...mappingOf(flags),
      ...(flags.whenExists !== undefined && { whenExists: flags.whenExists }),
    },
    resources: { include: ['*'], exclude: [], ...resources },
    namespaces: { include: ['*'], exclude: [], ...namespaces },
    output: flags.output,
    timeoutMs: flags.timeout,
    yes: switches.has('yes'),
    print: switches.has('print'),
    wait: switches.has('wait'),
    renew: switches.has('renew'),
  };
}

function mappingOf({
  prefix,
  useExisting,
}: {
  readonly prefix: string | undefined;
  readonly useExisting: readonly string[] | undefined;
}): { readonly namespaceMapping?: object } {
  if (prefix === undefined && !useExisting) return {};
  return {
    namespaceMapping: {
      ...(prefix !== undefined && { strategy: 'Prefix', prefix }),
      ...(useExisting && { useExisting }),
    },
  };
}

/** undefined where no flag says anything: then the fields stay as they are. */
function lists(
  include: readonly string[] | undefined,
  exclude: readonly string[] | undefined,
): Partial<Selection> | undefined {
  if (!include && !exclude) return undefined;
  return { ...(include && { include }), ...(exclude && { exclude }) };
}
