import { readFileSync } from 'node:fs';
import { request } from 'undici';
import { AdminClient } from './admin-client.js';
import { auditFlags } from './audit.js';
import type { Binaries } from './build.js';
import { certificatePath, writeKubeconfig, writeKwokConfig, writeSigningKeys, writeTokens } from './cluster-files.js';
import type { ClusterTokens, ClusterUser } from './cluster-files.js';
import type { RunFolder } from './run-folder.js';
import { ServerProcess, startOnFreePorts } from './server-process.js';

/** What a cluster consists of; etcd and the API server are always there. */
export const components = ['etcd', 'kube-apiserver', 'kube-controller-manager', 'kube-scheduler', 'kwok'] as const;
export type Component = (typeof components)[number];

/**
 * Which controllers run: `all` with scheduler and kwok, so that Deployments roll out; `basic` only what namespaces,
 * ServiceAccounts and owner references need; `none` leaves objects as they are written.
 */
export type Controllers = 'all' | 'basic' | 'none';

const basicControllers = [
  'namespace-controller',
  'serviceaccount-controller',
  'serviceaccount-token-controller',
  'root-ca-certificate-publisher-controller',
  'garbage-collector-controller',
];

/** Starts the servers of one cluster in its run folder, one after the other. */
export class ClusterServers {
  readonly #run: RunFolder;
  readonly #binaries: Binaries<Component>;
  readonly #tokens: ClusterTokens;
  url = '';

  constructor(run: RunFolder, binaries: Binaries<Component>) {
    this.#run = run;
    this.#binaries = binaries;
    this.#tokens = writeTokens(run);
    writeSigningKeys(run);
  }

  async etcd(): Promise<{ server: ServerProcess; url: string }> {
    const urlOf = (port: number | undefined): string => `http://127.0.0.1:${port ?? ''}`;
    const { server, ports } = await startOnFreePorts(2, ([client, peer]) =>
      this.#server('etcd', {
        args: [
          `--data-dir=${this.#run.file('etcd')}`,
          `--listen-client-urls=${urlOf(client)}`,
          `--advertise-client-urls=${urlOf(client)}`,
          `--listen-peer-urls=${urlOf(peer)}`,
          '--unsafe-no-fsync',
        ],
        ready: async () => {
          await expectOk(`${urlOf(client)}/health`);
        },
      }),
    );
    return { server, url: urlOf(ports[0]) };
  }

  async apiServer(etcdUrl: string, flags: readonly string[]): Promise<ServerProcess> {
    const run = this.#run;
    const audit = auditFlags(run.file('audit-policy.yaml'), run.file('audit.log'));
    const { server } = await startOnFreePorts(1, ([port]) => {
      const url = `https://127.0.0.1:${port ?? ''}`;
      this.url = url;
      const args = [
        `--etcd-servers=${etcdUrl}`,
        '--bind-address=127.0.0.1',
        `--secure-port=${port ?? ''}`,
        // An address that is not loopback is asked for, and nobody dials it.
        '--advertise-address=192.0.2.1',
        '--endpoint-reconciler-type=none',
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
    return server;
  }

  async controllerManager(controllers: Controllers): Promise<ServerProcess> {
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
    return await this.#started('kube-controller-manager', args);
  }

  async scheduler(): Promise<ServerProcess> {
    const args = [
      `--kubeconfig=${this.kubeconfig('system:kube-scheduler')}`,
      '--leader-elect=false',
      '--secure-port=0',
    ];
    return await this.#started('kube-scheduler', args);
  }

  async kwok(): Promise<ServerProcess> {
    const args = [
      `--kubeconfig=${this.kubeconfig('kwok')}`,
      `--config=${writeKwokConfig(this.#run)}`,
      '--manage-all-nodes=true',
      '--cidr=10.244.0.1/16',
      // Without a lease nodes go NotReady after 50 s.
      '--node-lease-duration-seconds=40',
    ];
    return await this.#started('kwok', args);
  }

  kubeconfig(user: ClusterUser): string {
    return writeKubeconfig(this.#run, user, { url: this.url, token: this.#tokens[user] });
  }

  async #apiServes(url: string): Promise<void> {
    const ca = readFileSync(certificatePath(this.#run), 'utf8');
    const client = new AdminClient(() => ({ server: url, ca, token: this.#tokens.admin }));
    const { code, text } = await client.request('GET', '/readyz');
    if (code !== 200) throw new Error(`/readyz: ${code} ${text}`);
  }

  async #started(name: Component, args: readonly string[]): Promise<ServerProcess> {
    const server = this.#server(name, { args });
    await server.start();
    return server;
  }

  #server(name: Component, options: { args: readonly string[]; ready?: () => Promise<void> }): ServerProcess {
    return new ServerProcess({
      name,
      command: this.#binaries[name],
      logPath: this.#run.file(`${name}.log`),
      ...options,
    });
  }
}

async function expectOk(url: string): Promise<void> {
  const { statusCode, body } = await request(url);
  const text = await body.text();
  if (statusCode !== 200) throw new Error(`${url}: ${statusCode} ${text}`);
}
