import { dnsName, selection, type Flag } from '@kcp-syncer/syncer-runtime/cli/flags.js';
import { duration, filePath, matching, oneOf } from '@kcp-syncer/syncer-runtime/cli/values.js';

const groups = {
  cluster: 'The cluster:',
  kcp: 'kcp:',
  sync: 'What is synced:',
  output: 'Output:',
} as const;

const namespaceName = /^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/;
export const workspacePath = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(:[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/;

/** The two flags of kubectl that say which cluster. */
const cluster = {
  kubeconfig: {
    value: '<file>',
    parse: matching(/^[^]+$/, 'the path of a file'),
    help: 'kubeconfig of the cluster (default: ~/.kube/config)',
    group: groups.cluster,
    env: 'KUBECONFIG',
  },
  context: {
    value: '<name>',
    parse: matching(/^[^]{1,512}$/, 'the name of a context'),
    help: 'context of that kubeconfig (default: its current one)',
    group: groups.cluster,
  },
} as const satisfies Readonly<Record<string, Flag<unknown>>>;

const ofDeployments = {
  ...cluster,
  namespace: {
    value: '<name>',
    parse: matching(namespaceName, 'the name of a namespace'),
    help: 'namespace of the SyncerDeployment',
    group: groups.cluster,
    default: 'kcp-syncer-system',
  },
} as const satisfies Readonly<Record<string, Flag<unknown>>>;

const kcp = {
  kcpKubeconfig: {
    value: '<file>',
    parse: filePath,
    help: 'kubeconfig of an administrator of kcp, any workspace of it',
    group: groups.kcp,
  },
  kcpContext: {
    value: '<name>',
    parse: matching(/^[^]{1,512}$/, 'the name of a context'),
    help: 'context of that kubeconfig (default: its current one)',
    group: groups.kcp,
  },
} as const satisfies Readonly<Record<string, Flag<unknown>>>;

const identityWorkspace = {
  value: '<path>',
  parse: matching(workspacePath, 'the path of a workspace, such as root:kcp-syncers'),
  help: 'workspace that holds the accounts of syncers; created if it is missing',
  group: groups.kcp,
  default: 'root:kcp-syncers',
} as const satisfies Flag<string>;

const output = {
  output: { value: '<format>', parse: oneOf('json', 'yaml'), help: 'json or yaml', group: groups.output },
} as const satisfies Readonly<Record<string, Flag<unknown>>>;

const timeout = {
  value: '<duration>',
  parse: duration({ min: 1_000, max: 3_600_000 }),
  help: 'how long to wait',
  group: groups.output,
  default: '2m',
} as const satisfies Flag<number>;

/** Without a default: what is not given is not written. */
function optional<T>({ value, parse, help }: Flag<T>): Omit<Flag<T>, 'required' | 'default' | 'repeatable'> & {
  readonly repeatable: true;
} {
  return { value, parse, help, group: groups.sync, repeatable: true };
}

export const connectFlags = {
  ...ofDeployments,
  ...kcp,
  identityWorkspace,
  kcpServer: {
    value: '<url>',
    parse: matching(/^https:\/\/[^\s/@?#]+(\/[^\s@?#]*)?$/, 'an https:// URL'),
    help: 'address of kcp as Pods of the cluster reach it (default: that of the kubeconfig)',
    group: groups.kcp,
  },
  name: {
    value: '<name>',
    parse: matching(dnsName, 'a name of lower-case letters, digits, dashes and dots'),
    help: 'name of the SyncerDeployment (default: the last part of the workspace)',
    group: groups.cluster,
  },
  syncTargetName: {
    value: '<name>',
    parse: matching(dnsName, 'the name of a SyncTarget, such as my-cluster'),
    help: "SyncTarget that stands for the cluster in the workspace (default: cluster- and the begin of the cluster's uid)",
    group: groups.kcp,
  },
  prefix: {
    value: '<text>',
    parse: matching(/^[a-z0-9][-a-z0-9]{0,39}$/, 'lower-case letters, digits and dashes, at most 40'),
    help: 'what is put before the names of namespaces in the cluster; never changed later (default: they stay as they are)',
    group: groups.sync,
  },
  useExisting: {
    value: '<names>',
    parse: selection.syncNamespaces.parse,
    help: 'namespaces that are in the cluster already and may be used, with * as wildcard',
    group: groups.sync,
    repeatable: true,
  },
  whenExists: {
    value: '<policy>',
    parse: oneOf('Refuse', 'AdoptIfEqual', 'TakeOver'),
    help: 'what is done with an object of the cluster that has the name of one that is to be synced (default: Refuse)',
    group: groups.sync,
  },
  resources: optional(selection.resources),
  excludeResources: optional(selection.excludeResources),
  syncNamespaces: optional(selection.syncNamespaces),
  excludeNamespaces: optional(selection.excludeNamespaces),
  ...output,
  timeout: { ...timeout, help: 'how long --wait waits' },
} as const satisfies Readonly<Record<string, Flag<unknown>>>;

export const disconnectFlags = {
  ...ofDeployments,
  ...kcp,
  timeout: { ...timeout, help: 'how long to wait for the SyncerDeployment to go', default: '10m' },
} as const satisfies Readonly<Record<string, Flag<unknown>>>;

export const decisionFlags = {
  ...ofDeployments,
  id: {
    value: '<id>',
    parse: matching(/^\w{1,64}$/, 'the id of held deletions'),
    help: 'decide only if this is what is held, as the condition DeletionsAllowed shows it',
    group: groups.sync,
  },
  timeout: { ...timeout, help: 'how long to wait until it is carried out' },
} as const satisfies Readonly<Record<string, Flag<unknown>>>;

export const statusFlags = { ...ofDeployments, ...output } as const satisfies Readonly<Record<string, Flag<unknown>>>;

export const exportFlags = {
  ...cluster,
  namespace: {
    value: '<name>',
    parse: matching(namespaceName, 'the name of a namespace'),
    help: 'namespace whose workloads are written out (required)',
    group: groups.cluster,
  },
  resources: optional(selection.resources),
  excludeResources: optional(selection.excludeResources),
  ...output,
} as const satisfies Readonly<Record<string, Flag<unknown>>>;

export const versionFlags = output;
