import { readFileSync } from 'node:fs';
import { request } from 'undici';
import { AdminClient } from './admin-client.js';
import { auditFlags } from './audit.js';
import type { Binaries } from './build.js';
import { certificatePath, writeKubeconfig, writeKwokConfig, writeSigningKeys, writeTokens } from './cluster-files.js';
import type { ClusterTokens, ClusterUser } from './cluster-files.js';
import { loopback, type Place } from './place.js';
import type { RunFolder } from './run-folder.js';
import { ServerProcess, startOnFreePorts } from './server-process.js';

/** What a cluster consists of; etcd and the API server are always there. */
export const components = ['etcd', 'kube-apiserver', 'kube-controller-manager', 'kube-scheduler', 'kwok'] as const;
export type Component = (typeof components)[number];

/**
 * Which controllers run: `all` with scheduler and kwok, so that Deployments roll out; `unplayed` with the scheduler, for
 * nodes that somebody else brings; `basic` only what namespaces, ServiceAccounts and owner references need; `none` leaves
 * objects as they are written.
 */
export type Controllers = 'all' | 'unplayed' | 'basic' | 'none';

const basicControllers = [
  'namespace-controller',
  'serviceaccount-controller',
  'serviceaccount-token-controller',
  'root-ca-certificate-publisher-controller',
  'garbage-collector-controller',
];

/** The servers of one cluster in its run folder; they are started one after the other. */
export class ClusterServers {
  readonly #run: RunFolder;
  readonly #binaries: Binaries<Component>;
  readonly #tokens: ClusterTokens;
  readonly #processes = new Map<Component, ServerProcess>();
  readonly #place: Place;
  #url = '';

  constructor(run: RunFolder, binaries: Binaries<Component>, place = loopback) {
    this.#place = place;
    this.#run = run;
    this.#binaries = binaries;
    this.#tokens = writeTokens(run);
    writeSigningKeys(run);
  }

  /** Starts etcd and gives its URL. */
  async etcd(): Promise<string> {
    const urlOf = (port: number | undefined): string => `http://${this.#place.address}:${port ?? ''}`;
    let url = '';
    await startOnFreePorts(2, ([client, peer]) => {
      url = urlOf(client);
      return this.#server('etcd', {
        args: [
          `--data-dir=${this.#run.file('data')}`,
          `--listen-client-urls=${urlOf(client)}`,
          `--advertise-client-urls=${urlOf(client)}`,
          `--listen-peer-urls=${urlOf(peer)}`,
          `--initial-advertise-peer-urls=${urlOf(peer)}`,
          `--initial-cluster=default=${urlOf(peer)}`,
          '--unsafe-no-fsync',
        ],
        ready: async () => {
          await expectOk(`${urlOf(client)}/health`);
        },
      });
    });
    return url;
  }

  async apiServer(etcdUrl: string, flags: readonly string[]): Promise<void> {
    const run = this.#run;
    const audit = auditFlags(run.file('audit-policy.yaml'), run.file('audit.log'));
    await startOnFreePorts(1, ([port]) => {
      const { address } = this.#place;
      const url = `https://${address}:${port ?? ''}`;
      this.#url = url;
      const args = [
        `--etcd-servers=${etcdUrl}`,
        `--bind-address=${address}`,
        `--secure-port=${port ?? ''}`,
        ...advertising(this.#place),
        `--cert-dir=${run.file('tls')}`,
        `--token-auth-file=${run.file('tokens.csv')}`,
        '--authorization-mode=Node,RBAC',
        `--service-account-key-file=${run.file('sa.pub')}`,
        `--service-account-signing-key-file=${run.file('sa.key')}`,
        `--service-account-issuer=${url}`,
        '--service-cluster-ip-range=10.0.0.0/16',
        ...audit,
        ...flags,
      ];
      return this.#server('kube-apiserver', {
        args,
        ready: async () => {
          await this.#apiServes(url);
        },
      });
    });
  }

  async controllerManager(controllers: Controllers): Promise<void> {
    const args = [
      `--kubeconfig=${this.kubeconfig('system:kube-controller-manager')}`,
      `--service-account-private-key-file=${this.#run.file('sa.key')}`,
      `--root-ca-file=${certificatePath(this.#run)}`,
      '--leader-elect=false',
      '--secure-port=0',
      '--kube-api-qps=200',
      '--kube-api-burst=400',
      ...(controllers === 'basic' ? [`--controllers=${basicControllers.join(',')}`] : []),
    ];
    await this.#server('kube-controller-manager', { args }).start();
  }

  async scheduler(): Promise<void> {
    const args = [
      `--kubeconfig=${this.kubeconfig('system:kube-scheduler')}`,
      '--leader-elect=false',
      '--secure-port=0',
    ];
    await this.#server('kube-scheduler', { args }).start();
  }

  async kwok(): Promise<void> {
    const args = [
      `--kubeconfig=${this.kubeconfig('kwok')}`,
      `--config=${writeKwokConfig(this.#run)}`,
      '--manage-all-nodes=true',
      '--cidr=10.244.0.1/16',
      // Without a lease nodes go NotReady after 50 s.
      '--node-lease-duration-seconds=40',
    ];
    await this.#server('kwok', { args }).start();
  }

  kubeconfig(user: ClusterUser): string {
    return writeKubeconfig(this.#run, user, { url: this.#url, token: this.#tokens[user] });
  }

  /** The server of that name; one that was not asked for is an error. */
  process(name: Component): ServerProcess {
    const found = this.#processes.get(name);
    if (found === undefined) throw new Error(`this cluster was started without ${name}`);
    return found;
  }

  /** The process numbers of the servers that run. */
  get pids(): number[] {
    return [...this.#processes.values()].map((server) => server.pid).filter((pid) => pid > 0);
  }

  /** Ends all servers. */
  async kill(): Promise<void> {
    await Promise.all(
      [...this.#processes.values()].map(async (server) => {
        await server.kill();
      }),
    );
  }

  async #apiServes(url: string): Promise<void> {
    const ca = readFileSync(certificatePath(this.#run), 'utf8');
    const client = new AdminClient(() => ({ server: url, ca, token: this.#tokens.admin }));
    const { code, text } = await client.request('GET', '/readyz');
    if (code !== 200) throw new Error(`/readyz: ${code} ${text}`);
  }

  #server(name: Component, options: { args: readonly string[]; ready?: () => Promise<void> }): ServerProcess {
    const { [name]: command } = this.#binaries;
    const [first, ...args] = [...this.#place.enter, command, ...options.args] as [string, ...string[]];
    const logPath = this.#run.file(`${name}.log`);
    const server = new ServerProcess({ ...options, name, command: first, args, logPath });
    this.#processes.set(name, server);
    return server;
  }
}

/** What the cluster's own Pods know the API server by. */
function advertising({ address }: Place): string[] {
  if (address !== loopback.address) return [`--advertise-address=${address}`, '--allow-privileged'];
  // An address that is not loopback is asked for, and nobody dials it.
  return ['--advertise-address=192.0.2.1', '--endpoint-reconciler-type=none'];
}

async function expectOk(url: string): Promise<void> {
  const { statusCode, body } = await request(url);
  const text = await body.text();
  if (statusCode !== 200) throw new Error(`${url}: ${statusCode} ${text}`);
}
