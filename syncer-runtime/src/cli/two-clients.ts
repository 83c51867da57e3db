import { systemClock } from '../base/clock.js';
import { version } from '../base/version.js';
import { serverAccess } from '../kube/access.js';
import type { KubeClient } from '../kube/client.js';
import { Gates } from '../kube/gates.js';
import { createKubeClient } from '../kube/http-client.js';
import { kcpServer } from '../kube/server-url.js';

/** Where both servers are; the kubeconfigs are text. */
export interface TwoServers {
  readonly workspaceCluster: string;
  readonly upstreamKubeconfig: string;
  readonly downstreamKubeconfig: string;
}

export interface Clients {
  readonly upstream: KubeClient;
  readonly downstream: KubeClient;
}

/**
 * Clients for a command that ends by itself. To be closed.
 * @throws KubeconfigError
 */
export function clientsOf(servers: TwoServers): Clients {
  const common = { gates: new Gates(), clock: systemClock, version };
  const cluster = serverAccess(servers.downstreamKubeconfig, common);
  const kcp = serverAccess(servers.upstreamKubeconfig, common);
  const server = kcpServer(kcp.server, servers.workspaceCluster);
  return {
    upstream: createKubeClient({ ...common, side: 'upstream', access: kcp, server }),
    downstream: createKubeClient({ ...common, side: 'downstream', access: cluster }),
  };
}
