import { createServer } from 'node:http';
import type { Server } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { startCluster } from './cluster.js';
import type { Cluster } from './cluster.js';
import { startKcp } from './kcp.js';
import type { Kcp } from './kcp.js';

/** Names the URL at which test files ask for the addresses of the shared servers. */
export const sharedVariable = 'KCP_SYNCER_E2E_SHARED';

/** Starts one kcp and one cluster when somebody first asks, and tells everybody where they are. */
export class SharedServers {
  readonly #http: Server;
  #started: readonly [Promise<Kcp>, Promise<Cluster>] | undefined;

  constructor() {
    this.#http = createServer((request, response) => {
      request.resume();
      this.#addresses().then(
        (addresses) => response.end(JSON.stringify(addresses)),
        (error: unknown) => response.writeHead(500).end(String(error)),
      );
    });
  }

  /** Gives the URL to ask at. */
  async listen(): Promise<string> {
    this.#http.listen(0, '127.0.0.1');
    await once(this.#http, 'listening');
    return `http://127.0.0.1:${(this.#http.address() as AddressInfo).port}`;
  }

  /** Ends the servers if anybody asked for them. */
  async stop(): Promise<void> {
    this.#http.close();
    this.#http.closeAllConnections();
    const started = await Promise.allSettled(this.#started ?? []);
    await Promise.all(
      started.map(async (plane) => {
        if (plane.status === 'fulfilled') await plane.value.stop();
      }),
    );
  }

  async #addresses(): Promise<object> {
    this.#started ??= [startKcp(), startCluster()];
    const [kcp, cluster] = await Promise.all(this.#started);
    return { kcp: kcp.addresses, cluster: cluster.addresses };
  }
}
