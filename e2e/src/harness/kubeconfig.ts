import { parse, stringify } from 'yaml';

/** What it takes to talk to one server as one user. */
export interface Credentials {
  /** The server's URL; a workspace's ends with /clusters/<path>. */
  readonly server: string;
  /** PEM. */
  readonly ca: string;
  readonly token: string;
}

interface Kubeconfig {
  readonly 'current-context': string;
  readonly contexts: readonly { name: string; context: { cluster: string; user: string } }[];
  readonly clusters: readonly { name: string; cluster: { server: string; 'certificate-authority-data': string } }[];
  readonly users: readonly { name: string; user: { token: string } }[];
}

/**
 * Reads one context (default: the current one) of a kubeconfig with inline data and a token, as kcp writes it and
 * `kubeconfigOf` makes it.
 * @throws when the context, its cluster or its user is missing.
 */
export function credentialsOf(kubeconfig: string, context?: string): Credentials {
  const config = parse(kubeconfig) as Kubeconfig;
  const wanted = named(config.contexts, context ?? config['current-context'], 'context').context;
  const { cluster } = named(config.clusters, wanted.cluster, 'cluster');
  const { user } = named(config.users, wanted.user, 'user');
  return {
    server: cluster.server,
    ca: Buffer.from(cluster['certificate-authority-data'], 'base64').toString(),
    token: user.token,
  };
}

function named<T extends { name: string }>(list: readonly T[], name: string, kind: string): T {
  const found = list.find((entry) => entry.name === name);
  if (found === undefined) throw new Error(`the kubeconfig has no ${kind} ${name}`);
  return found;
}

/** A kubeconfig with one context for each entry, the first being the current one. */
export function kubeconfigOf(contexts: Readonly<Record<string, Credentials>>): string {
  const entries = Object.entries(contexts);
  const config: Kubeconfig & { apiVersion: string; kind: string } = {
    apiVersion: 'v1',
    kind: 'Config',
    'current-context': entries[0]?.[0] ?? '',
    contexts: entries.map(([name]) => ({ name, context: { cluster: name, user: name } })),
    clusters: entries.map(([name, { server, ca }]) => ({
      name,
      cluster: { server, 'certificate-authority-data': Buffer.from(ca).toString('base64') },
    })),
    users: entries.map(([name, { token }]) => ({ name, user: { token } })),
  };
  return stringify(config);
}
