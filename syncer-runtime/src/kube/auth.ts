import { X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createSecureContext } from 'node:tls';
// eslint-disable-next-line no-restricted-imports -- the one import of client-node: it knows kubeconfigs and credential plugins
import { KubeConfig } from '@kubernetes/client-node/dist/config.js';
import { KubeconfigError, type KubeconfigContext } from './kubeconfig.js';

export interface TlsMaterial {
  readonly ca?: string | Buffer;
  readonly cert?: string | Buffer;
  readonly key?: string | Buffer;
  readonly servername?: string;
  readonly rejectUnauthorized: boolean;
}

/** What one request carries. */
export interface Credentials {
  readonly headers: Readonly<Record<string, string>>;
  readonly tls: TlsMaterial;
}

/** What `applyToHTTPSOptions` fills in, as far as it is used. */
interface HttpsOptions {
  readonly headers: Record<string, string>;
  readonly auth?: string;
  readonly ca?: Buffer;
  readonly cert?: string | Buffer;
  readonly key?: string | Buffer;
  readonly servername?: string;
  readonly rejectUnauthorized?: boolean;
}

/**
 * The credentials of one context. One KubeConfig holds one context only, because client-node's token cache does not
 * tell users apart.
 */
export class CredentialReader {
  readonly server: string;
  readonly proxyUrl: string | undefined;
  /** Whether a later `read` may give something else: files and plugins are named. */
  readonly mayChange: boolean;
  private config: KubeConfig;

  /** @throws KubeconfigError */
  constructor(private readonly context: KubeconfigContext) {
    this.config = loaded(context);
    const cluster = this.config.getCurrentCluster();
    this.server = checkedServer(cluster?.server);
    this.proxyUrl = checkedProxy(cluster?.proxyUrl);
    const entries = { ...context.cluster, ...context.user };
    this.mayChange = changing.some((field) => Boolean(entries[field]));
  }

  /** Forgets what plugins gave: the next `read` runs them again. */
  forget(): void {
    this.config = loaded(this.context);
  }

  /**
   * Files are read, plugins run unless what they gave is still good.
   * @throws KubeconfigError
   */
  async read(): Promise<Credentials> {
    const options: HttpsOptions = { headers: {} };
    const { user } = this.context;
    try {
      await this.config.applyToHTTPSOptions(options);
    } catch (error) {
      throw new KubeconfigError(failureOf(user, error));
    }
    const headers = new Map(Object.entries(options.headers));
    if (options.auth !== undefined)
      headers.set('Authorization', `Basic ${Buffer.from(options.auth).toString('base64')}`);
    const token = tokenOf(user['tokenFile']);
    if (token !== undefined) headers.set('Authorization', `Bearer ${token}`);
    return { headers: Object.fromEntries(headers), tls: tlsOf(options) };
  }
}

/** Fields of cluster and user that lead to files and programs. */
const changing = [
  'certificate-authority',
  'client-certificate',
  'client-key',
  'tokenFile',
  'token-file',
  'exec',
  'auth-provider',
];

function loaded({ name, cluster, user }: KubeconfigContext): KubeConfig {
  const config = new KubeConfig();
  try {
    config.loadFromString(
      JSON.stringify({
        clusters: [{ name, cluster }],
        users: [{ name, user: withExecInfo(user) }],
        contexts: [{ name, context: { cluster: name, user: name } }],
        'current-context': name,
      }),
    );
  } catch {
    throw new KubeconfigError(`context ${JSON.stringify(name)} of the kubeconfig has no server`);
  }
  return config;
}

/** Plugins are told which form of answer is wanted; client-node leaves that out. */
function withExecInfo(user: KubeconfigContext['user']): Record<string, unknown> {
  const exec = user['exec'] as { apiVersion?: string; env?: unknown[] } | null | undefined;
  if (!exec) return user;
  const info = { apiVersion: exec.apiVersion, kind: 'ExecCredential', spec: { interactive: false } };
  return {
    ...user,
    exec: { ...exec, env: [...(exec.env ?? []), { name: 'KUBERNETES_EXEC_INFO', value: JSON.stringify(info) }] },
  };
}

/** The URL is shown in messages, so it must not carry a password. */
function checkedServer(server: unknown): string {
  const url = httpUrl(server);
  if (!url) throw new KubeconfigError('the server of the kubeconfig is not an https:// URL');
  if (url.username !== '' || url.password !== '')
    throw new KubeconfigError('the server URL of the kubeconfig must not hold credentials');
  return `${url.origin}${url.pathname}`.replace(/\/+$/, '');
}

function checkedProxy(proxy: unknown): string | undefined {
  if (proxy === undefined || proxy === null || proxy === '') return undefined;
  const url = httpUrl(proxy);
  if (!url) throw new KubeconfigError('the proxy-url of the kubeconfig is not an http:// or https:// URL');
  return url.href;
}

function httpUrl(text: unknown): URL | undefined {
  if (typeof text !== 'string' || !URL.canParse(text)) return undefined;
  const url = new URL(text);
  return ['https:', 'http:'].includes(url.protocol) ? url : undefined;
}

/** `users[].user.tokenFile`, which client-node ignores. */
function tokenOf(file: unknown): string | undefined {
  if (typeof file !== 'string' || file === '') return undefined;
  try {
    return readFileSync(file, 'utf8').trim();
  } catch {
    throw new KubeconfigError(`the file ${file} that the kubeconfig names cannot be read`);
  }
}

function tlsOf(options: HttpsOptions): TlsMaterial {
  const { ca, cert, key, servername } = options;
  try {
    createSecureContext({ cert, key });
    // A secure context takes any text for an authority, and then trusts nobody.
    if (ca) new X509Certificate(ca);
  } catch {
    throw new KubeconfigError('a certificate or key of the kubeconfig cannot be used');
  }
  return {
    ...(ca !== undefined && { ca }),
    ...(cert !== undefined && { cert }),
    ...(key !== undefined && { key }),
    ...(servername !== undefined && { servername }),
    rejectUnauthorized: options.rejectUnauthorized ?? true,
  };
}

/** What plugins print is not shown: it may be a credential. */
function failureOf(user: KubeconfigContext['user'], error: unknown): string {
  const { code, path } = error as { code?: unknown; path?: unknown };
  const command = (user['exec'] as { command?: unknown } | null | undefined)?.command;
  if (command !== undefined) {
    const why = code === 'ENOENT' ? 'is not installed' : 'failed; run it by hand to see why';
    return `the credential plugin ${JSON.stringify(command)} of the kubeconfig ${why}`;
  }
  if (typeof path === 'string') return `the file ${path} that the kubeconfig names cannot be read`;
  if (error instanceof Error && error.message.startsWith('HTTP protocol is not allowed')) {
    return 'the kubeconfig names an http:// server: write https://';
  }
  return 'the credentials of the kubeconfig cannot be used';
}
