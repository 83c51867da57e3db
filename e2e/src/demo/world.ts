import { mkdirSync, symlinkSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { findBinaries } from '../harness/build.js';
import { startCluster, type Cluster } from '../harness/cluster.js';
import { credentialsOf, kubeconfigOf } from '../harness/kubeconfig.js';
import { launcherOf } from '../harness/kubectl-syncer.js';
import { startKcp, type Kcp } from '../harness/kcp.js';
import { withProgress, type ProgressOutput } from '../harness/progress.js';
import { createWorkspace, type Workspace } from '../harness/workspace.js';

/** Everything that the demo starts and writes. */
export interface World {
  readonly kcp: Kcp;
  readonly cluster: Cluster;
  readonly workspace: Workspace;
  /** One kubeconfig with the contexts `kcp` and `physical-cluster`. */
  readonly kubeconfig: string;
  /** Folder with kubectl and its plugin, for the PATH. */
  readonly bin: string;
}

/** Starts both control planes and a workspace, and writes the kubeconfig into `folder`. */
export async function startWorld(folder: string, out: ProgressOutput): Promise<World> {
  const [kcp, cluster] = await withProgress(
    'Starting kcp and a cluster',
    async () => await Promise.all([startKcp(), startCluster()]),
    out,
  );
  const workspace = await withProgress(
    'Making workspace root:my-workspace',
    async () => await createWorkspace(kcp, 'my-workspace'),
    out,
  );
  rmSync(folder, { recursive: true, force: true });
  const bin = join(folder, 'bin');
  mkdirSync(bin, { recursive: true });
  const { kubectl } = await findBinaries(['kubectl']);
  symlinkSync(kubectl, join(bin, 'kubectl'));
  for (const command of ['kubectl-syncer', 'kubectl_complete-syncer'] as const)
    symlinkSync(launcherOf(command), join(bin, command));
  const kubeconfig = join(folder, 'kubeconfig');
  const contexts = { kcp: credentialsOf(workspace.kubeconfig()), 'physical-cluster': cluster.credentials() };
  writeFileSync(kubeconfig, kubeconfigOf(contexts), { mode: 0o600 });
  return { kcp, cluster, workspace, kubeconfig, bin };
}
