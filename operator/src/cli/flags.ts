import { dnsName, type Flag } from '@kcp-syncer/syncer-runtime/cli/flags.js';
import { filePath, integer, listOf, matching, oneOf } from '@kcp-syncer/syncer-runtime/cli/values.js';

const groups = { cluster: 'The cluster:', output: 'Logs, metrics and health:' } as const;
const port = integer({ min: 0, max: 65_535 });
const namespace = /^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/;

/** Flags of `syncer-operator`, in the order of its help. */
export const operatorFlags = {
  kubeconfig: {
    value: '<file>',
    parse: filePath,
    help: 'kubeconfig of the cluster (default: the cluster that the operator runs in)',
    group: groups.cluster,
  },
  namespace: {
    value: '<name>',
    parse: matching(namespace, 'the name of a namespace'),
    help: "the operator's own namespace, which holds its Lease and is never synced into",
    group: groups.cluster,
    default: 'kcp-syncer-system',
    env: 'POD_NAMESPACE',
  },
  watchNamespaces: {
    value: '<names>',
    parse: listOf(namespace, 'names of namespaces'),
    help: 'namespaces whose SyncerDeployments are taken (default: all)',
    group: groups.cluster,
    repeatable: true,
  },
  protectedNamespaces: {
    value: '<names>',
    parse: listOf(/^[-a-z0-9*]+$/, 'namespaces, with * as wildcard'),
    help: 'further namespaces that are never synced into',
    group: groups.cluster,
    repeatable: true,
  },
  identity: {
    value: '<name>',
    parse: matching(dnsName, 'a name of letters, digits, dashes and dots'),
    help: 'name of this replica (default: the name of the host)',
    group: groups.cluster,
    env: 'POD_NAME',
  },
  v: {
    value: '<1-4>',
    parse: integer({ min: 1, max: 4 }),
    help: "the operator's own log level; that of a syncer is spec.logVerbosity of its SyncerDeployment",
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
