import { AdminClient, ApiFailure } from './admin-client.js';
import { eventually } from './eventually.js';
import type { KcpAccess } from './kcp-access.js';
import { kubeconfigOf } from './kubeconfig.js';
import type { CommandResult } from './command.js';
import type { KubectlOptions } from './kubectl.js';

const workspaces = { apiVersion: 'tenancy.kcp.io/v1alpha1', resource: 'workspaces' };

interface WorkspaceObject {
  readonly spec: { readonly cluster?: string };
  readonly status?: { readonly phase?: string };
}

/** A workspace that is ready, as the administrator of kcp sees it. */
export class Workspace {
  readonly admin: AdminClient;
  readonly #kcp: KcpAccess;

  constructor(
    kcp: KcpAccess,
    /** For example root:tenant. */
    readonly path: string,
    /** The name of its logical cluster; a workspace made again under the same path has another. */
    readonly logicalCluster: string,
  ) {
    this.#kcp = kcp;
    this.admin = new AdminClient(() => kcp.credentialsFor(path));
  }

  get url(): string {
    return this.#kcp.credentialsFor(this.path).server;
  }

  /** The administrator's kubeconfig with the workspace as its only context; stale after kcp restarts. */
  kubeconfig(): string {
    return kubeconfigOf({ [this.path]: this.#kcp.credentialsFor(this.path) });
  }

  /** Runs kubectl as the administrator in this workspace. */
  async kubectl(args: readonly string[], options: Omit<KubectlOptions, 'kubeconfig'> = {}): Promise<CommandResult> {
    return await this.#kcp.kubectl(args, { ...options, server: this.url });
  }

  /** Asks for the deletion and does not wait for it: finalizers in the workspace may hold it. */
  async delete(): Promise<void> {
    const { parent, name } = split(this.path);
    await this.#kcp.client(parent).delete({ ...workspaces, name });
  }

  /** Waits until the workspace is no more. */
  async gone(): Promise<void> {
    const { parent, name } = split(this.path);
    await eventually(`workspace ${this.path} is gone`, async () => {
      return (await this.#kcp.client(parent).find({ ...workspaces, name })) === undefined;
    });
  }
}

export interface WorkspaceOptions {
  /** The path of the workspace above; default root. */
  readonly parent?: string;
}

/** Makes a workspace of the type universal and waits until it serves. */
export async function createWorkspace(
  kcp: KcpAccess,
  name: string,
  { parent = 'root' }: WorkspaceOptions = {},
): Promise<Workspace> {
  const above = kcp.client(parent);
  await above.create(workspaces, {
    apiVersion: workspaces.apiVersion,
    kind: 'Workspace',
    metadata: { name },
    spec: { type: { name: 'universal', path: 'root' } },
  });
  return await existingWorkspace(kcp, `${parent}:${name}`);
}

/** Like createWorkspace, and content with one that is there. */
export async function ensureWorkspace(kcp: KcpAccess, name: string, options?: WorkspaceOptions): Promise<Workspace> {
  try {
    return await createWorkspace(kcp, name, options);
  } catch (error) {
    if (error instanceof ApiFailure && error.reason === 'AlreadyExists') {
      return await existingWorkspace(kcp, `${options?.parent ?? 'root'}:${name}`);
    }
    throw error;
  }
}

/** Waits until the workspace of that path is ready and serves. */
export async function existingWorkspace(kcp: KcpAccess, path: string): Promise<Workspace> {
  const { parent, name } = split(path);
  const logicalCluster = await eventually(`workspace ${path} is ready`, async () => {
    const { spec, status } = await kcp.client(parent).get<WorkspaceObject>({ ...workspaces, name });
    return status?.phase === 'Ready' && spec.cluster;
  });
  const workspace = new Workspace(kcp, path, logicalCluster);
  await eventually(`workspace ${path} serves`, async () => {
    return await workspace.admin.get({ apiVersion: 'v1', resource: 'namespaces', name: 'default' });
  });
  return workspace;
}

function split(path: string): { parent: string; name: string } {
  const at = path.lastIndexOf(':');
  return { parent: path.slice(0, at), name: path.slice(at + 1) };
}
