import { isDeepStrictEqual } from 'node:util';
import type { Clock } from '../base/clock.js';
import { CredentialReader, type Credentials } from './auth.js';
import { expiryOf } from './credential-expiry.js';
import { kubeconfigContext, KubeconfigError } from './kubeconfig.js';
import { underCluster } from './server-url.js';

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

/** A way to a server whose kubeconfig may be rotated. */
export interface RenewableAccess extends ServerAccess {
  /**
   * The kubeconfig was rotated: from now on requests travel with the new one's credentials. It must lead to the same
   * server.
   * @throws KubeconfigError when it cannot be used; the old credentials stay.
   */
  replace(kubeconfig: string): Promise<void>;
  /** When the credentials that were used last say that they expire. Wall clock, ms. */
  expiresMs(): number | undefined;
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
export function serverAccess(kubeconfig: string, options: AccessOptions): RenewableAccess {
  return new CachedAccess((text) => readerOf(text, options), { kubeconfig, clock: options.clock });
}

function readerOf(kubeconfig: string, options: AccessOptions): CredentialReader {
  const context = kubeconfigContext(kubeconfig, options.context);
  return new CredentialReader(options.anonymous === true ? { ...context, user: {} } : context);
}

class CachedAccess implements RenewableAccess {
  private known: Credentials | undefined;
  private readAt = 0;
  private renewedAt = -Infinity;
  private reading: Promise<Credentials> | undefined;

  private reader: CredentialReader;
  private readonly clock: Clock;

  constructor(
    private readonly readerOf: (kubeconfig: string) => CredentialReader,
    { kubeconfig, clock }: { kubeconfig: string; clock: Clock },
  ) {
    this.reader = readerOf(kubeconfig);
    this.clock = clock;
  }

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

  async replace(kubeconfig: string): Promise<void> {
    const reader = this.readerOf(kubeconfig);
    if (whereabouts(reader) !== whereabouts(this.reader)) {
      throw new KubeconfigError(`the kubeconfig names another server, ${reader.server}: that takes a restart`);
    }
    const fresh = await withTimeout(this.clock, reader.read());
    this.reader = reader;
    // What was being read with the former one is not to be kept.
    await this.reading?.catch(() => undefined);
    this.readAt = this.clock.monotonic();
    this.keep(fresh);
  }

  expiresMs(): number | undefined {
    return this.known && expiryOf(this.known);
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
    return this.keep(await withTimeout(this.clock, this.reader.read()));
  }

  private keep(fresh: Credentials): Credentials {
    const { known } = this;
    if (known && isDeepStrictEqual(known, fresh)) return known;
    const tls = known && isDeepStrictEqual(known.tls, fresh.tls) ? known.tls : fresh.tls;
    this.known = { headers: fresh.headers, tls };
    return this.known;
  }
}

/** Where requests go: of kcp, any workspace of it. */
function whereabouts({ server, proxyUrl }: CredentialReader): string {
  return `${underCluster(server, '')} ${proxyUrl ?? ''}`;
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
