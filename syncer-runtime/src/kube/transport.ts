import type { Dispatcher } from 'undici';
import type { ServerAccess } from './access.js';
import { createAgents, type Agents, type Timeouts } from './agents.js';
import type { Credentials } from './auth.js';

export type Connections = 'requests' | 'watches' | 'heartbeat';

/** A request after the end. */
class ClientClosed extends Error {
  readonly code = 'CLIENT_CLOSED';
}

/** The connections to one server under one credential. Clients of several logical clusters share one. */
export class Transport {
  private agents: { readonly tls: Credentials['tls']; readonly agents: Agents } | undefined;
  private closed = false;

  constructor(
    private readonly access: ServerAccess,
    private readonly timeouts: Timeouts,
  ) {}

  /** What the next request travels with. New certificates get new connections; the old ones end with their work. */
  async ready(connections: Connections): Promise<{ dispatcher: Dispatcher; credentials: Credentials }> {
    const credentials = await this.access.current();
    if (this.closed) throw new ClientClosed();
    if (this.agents?.tls !== credentials.tls) {
      const old = this.agents;
      this.agents = {
        tls: credentials.tls,
        agents: createAgents({ tls: credentials.tls, proxyUrl: this.access.proxyUrl, timeouts: this.timeouts }),
      };
      // Its errors are those of requests, which see them.
      void old?.agents.close().catch(() => undefined);
    }
    return { dispatcher: this.agents.agents[connections], credentials };
  }

  /** After a 401: whether one more try makes sense. */
  async renew(used: Credentials): Promise<boolean> {
    return await this.access.renew(used);
  }

  async close(): Promise<void> {
    this.closed = true;
    await this.agents?.agents.destroy();
  }
}
