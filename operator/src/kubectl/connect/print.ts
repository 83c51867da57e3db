import { stringify } from 'yaml';
import { accountRef, accountsNamespace, userOf } from '../../credentials/account.js';
import { managedLabel } from '../../credentials/managed-secret.js';
import { deploymentManifest } from './deployment.js';
import type { ConnectOptions } from './options.js';
import type { Plan } from './plan.js';
import type { Io } from '../io.js';
import { accountManifest, namespaceManifest, secretRef, type Manifest } from '../manifests.js';
import { renewalManifests, roleManifests } from './rights.js';
import { inWorkspace, logicalClusterOf, workspaceExists } from '../workspaces.js';

/** `connect --print`: what `connect` would write, for `kubectl apply`; no token is made. */
export async function printManifests(options: ConnectOptions, plan: Plan, io: Io): Promise<void> {
  const { identityWorkspace, workspace, namespace } = options;
  const { syncTarget, types, logicalCluster } = plan;
  const account = accountRef(logicalCluster, syncTarget);
  const user = userOf(await identityOf(options, plan, io), account);
  const secret = secretRef(options);
  const target = {
    apiVersion: 'workload.kcp.io/v1alpha1',
    kind: 'SyncTarget',
    metadata: { name: syncTarget },
    spec: {},
  };
  section(io, `In workspace ${identityWorkspace}: kubectl apply -f -`, [
    namespaceManifest(accountsNamespace).desired,
    accountManifest(account).desired,
    ...renewalManifests(account).map(({ desired }) => desired),
  ]);
  section(
    io,
    `In workspace ${workspace}, after workload-syncer publish-apis --workspace-cluster=${workspace}: kubectl apply -f -`,
    [target, ...roleManifests(syncTarget, { types, user }).map(({ desired }) => desired)],
  );
  section(io, 'In the cluster: kubectl apply -f -', [
    namespaceManifest(namespace).desired,
    deploymentManifest(options, syncTarget).desired,
  ]);
  io.out(
    `# The token: kubectl create token ${account.name} -n ${account.namespace} --duration=720h, in workspace ${identityWorkspace}.\n` +
      `# Put it into a kubeconfig of ${workspace}, and that under the key kubeconfig into Secret ${secret.namespace}/${secret.name}, labelled ${managedLabel}=true.\n`,
  );
}

function section(io: Io, title: string, manifests: readonly Manifest['desired'][]): void {
  io.out(`# ${title}\n`);
  for (const manifest of manifests) io.out(`---\n${stringify(manifest, { lineWidth: 0 })}`);
}

/** The name of its logical cluster is known only when it is there. */
async function identityOf({ identityWorkspace }: ConnectOptions, { kcp }: Plan, io: Io): Promise<string> {
  const found = (await workspaceExists(kcp.client, identityWorkspace, io.signal))
    ? await logicalClusterOf(inWorkspace(kcp.client, identityWorkspace), io.signal)
    : undefined;
  if (found) return found.name;
  throw new Error(
    `workspace ${identityWorkspace} is not there, and its logical cluster's name is part of the manifests: create it first, or run connect without --print`,
  );
}
