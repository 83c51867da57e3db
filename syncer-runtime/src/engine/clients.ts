import type { Clock } from '../base/clock.js';
import { asDownstream, asUpstream, type Downstream, type Side, type Upstream } from '../base/sides.js';
import { serverAccess, type RenewableAccess } from '../kube/access.js';
import type { KubeClient } from '../kube/client.js';
import type { Gates } from '../kube/gates.js';
import { createKubeClient } from '../kube/http-client.js';
import { KubeconfigError } from '../kube/kubeconfig.js';
import type { RequestRecord } from '../kube/wire.js';
import { reasons } from '../object/reasons.js';
import type { Recorder } from '../observe/recorder.js';
import { kcpServer } from '../kube/server-url.js';
import { StartError } from '../synctarget/start-error.js';
import type { SyncerOptions } from './options.js';
import { version } from '../base/version.js';

export interface SyncerClients {
  /** At the workspace as the user named it. */
  readonly upstream: Upstream<KubeClient>;
  readonly downstream: Downstream<KubeClient>;
}

/** Where the two ends are, and how fast they may be asked. */
export type ClientOptions = Pick<
  SyncerOptions,
  'workspaceCluster' | 'upstreamKubeconfig' | 'downstreamKubeconfig' | 'qps' | 'burst'
>;

export interface SyncerConnections {
  readonly clients: SyncerClients;
  /** With which credentials each client is used. */
  readonly access: Readonly<Record<Side, RenewableAccess>>;
}

export interface ClientDeps {
  readonly clock: Clock;
  readonly gates: Gates;
  /** Asked before each write. */
  readonly mayWrite?: () => boolean;
  /** Counts requests. */
  readonly recorder?: Pick<Recorder, 'request'>;
}

/**
 * The two ways to the wire.
 * @throws StartError when a kubeconfig cannot be used.
 */
export function createClients(options: ClientOptions, deps: ClientDeps): SyncerConnections {
  const { clock, gates, recorder, mayWrite } = deps;
  const onRequest = ({ method, host, status, code = 'NONE' }: RequestRecord): void => {
    recorder?.request({ method, host, code: status === undefined ? code : String(status) });
  };
  const shared = {
    gates,
    onRequest,
    clock,
    version,
    ...(mayWrite && { mayWrite }),
    ...(options.qps > 0 && { rateLimit: { qps: options.qps, burst: Math.max(options.burst, 1) } }),
  };
  const kcp = access('--kcp-kubeconfig', options.upstreamKubeconfig, clock);
  const cluster = access('--cluster-kubeconfig', options.downstreamKubeconfig, clock);
  const server = kcpServer(kcp.server, options.workspaceCluster);
  return {
    clients: {
      upstream: asUpstream<KubeClient>(createKubeClient({ ...shared, side: 'upstream', access: kcp, server })),
      downstream: asDownstream<KubeClient>(createKubeClient({ ...shared, side: 'downstream', access: cluster })),
    },
    access: { upstream: kcp, downstream: cluster },
  };
}

function access(flag: string, kubeconfig: string, clock: Clock): RenewableAccess {
  try {
    return serverAccess(kubeconfig, { clock });
  } catch (error) {
    if (error instanceof KubeconfigError)
      throw new StartError(`${flag}: ${error.message}`, { reason: reasons.KubeconfigRefused });
    throw error;
  }
}
