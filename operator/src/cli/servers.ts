import { plain, startHttpServer, type HttpServer } from '@kcp-syncer/syncer-runtime/observe/http-server.js';
import { metricsRoutes } from '@kcp-syncer/syncer-runtime/observe/http-servers.js';
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
 * `/metrics` on one port; on the other `/healthz` and `/livez`, which only a turning event loop answers, `/readyz`, and
 * `/health`: how each syncer is, as JSON.
 * @throws ListenError
 */
export async function startServers({ settings, metrics, notReady, logger }: ServersOptions): Promise<HttpServer[]> {
  const { bindAddress: address, metricsPort, healthPort } = settings;
  const alive = () => plain(200, 'ok');
  const plans = [
    { name: 'metrics', portFlag: '--metrics-port', port: metricsPort, routes: metricsRoutes({ metrics }) },
    {
      name: 'health',
      portFlag: '--health-port',
      port: healthPort,
      routes: {
        '/healthz': alive,
        '/livez': alive,
        '/readyz': () => {
          const waitsFor = notReady();
          return waitsFor === undefined ? plain(200, 'ok') : plain(503, waitsFor);
        },
        '/health': () => ({
          status: 200,
          contentType: 'application/json',
          body: `${JSON.stringify({ componentType: 'Operator', syncers: metrics.health() }, undefined, 2)}\n`,
        }),
      },
    },
  ];
  const started: HttpServer[] = [];
  for (const plan of plans) {
    if (plan.port === 0) continue;
    const server = await startHttpServer({ ...plan, address, logger });
    started.push(server);
    logger.log(1, `${plan.name} server listens`, { address, port: server.port });
  }
  return started;
}
