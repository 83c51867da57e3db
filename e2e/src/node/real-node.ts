import { cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { findBinaries } from '../harness/build.js';
import { startCluster, type Cluster } from '../harness/cluster.js';
import { eventually } from '../harness/eventually.js';
import { RunFolder } from '../harness/run-folder.js';
import { ServerProcess } from '../harness/server-process.js';
import { makeCgroups, removeCgroups } from './cgroups.js';
import { imageArchive, type ImageConfig, type Layer } from './image.js';
import { makeNetwork, place, removeNetwork } from './network.js';
import { pauseImage, writeNodeFiles, type NodePaths } from './node-files.js';
import { runOrFail } from './run-or-fail.js';

/** What the kubelet sets for the whole machine when it starts; it is set back. */
const sysctls = ['vm/overcommit_memory', 'vm/panic_on_oom', 'kernel/panic', 'kernel/panic_on_oops'].map(
  (name) => `/proc/sys/${name}`,
);

interface NodeObject {
  readonly status?: { readonly conditions?: readonly { readonly type: string; readonly status: string }[] };
}

interface NodeParts {
  readonly cluster: Cluster;
  readonly paths: NodePaths;
  /** Everything of the node that is not the cluster's. */
  readonly process: ServerProcess;
  readonly run: RunFolder;
}

/** A cluster with one real node: its Pods are containers. It has a network of its own on this machine. */
export class RealNode {
  readonly cluster: Cluster;

  constructor(private readonly parts: NodeParts) {
    this.cluster = parts.cluster;
  }

  /** Brings an image made of layers to the node. */
  async importImage(tag: string, config: ImageConfig, layers: readonly Layer[]): Promise<void> {
    const folder = join(this.parts.paths.folder, 'data', 'images', tag.replaceAll(/[/:]/g, '_'));
    await this.ctr('images', 'import', await imageArchive(folder, { tag, config, layers }));
  }

  /** Ends a container as a crash would, by its id. */
  async kill(container: string): Promise<void> {
    await this.ctr('tasks', 'kill', '--signal', 'SIGKILL', container);
  }

  /** A folder for a layer. */
  layerFolder(name: string): string {
    const folder = join(this.parts.paths.folder, 'data', 'layers', name);
    mkdirSync(folder, { recursive: true });
    return folder;
  }

  /** Ends everything, and leaves nothing on the machine. */
  async stop(): Promise<void> {
    await this.parts.process.kill();
    await this.cluster.stop();
    await eventually('no process is left', () => {
      removeCgroups();
      return true;
    });
    await removeNetwork();
    await this.parts.run.remove();
  }

  private async ctr(...args: string[]): Promise<string> {
    return await runOrFail('ctr', ['--address', this.parts.paths.socket, '--namespace', 'k8s.io', ...args]);
  }
}

/** Starts a cluster whose one node is real; about twenty seconds. */
export async function startRealNode(): Promise<RealNode> {
  const binaries = await findBinaries(['kubelet', 'kube-proxy', 'pause']);
  await makeNetwork();
  makeCgroups();
  const before = sysctls.map((path) => [path, readFileSync(path)] as const);
  const cluster = await startCluster({ controllers: 'unplayed', place });
  const run = new RunFolder('node');
  const paths = { folder: run.path, socket: run.file('containerd.sock'), kubeconfig: cluster.kubeconfigPath };
  const [command = '', ...enter] = place.enter;
  // Whoever ends the first process ends all, and their mounts go with them.
  const alone = ['unshare', '--mount', '--pid', '--fork', '--kill-child', '--mount-proc', '--propagation', 'private'];
  const process = new ServerProcess({
    name: 'node',
    command,
    args: [...enter, ...alone, 'sh', writeNodeFiles(paths, binaries)],
    logPath: run.file('node.log'),
    ready: async () => await runOrFail('ctr', ['--address', paths.socket, 'version']),
  });
  const node = new RealNode({ cluster, paths, process, run });
  try {
    await process.start();
    await becomeReady(node, binaries.pause);
  } catch (error) {
    await node.stop();
    throw run.failure(error);
  }
  for (const [path, value] of before) writeFileSync(path, value);
  return node;
}

async function becomeReady(node: RealNode, pauseBinary: string): Promise<void> {
  const pause = node.layerFolder('pause');
  cpSync(pauseBinary, join(pause, 'pause'));
  await node.importImage(pauseImage, { Entrypoint: ['/pause'], User: '65535:65535' }, [pause]);
  const ref = { apiVersion: 'v1', resource: 'nodes', name: 'real-node' };
  await eventually('the node is ready', async () => {
    const { status } = await node.cluster.admin.get<NodeObject>(ref);
    return status?.conditions?.some(({ type, status: value }) => type === 'Ready' && value === 'True');
  });
}
