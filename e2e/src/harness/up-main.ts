import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { once } from 'node:events';
import { controlPlaneBinaries } from './binaries.js';
import { findBinaries } from './build.js';
import { startCluster } from './cluster.js';
import type { Cluster } from './cluster.js';
import { startKcp } from './kcp.js';
import type { Kcp } from './kcp.js';
import { createWorkspace } from './workspace.js';
import type { Workspace } from './workspace.js';

/** Starts kcp with a workspace root:tenant and a cluster, says as JSON where they are, and stays until it is told to end. */
const binaries = await findBinaries(controlPlaneBinaries);
const asked = Promise.race([once(process, 'SIGINT'), once(process, 'SIGTERM')]);
const [kcp, cluster] = await Promise.all([startKcp(), startCluster()]);
const workspace = await createWorkspace(kcp, 'tenant');
console.log(JSON.stringify(describe({ kcp, cluster, workspace }), undefined, 2));
await asked;
await Promise.all([kcp.stop(), cluster.stop()]);

interface World {
  readonly kcp: Kcp;
  readonly cluster: Cluster;
  readonly workspace: Workspace;
}

function describe(world: World): object {
  const workspaceKubeconfig = join(world.kcp.folder, 'workspace.kubeconfig');
  writeFileSync(workspaceKubeconfig, world.workspace.kubeconfig());
  return {
    kcpKubeconfig: world.kcp.kubeconfigPath,
    workspaceKubeconfig,
    clusterKubeconfig: world.cluster.kubeconfigPath,
    workspace: { path: world.workspace.path, logicalCluster: world.workspace.logicalCluster, url: world.workspace.url },
    kcpAuditLog: world.kcp.audit.path,
    clusterAuditLog: world.cluster.audit.path,
    folders: [world.kcp.folder, world.cluster.folder],
    binaries,
  };
}
