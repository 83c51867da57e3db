import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { AdminClient, Ref } from './admin-client.js';
import type { ControlPlane } from './control-plane.js';
import type { KcpAccess } from './kcp-access.js';
import { kubeconfigOf } from './kubeconfig.js';
import type { Credentials } from './kubeconfig.js';
import type { Workspace } from './workspace.js';

/** A rule of a ClusterRole. */
export interface Rule {
  readonly apiGroups?: readonly string[];
  readonly resources?: readonly string[];
  readonly resourceNames?: readonly string[];
  readonly nonResourceURLs?: readonly string[];
  readonly verbs: readonly string[];
}

export interface AccountOptions {
  readonly name: string;
  /** All that the account may do, cluster-wide or in the whole workspace. */
  readonly rules: readonly Rule[];
  /** How long its token lives; default a day, at least 600. */
  readonly expirationSeconds?: number;
}

/** Where the account is, where its rights are, and under what name they are given. */
interface Places {
  readonly home: AdminClient;
  readonly rights: AdminClient;
  readonly boundUser: string;
  readonly server: Pick<Credentials, 'server' | 'ca'>;
  readonly kubeconfigPath: string;
}

const namespace = 'syncer-accounts';
const rbac = 'rbac.authorization.k8s.io';
const dayS = 86_400;

/** A ServiceAccount with a ClusterRole of its own and a kubeconfig: what a syncer runs as. */
export class Account {
  readonly #places: Places;
  readonly #options: AccountOptions;

  constructor(places: Places, options: AccountOptions) {
    this.#places = places;
    this.#options = options;
  }

  get name(): string {
    return this.#options.name;
  }

  /** As the audit log names it. */
  get user(): string {
    return `system:serviceaccount:${namespace}:${this.#options.name}`;
  }

  /** As roles where it has rights know it. */
  get boundUser(): string {
    return this.#places.boundUser;
  }

  get kubeconfigPath(): string {
    return this.#places.kubeconfigPath;
  }

  /** Makes the ServiceAccount if it is missing and writes the kubeconfig with a new token. */
  async renew(): Promise<void> {
    const { home, server, kubeconfigPath } = this.#places;
    await home.apply({ apiVersion: 'v1', resource: 'namespaces', name: namespace }, { kind: 'Namespace' });
    await home.apply(this.#ref(), { kind: 'ServiceAccount' });
    const expirationSeconds = this.#options.expirationSeconds ?? dayS;
    const { status } = await home.create<{ status: { token: string } }>(
      { ...this.#ref(), subresource: 'token' },
      { apiVersion: 'authentication.k8s.io/v1', kind: 'TokenRequest', spec: { expirationSeconds } },
    );
    writeFileSync(kubeconfigPath, kubeconfigOf({ [this.#options.name]: { ...server, token: status.token } }));
  }

  /** Deletes the ServiceAccount: its token is refused about ten seconds later, when the server's cache has forgotten it. */
  async revoke(): Promise<void> {
    await this.#places.home.delete(this.#ref());
  }

  /** Gives the account the rights it was made with. */
  async allow(): Promise<void> {
    const { rights, boundUser } = this.#places;
    const { name, rules } = this.#options;
    const roleRef = { apiGroup: rbac, kind: 'ClusterRole', name };
    const subjects = [{ apiGroup: rbac, kind: 'User', name: boundUser }];
    await rights.apply({ apiVersion: `${rbac}/v1`, resource: 'clusterroles', name }, { kind: 'ClusterRole', rules });
    await rights.apply(this.#binding(), { kind: 'ClusterRoleBinding', roleRef, subjects });
  }

  /** Takes all rights away; the next request is refused, open watches are not. */
  async forbid(): Promise<void> {
    await this.#places.rights.delete(this.#binding());
  }

  #ref(): Ref {
    return { apiVersion: 'v1', resource: 'serviceaccounts', namespace, name: this.#options.name };
  }

  #binding(): Ref {
    return { apiVersion: `${rbac}/v1`, resource: 'clusterrolebindings', name: this.#options.name };
  }
}

/** Makes an account in the cluster. */
export async function clusterAccount(cluster: ControlPlane, options: AccountOptions): Promise<Account> {
  const boundUser = `system:serviceaccount:${namespace}:${options.name}`;
  const kubeconfigPath = join(cluster.folder, `${options.name}.kubeconfig`);
  const server = cluster.credentials();
  return await ready({ home: cluster.admin, rights: cluster.admin, boundUser, server, kubeconfigPath }, options);
}

export interface WorkspaceAccountOptions extends AccountOptions {
  /** The workspace that the account may use. */
  readonly workspace: Workspace;
  /** The workspace that the account lives in, so that it survives the other's deletion. */
  readonly identity: Workspace;
}

/** Makes an account in one workspace with rights in another; its kubeconfig leads to the latter. */
export async function workspaceAccount(kcp: KcpAccess, options: WorkspaceAccountOptions): Promise<Account> {
  const { workspace, identity, name } = options;
  const places: Places = {
    home: identity.admin,
    rights: workspace.admin,
    boundUser: `system:kcp:serviceaccount:${identity.logicalCluster}:${namespace}:${name}`,
    server: kcp.credentialsFor(workspace.path),
    kubeconfigPath: join(kcp.folder, `${name}.kubeconfig`),
  };
  const entry: Rule = { nonResourceURLs: ['/'], verbs: ['access'] };
  return await ready(places, { ...options, rules: [entry, ...options.rules] });
}

async function ready(places: Places, options: AccountOptions): Promise<Account> {
  const account = new Account(places, options);
  await account.renew();
  await account.allow();
  return account;
}
