import { findBinaries } from './build.js';
import { ClusterServers, components } from './cluster-servers.js';
import type { Component, Controllers } from './cluster-servers.js';
import { ControlPlane } from './control-plane.js';
import { eventually } from './eventually.js';
import type { Place } from './place.js';
import { keepsServers, RunFolder, tellWhatIsKept } from './run-folder.js';

export interface ClusterOptions {
  /** Which controllers run; default all. */
  readonly controllers?: Controllers;
  /** How many nodes kwok plays, with `controllers: 'all'`; default 1. */
  readonly nodes?: number;
  /** Flags of the API server beside ours. */
  readonly apiServerFlags?: readonly string[];
  /** Default the loopback of this machine. */
  readonly place?: Place;
}

/** A cluster of our own: each of its servers can be killed and started again with its data and ports. */
export class Cluster extends ControlPlane {
  readonly #servers: ClusterServers;
  readonly #run: RunFolder;

  constructor(run: RunFolder, servers: ClusterServers) {
    super({ kubeconfigPath: servers.kubeconfig('admin'), auditLogPath: run.file('audit.log'), folder: run.path });
    this.#run = run;
    this.#servers = servers;
  }

  /** The process numbers of the servers that run. */
  get pids(): number[] {
    return this.#servers.pids;
  }

  /** Ends one server and waits until it is gone. */
  async kill(component: Component, signal: NodeJS.Signals = 'SIGKILL'): Promise<void> {
    await this.#servers.process(component).kill(signal);
  }

  /** Starts one server again; etcd and the API server serve when this returns. */
  async start(component: Component): Promise<void> {
    await this.#servers.process(component).start();
  }

  /** Ends all servers and removes their folder. */
  async stop(): Promise<void> {
    if (keepsServers()) return;
    await this.#servers.kill();
    await this.#run.remove();
  }
}

/** Starts a cluster on free ports and waits until nodes are ready; about five seconds. */
export async function startCluster(options: ClusterOptions = {}): Promise<Cluster> {
  const binaries = await findBinaries(components);
  const run = new RunFolder('cluster');
  const servers = new ClusterServers(run, binaries, options.place);
  try {
    return await startIn(run, servers, options);
  } catch (error) {
    await servers.kill();
    throw run.failure(error);
  }
}

async function startIn(run: RunFolder, servers: ClusterServers, options: ClusterOptions): Promise<Cluster> {
  const { controllers = 'all', nodes = 1, apiServerFlags = [] } = options;
  await servers.apiServer(await servers.etcd(), apiServerFlags);
  if (controllers !== 'none') await servers.controllerManager(controllers);
  if (controllers === 'all' || controllers === 'unplayed') await servers.scheduler();
  if (controllers === 'all') await servers.kwok();
  const cluster = new Cluster(run, servers);
  tellWhatIsKept('the cluster', cluster.kubeconfigPath, cluster.pids);
  if (controllers === 'all') await makeNodes(cluster, nodes);
  if (controllers !== 'none') await serviceAccountsWork(cluster);
  return cluster;
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
