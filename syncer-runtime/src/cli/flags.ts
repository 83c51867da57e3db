import { decimal, duration, filePath, integer, listOf, matching, oneOf, type Parse } from './values.js';

/** One flag of the command line. Its name is the kebab-case form of its key in the table. */
export interface Flag<T> {
  /** What stands for the value in the help. */
  readonly value: string;
  readonly parse: Parse<T>;
  readonly help: string;
  readonly group: string;
  readonly required?: true;
  /** As a user would write it; for a required flag there is none. */
  readonly default?: string;
  /** Environment variable that is used where the flag is not. */
  readonly env?: string;
  /** A list: given several times, the entries add up. */
  readonly repeatable?: true;
}

/** Headings of the help. */
export const groups = {
  file: 'All of it in a file:',
  ends: 'The two ends (required):',
  selection: 'What is synced:',
  pace: 'Pace:',
  output: 'Logs, metrics and health:',
} as const;

const label = '[a-z0-9]([-a-z0-9]*[a-z0-9])?';
export const dnsName = new RegExp(`^(?=.{1,253}$)${label}(\\.${label})*$`);
const logicalCluster = new RegExp(`^${label}(:${label})*$`);
const namespacePattern = /^[-a-z0-9*]+$/;
const typePattern = /^(\*|(\*\.)?[-a-z0-9]+(\.[-a-z0-9]+)*|([-a-z0-9.]+\/)?v[a-z0-9]+\/[-a-z0-9]+)$/;
const types = listOf(typePattern, 'types such as deployments.apps, services, *.example.com or apps/v1/deployments');
const namespaces = listOf(namespacePattern, 'namespaces, with * as wildcard');
const port = integer({ min: 0, max: 65_535 });
const second = 1_000;
const minute = 60 * second;

/** Where and for whom. */
export const ends = {
  syncTargetName: {
    value: '<name>',
    parse: matching(dnsName, 'the name of a SyncTarget, such as my-cluster'),
    help: 'SyncTarget in the workspace that stands for the cluster',
    group: groups.ends,
    required: true,
  },
  syncTargetUid: {
    value: '<uid>',
    parse: matching(/^[-A-Za-z0-9]{1,64}$/, 'the metadata.uid of the SyncTarget'),
    help: 'its metadata.uid; another one is refused',
    group: groups.ends,
    required: true,
  },
  workspaceCluster: {
    value: '<path>',
    parse: matching(logicalCluster, 'a logical cluster path or name, such as root:my-workspace'),
    help: 'logical cluster path or name of the workspace',
    group: groups.ends,
    required: true,
  },
  kcpKubeconfig: {
    value: '<file>',
    parse: filePath,
    help: 'kubeconfig of kcp, any workspace of it',
    group: groups.ends,
    required: true,
  },
  clusterKubeconfig: {
    value: '<file>',
    parse: filePath,
    help: 'kubeconfig of the cluster',
    group: groups.ends,
    required: true,
  },
} as const satisfies Readonly<Record<string, Flag<unknown>>>;

/** What is synced. */
export const selection = {
  resources: {
    value: '<types>',
    parse: types,
    help: 'types to sync, such as deployments.apps,services,*.example.com',
    group: groups.selection,
    default: '*',
    repeatable: true,
  },
  excludeResources: {
    value: '<types>',
    parse: types,
    help: 'types not to sync',
    group: groups.selection,
    repeatable: true,
  },
  syncNamespaces: {
    value: '<names>',
    parse: namespaces,
    help: 'namespaces of the workspace to sync, with * as wildcard',
    group: groups.selection,
    default: '*',
    repeatable: true,
  },
  excludeNamespaces: {
    value: '<names>',
    parse: namespaces,
    help: 'namespaces of the workspace not to sync',
    group: groups.selection,
    repeatable: true,
  },
} as const satisfies Readonly<Record<string, Flag<unknown>>>;

const pace = {
  workers: {
    value: '<n>',
    parse: integer({ min: 1, max: 64 }),
    help: 'objects of a type worked on at once, 1 to 64',
    group: groups.pace,
    default: '2',
    env: 'SYNCER_WORKERS',
  },
  resyncPeriod: {
    value: '<duration>',
    parse: duration({ min: second, max: 24 * 60 * minute }),
    help: 'how often everything is compared again, in memory',
    group: groups.pace,
    default: '30s',
    env: 'SYNCER_RESYNC_PERIOD',
  },
  heartbeatPeriod: {
    value: '<duration>',
    parse: duration({ min: second, max: 5 * minute }),
    help: 'how often the SyncTarget hears from the syncer',
    group: groups.pace,
    default: '30s',
    env: 'SYNCER_HEARTBEAT_PERIOD',
  },
  qps: {
    value: '<n>',
    parse: decimal({ min: 0, max: 100_000 }),
    help: 'requests per second to each side; 0 is no limit of ours',
    group: groups.pace,
    default: '0',
  },
  burst: {
    value: '<n>',
    parse: integer({ min: 0, max: 100_000 }),
    help: 'requests that may exceed --qps at once; 0 is as many as --qps',
    group: groups.pace,
    default: '0',
  },
} as const satisfies Readonly<Record<string, Flag<unknown>>>;

/** What a process tells of itself. */
export const output = {
  v: {
    value: '<1-4>',
    parse: integer({ min: 1, max: 4 }),
    help: 'log level: 1 operational, 2 one line per sync, 3 detailed events, 4 debug',
    group: groups.output,
    default: '2',
    env: 'SYNCER_LOG_LEVEL',
  },
  logFormat: {
    value: '<format>',
    parse: oneOf('text', 'json'),
    help: 'text or json, to standard output',
    group: groups.output,
    default: 'text',
  },
  metricsPort: {
    value: '<port>',
    parse: port,
    help: 'port of /metrics; 0 is off',
    group: groups.output,
    default: '8080',
    env: 'SYNCER_METRICS_PORT',
  },
  healthPort: {
    value: '<port>',
    parse: port,
    help: 'port of /healthz, /readyz, /livez and /health; 0 is off',
    group: groups.output,
    default: '8081',
    env: 'SYNCER_HEALTH_PORT',
  },
  bindAddress: {
    value: '<address>',
    parse: matching(/^[0-9A-Za-z:.%-]{1,253}$/, 'an IP address or host name of this machine'),
    help: 'address of both ports',
    group: groups.output,
    default: '127.0.0.1',
  },
} as const satisfies Readonly<Record<string, Flag<unknown>>>;

const config = {
  value: '<file>',
  parse: filePath,
  help: 'file of settings (YAML); flags and environment variables beat it',
  group: groups.file,
} as const satisfies Flag<string>;

/** Flags of `workload-syncer` itself, in the order of its help. */
export const syncerFlags = { config, ...ends, ...selection, ...pace, ...output } as const;

/** Flags of `workload-syncer publish-apis`. */
export const publishFlags = {
  workspaceCluster: ends.workspaceCluster,
  kcpKubeconfig: ends.kcpKubeconfig,
  clusterKubeconfig: ends.clusterKubeconfig,
  resources: {
    value: '<types>',
    parse: types,
    help: 'types to publish (default: eleven workload types)',
    group: groups.selection,
    repeatable: true,
  },
} as const satisfies Readonly<Record<string, Flag<unknown>>>;

/** `syncTargetName` → `--sync-target-name`. */
export function flagName(key: string): string {
  return `--${key.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
}
