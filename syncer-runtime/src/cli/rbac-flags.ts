import { dnsName, ends, groups, selection, type Flag } from './flags.js';
import { matching, oneOf } from './values.js';

const headings = {
  servers: 'To find out which types both sides serve (all three or none):',
  manifests: 'The manifests:',
} as const;

/** Asking the servers is optional here. */
function optional<T>({ value, parse, help }: Flag<T>): Omit<Flag<T>, 'required' | 'default'> {
  return { value, parse, help, group: headings.servers };
}

const user = matching(/^[-A-Za-z0-9_.:@]{1,512}$/, 'a user name, such as system:serviceaccount:syncers:team-a');

/** Flags of `workload-syncer print-rbac`, besides its switches. */
export const rbacFlags = {
  syncTargetName: ends.syncTargetName,
  kcpUser: {
    value: '<user>',
    parse: user,
    help: 'user name of the syncer in kcp; of a ServiceAccount system:kcp:serviceaccount:<its logical cluster>:<namespace>:<name>',
    group: groups.ends,
    required: true,
  },
  clusterUser: {
    value: '<user>',
    parse: user,
    help: 'user name of the syncer in the cluster; of a ServiceAccount system:serviceaccount:<namespace>:<name>',
    group: groups.ends,
    required: true,
  },
  ...selection,
  workspaceCluster: optional(ends.workspaceCluster),
  kcpKubeconfig: optional(ends.kcpKubeconfig),
  clusterKubeconfig: optional(ends.clusterKubeconfig),
  side: {
    value: '<side>',
    parse: oneOf('both', 'kcp', 'cluster'),
    help: 'for which side: kcp, cluster or both',
    group: headings.manifests,
    default: 'both',
  },
  roleName: {
    value: '<name>',
    parse: matching(dnsName, 'the name of a role, such as kcp-syncer'),
    help: 'name of the roles and bindings (default: kcp-syncer-<SyncTarget>)',
    group: headings.manifests,
  },
} as const satisfies Readonly<Record<string, Flag<unknown>>>;
