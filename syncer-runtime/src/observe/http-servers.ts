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
  readonly healthRoutes: Routes;
  readonly logger: Logger;
}

export type Routes = Readonly<Record<string, Route>>;

export interface LivenessOptions {
  /** undefined once the first lists are done, or whatever else is waited for; until then what it is. */
  readonly notReady: () => string | undefined;
}

export interface HealthOptions extends LivenessOptions {
  readonly health: () => HealthReport;
  readonly clock: Pick<Clock, 'monotonic'>;
}

/**
 * Starts the metrics server and the health server, or those of the two that are on. They serve nothing else.
 * @throws ListenError; a server that was started meanwhile is closed again.
 */
export async function startHttpServers(options: HttpServersOptions): Promise<{ close(): Promise<void> }> {
  const plans: readonly Plan[] = [
    { name: 'metrics', portFlag: '--metrics-port', port: options.metricsPort, routes: metricsRoutes(options) },
    { name: 'health', portFlag: '--health-port', port: options.healthPort, routes: options.healthRoutes },
  ];
  const started: HttpServer[] = [];
  const close = async (): Promise<void> => {
    await Promise.all(started.map((server) => server.close()));
  };
  try {
    for (const plan of plans) {
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
  readonly routes: Routes;
}

/** `/metrics`; scrapes at the same time share one rendering. */
export function metricsRoutes({ metrics }: Pick<HttpServersOptions, 'metrics'>): Routes {
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

/** `/healthz` and `/livez` say that the process answers, which only a turning event loop can; `/readyz` what is waited for. */
export function livenessRoutes({ notReady }: LivenessOptions): Routes {
  const alive: Route = () => plain(200, 'ok');
  return {
    '/healthz': alive,
    '/livez': alive,
    '/readyz': () => {
      const waitsFor = notReady();
      return waitsFor === undefined ? plain(200, 'ok') : plain(503, waitsFor);
    },
  };
}

/** Those of a process with one syncer: `/health` tells how it is, as JSON, with 503 when it is unhealthy. */
export function healthRoutes(options: HealthOptions): Routes {
  return {
    ...livenessRoutes(options),
    '/health': () => {
      const begun = options.clock.monotonic();
      const { details, ...report } = options.health();
      const duration = `${Math.round((options.clock.monotonic() - begun) * 1_000) / 1_000}ms`;
      return asJson(report.status === 'Unhealthy' ? 503 : 200, { ...report, duration, details });
    },
  };
}

/** An answer that is made to be read by people too. */
export function asJson(status: number, body: object): Answer {
  return { status, contentType: 'application/json', body: `${JSON.stringify(body, undefined, 2)}\n` };
}
