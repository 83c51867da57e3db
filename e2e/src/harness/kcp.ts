import { cpSync, mkdirSync, rmSync } from 'node:fs';
import { auditFlags } from './audit.js';
import { findBinaries } from './build.js';
import type { Addresses } from './control-plane.js';
import { KcpAccess } from './kcp-access.js';
import { loopback } from './place.js';
import { keepsServers, RunFolder, tellWhatIsKept } from './run-folder.js';
import { ServerProcess, startOnFreePorts } from './server-process.js';

export interface KcpOptions {
  /** Flags of `kcp start` beside ours. */
  readonly flags?: readonly string[];
  /** That it listens on; default 127.0.0.1. */
  readonly address?: string;
}

/** A kcp of our own: it can be killed and started again with its data and ports. */
export class Kcp extends KcpAccess {
  readonly #server: ServerProcess;
  readonly #run: RunFolder;

  constructor(run: RunFolder, server: ServerProcess) {
    super(addressesIn(run));
    this.#run = run;
    this.#server = server;
  }

  /** Ends kcp at once (SIGTERM would take a minute while watches are open). */
  async kill(signal: NodeJS.Signals = 'SIGKILL'): Promise<void> {
    await this.#server.kill(signal);
  }

  /** Starts kcp again and waits until it serves. The administrator's token is another then. */
  async start(): Promise<void> {
    await this.#server.start();
  }

  /** Remembers kcp's data as they are; kcp must not run. */
  backUp(): void {
    rmSync(this.#run.file('backup'), { recursive: true, force: true });
    cpSync(this.#run.file('data'), this.#run.file('backup'), { recursive: true });
  }

  /** Sets kcp back to what `backUp` remembered; kcp must not run. */
  restore(): void {
    rmSync(this.#run.file('data'), { recursive: true });
    cpSync(this.#run.file('backup'), this.#run.file('data'), { recursive: true });
  }

  /** Ends kcp and removes its folder. */
  async stop(): Promise<void> {
    if (keepsServers()) return;
    await this.#server.kill();
    await this.#run.remove();
  }
}

/** Starts kcp with etcd inside, on free ports; about ten seconds. */
export async function startKcp({ flags = [], address = loopback.address }: KcpOptions = {}): Promise<Kcp> {
  const { kcp: command } = await findBinaries(['kcp']);
  const run = new RunFolder('kcp');
  const access = new KcpAccess(addressesIn(run));
  const auditing = auditFlags(run.file('audit-policy.yaml'), access.audit.path);
  try {
    const server = await startOnFreePorts(3, (ports) => {
      rmSync(run.file('data'), { recursive: true, force: true });
      mkdirSync(run.file('data'));
      return new ServerProcess({
        name: 'kcp',
        command,
        args: ['start', `--root-directory=${run.file('data')}`, ...listening(address, ports), ...auditing, ...flags],
        env: { UNSAFE_E2E_HACK_DISABLE_ETCD_FSYNC: 'true' },
        logPath: run.file('kcp.log'),
        ready: async () => {
          await servesWorkspaces(access);
        },
      });
    });
    tellWhatIsKept('kcp', access.kubeconfigPath, [server.pid]);
    return new Kcp(run, server);
  } catch (error) {
    throw run.failure(error);
  }
}

function listening(address: string, [port, etcdClient, etcdPeer]: readonly number[]): string[] {
  return [
    `--bind-address=${address}`,
    `--secure-port=${port ?? ''}`,
    `--embedded-etcd-client-port=${etcdClient ?? ''}`,
    `--embedded-etcd-peer-port=${etcdPeer ?? ''}`,
  ];
}

function addressesIn(run: RunFolder): Addresses {
  return { kubeconfigPath: run.file('data/admin.kubeconfig'), auditLogPath: run.file('audit.log'), folder: run.path };
}

/** Until /readyz is good kcp answers 403 and 404 to requests that are right. */
async function servesWorkspaces(kcp: KcpAccess): Promise<void> {
  const { code, text } = await kcp.admin.request('GET', '/readyz');
  if (code !== 200) throw new Error(`/readyz: ${code} ${text}`);
  await kcp.admin.list({ apiVersion: 'tenancy.kcp.io/v1alpha1', resource: 'workspaces' });
}
