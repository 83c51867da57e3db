import type { Clock } from '../base/clock.js';
import type { HealthReport } from './health.js';
import { plain, startHttpServer, type Answer, type HttpServer, type Route } from './http-server.js';
import type { Logger } from './logger.js';

export interface MetricsSource {
  readonly contentType: string;
  render(): Promise<string>;
}

export interface HttpServersOptions {
  readonly address: string;
  /** 0 is off, for both ports. */
  readonly metricsPort: number;
  readonly healthPort: number;
  readonly metrics: MetricsSource;
  readonly health: () => HealthReport;
  /** undefined once the first lists are done; until then what is waited for. */
  readonly notReady: () => string | undefined;
  readonly clock: Pick<Clock, 'monotonic'>;
  readonly logger: Logger;
}

/**
 * Starts the metrics server and the health server, or those of the two that are on. They serve nothing else.
 * @throws ListenError; a server that was started meanwhile is closed again.
 */
export async function startHttpServers(options: HttpServersOptions): Promise<{ close(): Promise<void> }> {
  const started: HttpServer[] = [];
  const close = async (): Promise<void> => {
    await Promise.all(started.map((server) => server.close()));
  };
  try {
    for (const plan of plansOf(options)) {
      if (plan.port === 0) continue;
      const server = await startHttpServer({ ...plan, address: options.address, logger: options.logger });
      started.push(server);
      options.logger.log(1, `${plan.name} server listens`, { address: options.address, port: server.port });
    }
  } catch (error) {
    await close();
    throw error;
  }
  return { close };
}

interface Plan {
  readonly name: string;
  readonly portFlag: string;
  readonly port: number;
  readonly routes: Readonly<Record<string, Route>>;
}

function plansOf(options: HttpServersOptions): readonly Plan[] {
  return [
    { name: 'metrics', portFlag: '--metrics-port', port: options.metricsPort, routes: metricsRoutes(options) },
    { name: 'health', portFlag: '--health-port', port: options.healthPort, routes: healthRoutes(options) },
  ];
}

/** `/metrics`; scrapes at the same time share one rendering. */
export function metricsRoutes({ metrics }: Pick<HttpServersOptions, 'metrics'>): Readonly<Record<string, Route>> {
  let rendering: Promise<Answer> | undefined;
  const render = async (): Promise<Answer> => ({
    status: 200,
    contentType: metrics.contentType,
    body: await metrics.render(),
  });
  return {
    '/metrics': async () => {
      rendering ??= render().finally(() => {
        rendering = undefined;
      });
      return await rendering;
    },
  };
}

/**
 * `/healthz` and `/livez` say that the process answers, which only a turning event loop can; `/readyz` that the first
 * lists are done; `/health` how the syncer is, as JSON, with 503 when it is unhealthy.
 */
export function healthRoutes(
  options: Pick<HttpServersOptions, 'health' | 'notReady' | 'clock'>,
): Readonly<Record<string, Route>> {
  const alive: Route = () => plain(200, 'ok');
  return {
    '/healthz': alive,
    '/livez': alive,
    '/readyz': () => {
      const waitsFor = options.notReady();
      return waitsFor === undefined ? plain(200, 'ok') : plain(503, waitsFor);
    },
    '/health': () => {
      const begun = options.clock.monotonic();
      const { details, ...report } = options.health();
      const duration = `${Math.round((options.clock.monotonic() - begun) * 1_000) / 1_000}ms`;
      return {
        status: report.status === 'Unhealthy' ? 503 : 200,
        contentType: 'application/json',
        body: `${JSON.stringify({ ...report, duration, details }, undefined, 2)}\n`,
      };
    },
  };
}
