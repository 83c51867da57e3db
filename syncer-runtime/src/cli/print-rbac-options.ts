import type { AccessRequest } from '../access/minimal-roles.js';
import type { SyncedType } from '../access/rule.js';
import { namedTypes } from '../access/synced-types.js';
import type { Side } from '../base/sides.js';
import type { Selection } from '../select/selection.js';
import { rbacFlags } from './rbac-flags.js';
import { readKubeconfig } from './kubeconfig-file.js';
import type { RbacSwitches } from './program.js';
import { resolveFlags, type Environment, type Given, type Settings } from './resolve-flags.js';
import type { TwoServers } from './two-clients.js';
import { UsageError } from './usage-error.js';

/** What `print-rbac` is asked to do. */
export interface PrintRbacOptions {
  /** Known already, or what is selected of what two servers serve. */
  readonly types: readonly SyncedType[] | { readonly selection: Selection; readonly servers: TwoServers };
  readonly access: Omit<AccessRequest, 'types'>;
  readonly sides: readonly Side[];
}

type Flags = Settings<typeof rbacFlags>;

/**
 * What flags ask for; reads the kubeconfigs, if they are given.
 * @throws UsageError
 */
export async function printRbacOptions(
  { given, ...switches }: { readonly given: Given } & RbacSwitches,
  env: Environment,
): Promise<PrintRbacOptions> {
  const flags = resolveFlags(rbacFlags, { given, env });
  if (switches.namespaced && switches.removesNamespaces)
    throw new UsageError('--remove-namespaces does not go with --namespaced: nobody but the cluster gives that right');
  return {
    types: await typesOf(flags),
    access: {
      syncTarget: flags.syncTargetName,
      roleName: flags.roleName ?? `kcp-syncer-${flags.syncTargetName}`,
      users: { upstream: flags.kcpUser, downstream: flags.clusterUser },
      removesNamespaces: switches.removesNamespaces,
      ...(switches.namespaced && { namespaces: namespacesOf(flags) }),
    },
    sides: sides[flags.side],
  };
}

const sides = { both: ['upstream', 'downstream'], kcp: ['upstream'], cluster: ['downstream'] } as const;

function namespacesOf({ syncNamespaces, excludeNamespaces = [] }: Flags): string[] {
  if ([...syncNamespaces, ...excludeNamespaces].some((name) => name.includes('*')))
    throw new UsageError('--namespaced takes the names of the namespaces in --sync-namespaces, without *');
  return syncNamespaces.filter((name) => !excludeNamespaces.includes(name));
}

async function typesOf(flags: Flags): Promise<PrintRbacOptions['types']> {
  const selection = { include: flags.resources, exclude: flags.excludeResources ?? [] };
  const servers = await serversOf(flags);
  if (servers) return { selection, servers };
  try {
    return namedTypes(selection);
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
}

async function serversOf({
  workspaceCluster,
  kcpKubeconfig,
  clusterKubeconfig,
}: Flags): Promise<TwoServers | undefined> {
  const given = [workspaceCluster, kcpKubeconfig, clusterKubeconfig].filter((flag) => flag !== undefined);
  if (given.length === 0) return undefined;
  if (workspaceCluster === undefined || kcpKubeconfig === undefined || clusterKubeconfig === undefined)
    throw new UsageError(
      '--workspace-cluster, --kcp-kubeconfig and --cluster-kubeconfig go together: give all or none',
    );
  return {
    workspaceCluster,
    upstreamKubeconfig: await readKubeconfig('--kcp-kubeconfig', kcpKubeconfig),
    downstreamKubeconfig: await readKubeconfig('--cluster-kubeconfig', clusterKubeconfig),
  };
}
