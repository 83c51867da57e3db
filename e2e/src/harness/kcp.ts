import { mkdirSync, rmSync } from 'node:fs';
import { auditFlags } from './audit.js';
import { findBinaries } from './build.js';
import { KcpAccess } from './kcp-access.js';
import { RunFolder } from './run-folder.js';
import { ServerProcess, startOnFreePorts } from './server-process.js';

export interface KcpOptions {
  /** Flags of `kcp start` beside ours. */
  readonly flags?: readonly string[];
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

  /** Ends kcp and removes its folder. */
  async stop(): Promise<void> {
    if (this.#run.isKept) return;
    await this.#server.kill();
    await this.#run.remove();
  }
}

/** Starts kcp with etcd inside, on free ports of 127.0.0.1; about ten seconds. */
export async function startKcp({ flags = [] }: KcpOptions = {}): Promise<Kcp> {
  const { kcp: command } = await findBinaries(['kcp']);
  const run = new RunFolder('kcp');
  const access = new KcpAccess(addressesIn(run));
  const audit = auditFlags(run.file('audit-policy.yaml'), access.audit.path);
  const make = ([port, etcdClient, etcdPeer]: readonly number[]): ServerProcess => {
    rmSync(run.file('data'), { recursive: true, force: true });
    mkdirSync(run.file('data'));
    return new ServerProcess({
      name: 'kcp',
      command,
      args: [
        'start',
        `--root-directory=${run.file('data')}`,
        '--bind-address=127.0.0.1',
        `--secure-port=${port ?? ''}`,
        `--embedded-etcd-client-port=${etcdClient ?? ''}`,
        `--embedded-etcd-peer-port=${etcdPeer ?? ''}`,
        ...audit,
        ...flags,
      ],
      env: { UNSAFE_E2E_HACK_DISABLE_ETCD_FSYNC: 'true' },
      logPath: run.file('kcp.log'),
      ready: async () => {
        await servesWorkspaces(access);
      },
    });
  };
  const { server } = await run.keptOnFailure(async () => await startOnFreePorts(3, make));
  return new Kcp(run, server);
}

function addressesIn(run: RunFolder): { kubeconfigPath: string; auditLogPath: string; folder: string } {
  return { kubeconfigPath: run.file('data/admin.kubeconfig'), auditLogPath: run.file('audit.log'), folder: run.path };
}

/** Until /readyz is good kcp answers 403 and 404 to requests that are right. */
async function servesWorkspaces(kcp: KcpAccess): Promise<void> {
  const { code, text } = await kcp.client('root').request('GET', '/readyz');
  if (code !== 200) throw new Error(`/readyz: ${code} ${text}`);
  await kcp.admin.list({ apiVersion: 'tenancy.kcp.io/v1alpha1', resource: 'workspaces' });
}
