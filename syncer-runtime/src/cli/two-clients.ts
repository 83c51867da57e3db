import { systemClock } from '../base/clock.js';
import { createClients, type ClientOptions, type SyncerClients } from '../engine/clients.js';
import { Gates } from '../kube/gates.js';
import { refusalInWords } from './refusal-words.js';

/** Where both servers are; the kubeconfigs are text. */
export type TwoServers = Omit<ClientOptions, 'qps' | 'burst'>;

/**
 * The result of `work` with clients for a command that ends by itself; they are closed after it.
 * @throws StartError when a kubeconfig cannot be used; what `work` throws, a server's refusal as one line that says what to change.
 */
export async function withClients<T>(servers: TwoServers, work: (clients: SyncerClients) => Promise<T>): Promise<T> {
  const { clients } = createClients({ ...servers, qps: 0, burst: 0 }, { clock: systemClock, gates: new Gates() });
  try {
    return await work(clients);
  } catch (error) {
    throw refusalInWords(error, servers.workspaceCluster);
  } finally {
    await Promise.all([clients.upstream.close(), clients.downstream.close()]);
  }
}
