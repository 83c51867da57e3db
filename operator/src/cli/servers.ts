import { asJson, livenessRoutes, startHttpServers } from '@kcp-syncer/syncer-runtime/observe/http-servers.js';
import type { Logger } from '@kcp-syncer/syncer-runtime/observe/logger.js';
import type { OperatorMetrics } from '../observe/operator-metrics.js';
import type { OperatorSettings } from './settings.js';

export interface ServersOptions {
  readonly settings: Pick<OperatorSettings, 'bindAddress' | 'metricsPort' | 'healthPort'>;
  readonly metrics: OperatorMetrics;
  /** What this replica waits for before it could serve; undefined when it could. */
  readonly notReady: () => string | undefined;
  readonly logger: Logger;
}

/**
 * Metrics on one port; on the other how the process is, and by `/health` how each syncer is, as JSON.
 * @throws ListenError
 */
export async function startServers({
  settings,
  metrics,
  notReady,
  logger,
}: ServersOptions): Promise<{ close(): Promise<void> }> {
  const health = () => asJson(200, { componentType: 'Operator', syncers: metrics.health() });
  return await startHttpServers({
    ...settings,
    address: settings.bindAddress,
    metrics,
    healthRoutes: { ...livenessRoutes({ notReady }), '/health': health },
    logger,
  });
}
