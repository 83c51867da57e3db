import { Agent, ProxyAgent, type Dispatcher } from 'undici';
import type { TlsMaterial } from './auth.js';

/** Milliseconds after which a silent server is given up. */
export interface Timeouts {
  readonly connectMs: number;
  readonly headersMs: number;
  readonly bodyMs: number;
  /** How much longer than its own `timeoutSeconds` a watch may be silent. */
  readonly watchGraceMs: number;
}

export const defaultTimeouts: Timeouts = { connectMs: 5_000, headersMs: 30_000, bodyMs: 30_000, watchGraceMs: 30_000 };

/** Three sets of connections to one server, so that neither watches nor load can delay a heartbeat. */
export interface Agents {
  readonly requests: Dispatcher;
  readonly watches: Dispatcher;
  readonly heartbeat: Dispatcher;
  /** Lets what is under way end, then closes. */
  close(): Promise<void>;
  /** Ends what is under way. */
  destroy(): Promise<void>;
}

/**
 * HTTP/1.1 with keep-alive. A dead peer shows by TCP keep-alive after about 40 s, a silent one by the timeouts.
 * Watches set the time they may be silent themselves, and may be as long as they like.
 */
export function createAgents(to: { tls: TlsMaterial; proxyUrl: string | undefined; timeouts: Timeouts }): Agents {
  const connect = { ...to.tls, timeout: to.timeouts.connectMs, keepAlive: true, keepAliveInitialDelay: 30_000 };
  // The size of a reply is bounded where it is read (exchange), and with it a watch's by its lines.
  const shared = {
    keepAliveTimeout: 60_000,
    headersTimeout: to.timeouts.headersMs,
    bodyTimeout: to.timeouts.bodyMs,
    allowH2: false,
  };
  const agent = (own: Agent.Options): Dispatcher =>
    to.proxyUrl === undefined
      ? new Agent({ ...shared, ...own, connect })
      : new ProxyAgent({ ...shared, ...own, uri: to.proxyUrl, requestTls: connect });
  const agents = {
    requests: agent({ connections: 64 }),
    watches: agent({ connections: null }),
    heartbeat: agent({ connections: 1 }),
  };
  const all = Object.values(agents);
  return {
    ...agents,
    close: async () => {
      for (const each of all) await each.close();
    },
    destroy: async () => {
      for (const each of all) await each.destroy();
    },
  };
}
