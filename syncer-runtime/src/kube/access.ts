import { isDeepStrictEqual } from 'node:util';
import type { Clock } from '../base/clock.js';
import { CredentialReader, type Credentials } from './auth.js';
import { kubeconfigContext, KubeconfigError } from './kubeconfig.js';

/** Files and plugins are asked again when what they gave is older. */
const MAX_AGE_MS = 10_000;
/** A 401 makes a plugin run again, but not more often. */
const MIN_RENEWAL_MS = 5_000;
/** A plugin that takes longer is given up. */
const READ_TIMEOUT_MS = 60_000;

/** How one server is reached with one credential. */
export interface ServerAccess {
  /** URL of the kubeconfig's cluster, without a trailing slash. */
  readonly server: string;
  readonly proxyUrl: string | undefined;
  /**
   * The credentials of this moment: files that changed are read again, an expired plugin token is replaced. The same
   * object until something changes; its `tls` stays the same object while only headers change.
   * @throws KubeconfigError
   */
  current(): Promise<Credentials>;
  /**
   * After a 401 to `used`: asks files and plugins again.
   * @returns whether there are other credentials now, so that one more try makes sense.
   */
  renew(used: Credentials): Promise<boolean>;
}

export interface AccessOptions {
  readonly clock: Clock;
  /** Instead of the current one. */
  readonly context?: string;
  /** The same server without token and client certificate. */
  readonly anonymous?: boolean;
}

/**
 * Reads the way to one server from a kubeconfig's text. Credential plugins (`exec`) that it names are run.
 * @throws KubeconfigError
 */
export function serverAccess(kubeconfig: string, options: AccessOptions): ServerAccess {
  const context = kubeconfigContext(kubeconfig, options.context);
  const reader = new CredentialReader(options.anonymous === true ? { ...context, user: {} } : context);
  return new CachedAccess(reader, options.clock);
}

class CachedAccess implements ServerAccess {
  private known: Credentials | undefined;
  private readAt = 0;
  private renewedAt = -Infinity;
  private reading: Promise<Credentials> | undefined;

  constructor(
    private readonly reader: CredentialReader,
    private readonly clock: Clock,
  ) {}

  get server(): string {
    return this.reader.server;
  }

  get proxyUrl(): string | undefined {
    return this.reader.proxyUrl;
  }

  async current(): Promise<Credentials> {
    const { known } = this;
    if (known && (!this.reader.mayChange || this.clock.monotonic() - this.readAt < MAX_AGE_MS)) return known;
    try {
      return await this.read();
    } catch (error) {
      // A file that is just being replaced, a plugin that fails once: what was good may still be.
      if (known) return known;
      throw error;
    }
  }

  async renew(used: Credentials): Promise<boolean> {
    if (this.known !== used) return true;
    if (this.reading) return (await this.reading) !== used;
    if (!this.reader.mayChange || this.clock.monotonic() - this.renewedAt < MIN_RENEWAL_MS) return false;
    this.renewedAt = this.clock.monotonic();
    this.reader.forget();
    return (await this.read()) !== used;
  }

  /** One reading serves all who wait. */
  private async read(): Promise<Credentials> {
    this.reading ??= this.readNow().finally(() => {
      this.reading = undefined;
    });
    return await this.reading;
  }

  private async readNow(): Promise<Credentials> {
    this.readAt = this.clock.monotonic();
    const fresh = await withTimeout(this.clock, this.reader.read());
    const { known } = this;
    if (known && isDeepStrictEqual(known, fresh)) return known;
    const tls = known && isDeepStrictEqual(known.tls, fresh.tls) ? known.tls : fresh.tls;
    this.known = { headers: fresh.headers, tls };
    return this.known;
  }
}

async function withTimeout<T>(clock: Clock, work: Promise<T>): Promise<T> {
  let cancel = (): void => undefined;
  const timeout = new Promise<never>((_, reject) => {
    cancel = clock.after(READ_TIMEOUT_MS, () => {
      reject(new KubeconfigError('the credential plugin of the kubeconfig did not end in time'));
    });
  });
  try {
    return await Promise.race([work, timeout]);
  } finally {
    cancel();
  }
}
