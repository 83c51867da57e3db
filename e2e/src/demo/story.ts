import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Daemon } from '../harness/daemon.js';
import { eventually } from '../harness/eventually.js';
import { kubectl } from '../harness/kubectl.js';
import { withProgress, type ProgressOutput } from '../harness/progress.js';
import { home, installChart, succeeded } from '../chart/chart.fixture.js';
import { chartAccount, chartFlags } from '../chart/installed.fixture.js';
import { kubectlSyncer } from '../harness/kubectl-syncer.js';
import { startOperator } from '../harness/operator.js';
import type { World } from './world.js';

const root = join(import.meta.dirname, '..', '..', '..');
const examples = ['configuration.yaml', 'deployment.yaml', 'service.yaml'];
const deployments = { apiVersion: 'apps/v1', resource: 'deployments', namespace: 'default' };
const services = { apiVersion: 'v1', resource: 'services', namespace: 'default' };
const syncTargets = { apiVersion: 'workload.kcp.io/v1alpha1', resource: 'synctargets' };

interface WithStatus {
  readonly metadata: { readonly uid: string };
  readonly status?: {
    readonly readyReplicas?: number;
    readonly resourceSyncStatus?: { readonly syncedResources?: number };
    readonly loadBalancer?: { readonly ingress?: readonly { readonly ip?: string }[] };
    readonly conditions?: readonly { readonly type: string; readonly status: string; readonly message: string }[];
  };
}

/**
 * Installs the chart and starts the operator beside it, as the account and with the flags that the chart made, for kwok's
 * Pods run no program.
 */
export async function install(world: World, out: ProgressOutput): Promise<Daemon> {
  const { cluster } = world;
  await withProgress(
    'helm install kcp-syncer charts/kcp-syncer',
    async () => {
      await installChart(cluster, { replicas: 0 });
    },
    out,
  );
  return await withProgress(
    'Starting syncer-operator',
    async () => {
      const { kubeconfigPath } = await chartAccount(cluster);
      const operator = startOperator({ ...(await chartFlags(cluster)), kubeconfig: kubeconfigPath, namespace: home });
      await operator.waitForLine(/holds the Lease/);
      return operator;
    },
    out,
  );
}

/** Connects the workspace with the cluster, by the command that the README shows. */
export async function connect({ kcp, cluster, workspace }: World, out: ProgressOutput): Promise<void> {
  const ends = [`--kubeconfig=${cluster.kubeconfigPath}`, `--kcp-kubeconfig=${kcp.kubeconfigPath}`];
  const wishes = ['--sync-target-name=my-cluster', '--use-existing=default', '--yes', '--wait'];
  await withProgress(
    `kubectl syncer connect ${workspace.path}`,
    async () => {
      succeeded(await kubectlSyncer(['connect', workspace.path, ...wishes, ...ends]));
    },
    out,
  );
}

/** Applies the examples in kcp and follows them until kcp shows that they run. */
export async function deploy(world: World, out: ProgressOutput): Promise<void> {
  for (const file of examples) {
    const path = join(root, 'docs', 'examples', file);
    await inKcp(world, ['apply', '--server-side', '-f', '-'], readFileSync(path, 'utf8'));
    out.write(`Applied docs/examples/${file} in kcp\n`);
  }
  const { admin } = world.workspace;
  await withProgress(
    'Deployment nginx-app, as kcp shows it',
    async (say) => {
      await eventually('kcp shows three ready replicas', async () => {
        const { status } = await admin.get<WithStatus>({ ...deployments, name: 'nginx-app' });
        say(`${status?.readyReplicas ?? 0} of 3 replicas ready`);
        return status?.readyReplicas === 3;
      });
    },
    out,
  );
  await withProgress(
    'Service nginx-service, as kcp shows it',
    async (say) => {
      await eventually('kcp shows the address of the load balancer', async () => {
        const { status } = await admin.get<WithStatus>({ ...services, name: 'nginx-service' });
        const ip = status?.loadBalancer?.ingress?.[0]?.ip;
        say(ip === undefined ? 'no address yet' : `address ${ip}`);
        return ip !== undefined;
      });
    },
    out,
  );
  await counted(world, out);
}

async function counted({ workspace: { admin } }: World, out: ProgressOutput): Promise<void> {
  await withProgress(
    'SyncTarget my-cluster, as kcp shows it',
    async (say) => {
      await eventually('the SyncTarget counts all four objects', async () => {
        const { status } = await admin.get<WithStatus>({ ...syncTargets, name: 'my-cluster' });
        const synced = status?.resourceSyncStatus?.syncedResources ?? 0;
        say(`${synced} objects in step`);
        return synced >= 4;
      });
    },
    out,
  );
}

/** Shows both sides as their users see them, with the commands that do it. */
export async function show(world: World, out: ProgressOutput): Promise<void> {
  const views = [
    ['get', 'syncerdeployments', `--namespace=${home}`, '--context=physical-cluster'],
    ['get', 'synctarget', '--context=kcp'],
    ['get', 'deployments,services,configmaps,secrets', '--context=kcp'],
    ['get', 'deployments', '--context=physical-cluster'],
    ['get', 'services,configmaps,secrets', '--selector=syncer.kcp.io/owner', '--context=physical-cluster'],
    ['get', 'pods', '--context=physical-cluster'],
  ];
  for (const args of views) {
    const { code, stdout, stderr } = await kubectl(args, { kubeconfig: world.kubeconfig });
    out.write(`\n$ kubectl ${args.join(' ')}\n${stdout}`);
    if (code !== 0) throw new Error(`kubectl ${args.join(' ')} failed: ${stderr}`);
  }
}

async function inKcp({ kubeconfig }: World, args: readonly string[], input: string): Promise<void> {
  const { code, stderr } = await kubectl(args, { kubeconfig, context: 'kcp', input });
  if (code !== 0) throw new Error(`kubectl ${args.join(' ')} in kcp failed: ${stderr}`);
}
