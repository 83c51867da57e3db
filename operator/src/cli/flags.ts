import { dnsName, output, type Flag } from '@kcp-syncer/syncer-runtime/cli/flags.js';
import { filePath, listOf, matching, oneOf } from '@kcp-syncer/syncer-runtime/cli/values.js';

const group = 'The cluster:';
const namespace = /^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/;

/** Flags of `syncer-operator`, in the order of its help. */
export const operatorFlags = {
  kubeconfig: {
    value: '<file>',
    parse: filePath,
    help: 'kubeconfig of the cluster (default: the cluster that the operator runs in)',
    group,
  },
  namespace: {
    value: '<name>',
    parse: matching(namespace, 'the name of a namespace'),
    help: "the operator's own namespace, which holds its Lease and is never synced into",
    group,
    default: 'kcp-syncer-system',
    env: 'POD_NAMESPACE',
  },
  watchNamespaces: {
    value: '<names>',
    parse: listOf(namespace, 'names of namespaces'),
    help: 'namespaces whose SyncerDeployments are taken (default: all)',
    group,
    repeatable: true,
  },
  protectedNamespaces: {
    value: '<names>',
    parse: listOf(/^[-a-z0-9*]+$/, 'namespaces, with * as wildcard'),
    help: 'further namespaces that are never synced into',
    group,
    repeatable: true,
  },
  identity: {
    value: '<name>',
    parse: matching(dnsName, 'a name of letters, digits, dashes and dots'),
    help: 'name of this replica (default: the name of the host)',
    group,
    env: 'POD_NAME',
  },
  ...output,
  v: {
    ...output.v,
    help: "the operator's own log level; that of a syncer is spec.logVerbosity of its SyncerDeployment",
  },
} as const satisfies Readonly<Record<string, Flag<unknown>>>;

/** Flags of `syncer-operator release-all`. */
export const releaseFlags = {
  kubeconfig: operatorFlags.kubeconfig,
  policy: {
    value: '<policy>',
    parse: oneOf('Release', 'Refuse'),
    help: 'Release: delete all SyncerDeployments, their objects stay; Refuse: fail while there are any',
    group,
    default: 'Release',
  },
} as const satisfies Readonly<Record<string, Flag<unknown>>>;
