import { createServer } from 'node:net';
import { Registry } from 'prom-client';
import { FakeClock } from '../base/clock.fixture.js';
import type { HealthReport, HealthStatus } from './health.js';
import { healthRoutes, metricsRoutes, startHttpServers, type HttpServersOptions } from './http-servers.js';
import type { Logger } from './logger.js';

function report(status: HealthStatus): HealthReport {
  return {
    componentType: 'Syncer',
    componentID: 'syncer-my-cluster',
    status,
    message: 'as it is',
    timestamp: '2026-01-01T00:00:00Z',
    details: {
      engineStarted: true,
      resourceControllers: 1,
      syncCount: 0,
      errorCount: 0,
      errorRate: 0,
      lastSyncTime: null,
      statusReporter: { heartbeatCount: 0, heartbeatErrors: 0, lastHeartbeatTime: null },
    },
  };
}

function routes(status: HealthStatus, waitsFor?: string): ReturnType<typeof healthRoutes> {
  return healthRoutes({ health: () => report(status), notReady: () => waitsFor, clock: new FakeClock() });
}

test.each(['/healthz', '/livez'])('%s speaks for the process, not for the syncer', async (path) => {
  expect(await routes('Unhealthy', 'the first lists')[path]!()).toMatchObject({ status: 200 });
});

test('/readyz waits for the first lists, and says so', async () => {
  expect(await routes('Healthy', 'the first lists')['/readyz']!()).toMatchObject({
    status: 503,
    body: 'the first lists\n',
  });
  expect(await routes('Healthy')['/readyz']!()).toMatchObject({ status: 200 });
});

test.each([
  ['Healthy', 200],
  ['Degraded', 200],
  ['Unhealthy', 503],
] as const)('/health answers a %s syncer with %i and the promised fields', async (status, code) => {
  const answer = await routes(status)['/health']!();
  expect(answer).toMatchObject({ status: code, contentType: 'application/json' });
  expect(Object.keys(JSON.parse(answer.body) as object)).toEqual([
    'componentType',
    'componentID',
    'status',
    'message',
    'timestamp',
    'duration',
    'details',
  ]);
});

test('scrapes at the same time share one rendering, later ones get a fresh one', async () => {
  let renderings = 0;
  const source = {
    contentType: Registry.PROMETHEUS_CONTENT_TYPE,
    render: async () => await Promise.resolve(`rendering ${++renderings}`),
  };
  const metrics = metricsRoutes({ metrics: source })['/metrics']!;
  const both = await Promise.all([metrics(), metrics()]);
  expect(both.map((answer) => answer.body)).toEqual(['rendering 1', 'rendering 1']);
  expect(await metrics()).toMatchObject({ status: 200, body: 'rendering 2' });
});

describe('starting the servers', () => {
  const seen: { message: string; port: number }[] = [];
  const logger: Logger = {
    enabled: () => true,
    log: (_verbosity, message, fields) => seen.push({ message, port: Number(fields?.['port']) }),
    warn: () => undefined,
    error: () => undefined,
    child: () => logger,
  };

  function options(metricsPort: number, healthPort: number): HttpServersOptions {
    return {
      address: '127.0.0.1',
      metricsPort,
      healthPort,
      metrics: { contentType: 'text/plain', render: async () => await Promise.resolve('') },
      healthRoutes: routes('Healthy'),
      logger,
    };
  }

  async function freePort(): Promise<number> {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as { port: number };
    await new Promise((resolve) => server.close(resolve));
    return port;
  }

  beforeEach(() => seen.splice(0));

  test('each listens on its port and serves only its own paths', async () => {
    const [metricsPort, healthPort] = [await freePort(), await freePort()];
    const servers = await startHttpServers(options(metricsPort, healthPort));
    const status = async (port: number, path: string): Promise<number> =>
      (await fetch(`http://127.0.0.1:${port}${path}`)).status;
    expect(await status(metricsPort, '/metrics')).toBe(200);
    expect(await status(metricsPort, '/healthz')).toBe(404);
    expect(await status(healthPort, '/healthz')).toBe(200);
    expect(await status(healthPort, '/metrics')).toBe(404);
    await servers.close();
    await expect(status(healthPort, '/healthz')).rejects.toThrow();
  });

  test('port 0 is off', async () => {
    const servers = await startHttpServers(options(0, 0));
    expect(seen).toEqual([]);
    await servers.close();
  });

  test('when the second cannot start, the first is closed again', async () => {
    const port = await freePort();
    await expect(startHttpServers(options(port, port))).rejects.toThrow('--health-port');
    await expect(fetch(`http://127.0.0.1:${port}/metrics`)).rejects.toThrow();
  });
});
