import { findBinaries } from './build.js';
import { ClusterServers, components } from './cluster-servers.js';
import type { Component, Controllers } from './cluster-servers.js';
import { ControlPlane } from './control-plane.js';
import { eventually } from './eventually.js';
import { RunFolder } from './run-folder.js';
import type { ServerProcess } from './server-process.js';

export interface ClusterOptions {
  /** Which controllers run; default all. */
  readonly controllers?: Controllers;
  /** How many nodes kwok plays, with `controllers: 'all'`; default 1. */
  readonly nodes?: number;
  /** Flags of the API server beside ours. */
  readonly apiServerFlags?: readonly string[];
}

type Servers = Readonly<Partial<Record<Component, ServerProcess>>>;

/** A cluster of our own: each of its servers can be killed and started again with its data and ports. */
export class Cluster extends ControlPlane {
  readonly #servers: Servers;
  readonly #run: RunFolder;

  constructor(run: RunFolder, servers: Servers, kubeconfigPath: string) {
    super({ kubeconfigPath, auditLogPath: run.file('audit.log'), folder: run.path });
    this.#run = run;
    this.#servers = servers;
  }

  /** Ends one server and waits until it is gone. */
  async kill(component: Component, signal: NodeJS.Signals = 'SIGKILL'): Promise<void> {
    await this.#server(component).kill(signal);
  }

  /** Starts one server again; etcd and the API server serve when this returns. */
  async start(component: Component): Promise<void> {
    await this.#server(component).start();
  }

  /** Ends all servers and removes their folder. */
  async stop(): Promise<void> {
    if (this.#run.isKept) return;
    await Promise.all(
      Object.values(this.#servers).map(async (server) => {
        await server.kill();
      }),
    );
    await this.#run.remove();
  }

  #server(component: Component): ServerProcess {
    const server = this.#servers[component];
    if (server === undefined) throw new Error(`this cluster was started without ${component}`);
    return server;
  }
}

/** Starts a cluster on free ports of 127.0.0.1 and waits until nodes are ready; about five seconds. */
export async function startCluster(options: ClusterOptions = {}): Promise<Cluster> {
  const binaries = await findBinaries(components);
  const run = new RunFolder('cluster');
  return await run.keptOnFailure(async () => {
    const { controllers = 'all', nodes = 1, apiServerFlags = [] } = options;
    const servers = new ClusterServers(run, binaries);
    const etcd = await servers.etcd();
    const apiServer = await servers.apiServer(etcd.url, apiServerFlags);
    const running = {
      etcd: etcd.server,
      'kube-apiserver': apiServer,
      ...(controllers !== 'none' && { 'kube-controller-manager': await servers.controllerManager(controllers) }),
      ...(controllers === 'all' && { 'kube-scheduler': await servers.scheduler(), kwok: await servers.kwok() }),
    };
    const cluster = new Cluster(run, running, servers.kubeconfig('admin'));
    if (controllers === 'all') await makeNodes(cluster, nodes);
    if (controllers !== 'none') await serviceAccountsWork(cluster);
    return cluster;
  });
}

interface NodeObject {
  readonly status?: { readonly conditions?: readonly { readonly type: string; readonly status: string }[] };
}

async function makeNodes(cluster: Cluster, count: number): Promise<void> {
  for (let index = 0; index < count; index++) {
    const ref = { apiVersion: 'v1', resource: 'nodes', name: `node-${index}` };
    const annotations = { 'kwok.x-k8s.io/node': 'fake' };
    await cluster.admin.apply(ref, { kind: 'Node', metadata: { name: ref.name, annotations } });
    await eventually(`${ref.name} is ready`, async () => {
      const { status } = await cluster.admin.get<NodeObject>(ref);
      return status?.conditions?.some(({ type, status: value }) => type === 'Ready' && value === 'True');
    });
  }
}

async function serviceAccountsWork(cluster: Cluster): Promise<void> {
  const ref = { apiVersion: 'v1', resource: 'serviceaccounts', namespace: 'default', name: 'default' };
  await eventually('the default ServiceAccount is there', async () => await cluster.admin.find(ref));
}
