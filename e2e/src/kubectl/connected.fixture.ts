import type { Ref } from '../harness/admin-client.js';
import type { CommandResult } from '../harness/command.js';
import { kubectlSyncer } from '../harness/kubectl-syncer.js';
import { uniqueName } from '../harness/shared.js';
import { createWorkspace, type Workspace } from '../harness/workspace.js';
import { operatorWorld, syncerDeployments, type World } from '../operator/operator.fixture.js';

/** Rights of an operator on the types that `connect` publishes: those of the fixture's operator do not reach so far. */
const publishedTypes = [
  {
    apiGroups: ['', 'apps', 'batch', 'networking.k8s.io', 'autoscaling', 'policy'],
    resources: [
      'persistentvolumeclaims',
      'serviceaccounts',
      'statefulsets',
      'daemonsets',
      'jobs',
      'cronjobs',
      'ingresses',
      'networkpolicies',
      'horizontalpodautoscalers',
      'poddisruptionbudgets',
    ],
    verbs: ['get', 'list', 'watch', 'create', 'patch', 'delete'],
  },
];

/** A cluster with an operator, and `kubectl syncer` as the administrator of both sides. */
export class Desk {
  readonly identityWorkspace = `root:${uniqueName('accounts')}`;

  constructor(readonly world: World) {}

  get clusterFlags(): string[] {
    return [`--kubeconfig=${this.world.servers.cluster.kubeconfigPath}`];
  }

  get kcpFlags(): string[] {
    return [`--kcp-kubeconfig=${this.world.servers.kcp.kubeconfigPath}`];
  }

  /** A command on the operator's namespace. */
  async run(command: string, ...args: string[]): Promise<CommandResult> {
    return await kubectlSyncer([command, ...args, `--namespace=${this.world.namespace}`, ...this.clusterFlags]);
  }

  async connect(workspace: Workspace, ...args: string[]): Promise<CommandResult> {
    const identity = `--identity-workspace=${this.identityWorkspace}`;
    return await this.run('connect', workspace.path, identity, ...this.kcpFlags, ...args);
  }

  async workspace(): Promise<Workspace> {
    return await createWorkspace(this.world.servers.kcp, uniqueName('tenant'));
  }

  deployment(workspace: Workspace): Ref {
    return { ...syncerDeployments, namespace: this.world.namespace, name: nameOf(workspace) };
  }

  secret(workspace: Workspace): Ref {
    return { apiVersion: 'v1', resource: 'secrets', namespace: this.world.namespace, name: `${nameOf(workspace)}-kcp` };
  }

  /** The token that the operator has for the workspace. */
  async kubeconfig(workspace: Workspace): Promise<{ readonly text: string; readonly token: string }> {
    const { data } = await this.world.down.get<{ data: { kubeconfig: string } }>(this.secret(workspace));
    const text = Buffer.from(data.kubeconfig, 'base64').toString();
    const { users } = JSON.parse(text) as { users: { user: { token: string } }[] };
    return { text, token: users[0]?.user.token ?? '' };
  }
}

export function nameOf(workspace: Workspace): string {
  return workspace.path.split(':').at(-1) ?? '';
}

/** A desk whose operator does not run yet. */
export async function desk(): Promise<Desk> {
  return new Desk(await operatorWorld(publishedTypes));
}
