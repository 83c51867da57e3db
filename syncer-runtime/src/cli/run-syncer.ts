import type { Writable } from 'node:stream';
import { sleep, type Clock } from '../base/clock.js';
import { version } from '../base/version.js';
import type { Syncer, SyncerDeps } from '../engine/syncer.js';
import type { SyncerOptions } from '../engine/options.js';
import { Gates } from '../kube/gates.js';
import { healthOf, type HealthReport } from '../observe/health.js';
import { healthRoutes, startHttpServers } from '../observe/http-servers.js';
import type { Logger } from '../observe/logger.js';
import { SyncerMetrics } from '../observe/metrics.js';
import { showProcess } from '../observe/process-metrics.js';
import type { SyncerSnapshot } from '../observe/snapshot.js';
import { Readiness } from '../observe/readiness.js';
import { createLogger } from '../observe/winston-logger.js';
import { readKubeconfig } from './kubeconfig-file.js';
import { followKubeconfig } from './kubeconfig-rotation.js';
import { whenAborted, type StopRequests } from './stop-requests.js';
import type { SyncerSettings } from './syncer-settings.js';

export interface RunDeps {
  readonly createSyncer: (options: SyncerOptions, deps: SyncerDeps) => Syncer;
  readonly clock: Clock;
  readonly stdout: Writable;
  readonly requests: Pick<StopRequests, 'stop' | 'leave'>;
  /** Told the logger as soon as there is one: who reports crashes wants it. */
  readonly onLogger: (logger: Logger) => void;
}

/** The syncer gets this long to finish what it is at; what it does not finish by then, the next start does. */
const drainMs = 8_000;
/** After this the command leaves whatever the syncer does: ten seconds are promised. */
const patienceMs = 9_500;

/**
 * Runs one syncer until it is asked to stop.
 * @throws what ended it otherwise: a StartError or ListenError with a message of one line, or a fault.
 */
export async function runSyncer(settings: SyncerSettings, deps: RunDeps): Promise<void> {
  const { options } = settings;
  const { clock } = deps;
  const logger = createLogger({
    clock,
    format: options.logFormat,
    verbosity: options.verbosity,
    stream: deps.stdout,
  });
  deps.onLogger(logger);
  const names = { syncTarget: options.syncTarget.name, workspace: options.workspaceCluster };
  logger.log(1, 'starting', { version, ...names });
  const metrics = new SyncerMetrics(names);
  showProcess(metrics.registry);
  const syncer = deps.createSyncer(options, { logger, recorder: metrics, clock, gates: new Gates() });
  const servers = await startServers(settings, { syncer, metrics, logger, clock });
  const ending = new AbortController();
  followFiles(settings, { syncer, logger, clock }, ending.signal);
  try {
    await Promise.race([started(syncer, logger), whenAborted(deps.requests.stop)]);
  } finally {
    ending.abort();
    logger.log(1, 'stopping');
    await Promise.race([drain(syncer, logger), sleep(clock, patienceMs), whenAborted(deps.requests.leave)]);
    await servers.close();
  }
  logger.log(1, 'stopped');
}

function followFiles(
  { kubeconfigFiles }: SyncerSettings,
  { syncer, ...deps }: Omit<Parts, 'metrics'>,
  signal: AbortSignal,
): void {
  const use = syncer.useKubeconfig.bind(syncer);
  for (const file of kubeconfigFiles) void followKubeconfig(file, { read: readKubeconfig, use, ...deps }, signal);
}

async function started(syncer: Syncer, logger: Logger): Promise<void> {
  await syncer.start();
  logger.log(1, 'started');
  await syncer.done;
}

/** Never rejects: what ends the command has been decided before. */
async function drain(syncer: Syncer, logger: Logger): Promise<void> {
  try {
    await syncer.stop(drainMs);
  } catch (error) {
    logger.error('stopping', error);
  }
}

interface Parts {
  readonly syncer: Syncer;
  readonly metrics: SyncerMetrics;
  readonly logger: Logger;
  readonly clock: Clock;
}

async function startServers(settings: SyncerSettings, parts: Parts): Promise<{ close(): Promise<void> }> {
  const { syncer, metrics, logger, clock } = parts;
  const { syncTarget, heartbeatPeriodMs } = settings.options;
  const startedMs = clock.now();
  const begun = clock.monotonic();
  const health = (snapshot: SyncerSnapshot): HealthReport =>
    healthOf({ name: syncTarget.name, snapshot, heartbeatPeriodMs, startedMs, nowMs: clock.now() });
  const readiness = new Readiness();
  return await startHttpServers({
    address: settings.bindAddress,
    metricsPort: settings.metricsPort,
    healthPort: settings.healthPort,
    metrics: {
      contentType: metrics.registry.contentType,
      render: async () => {
        const snapshot = syncer.snapshot();
        const uptimeSeconds = (clock.monotonic() - begun) / 1_000;
        return await metrics.render({ snapshot, health: health(snapshot).status, uptimeSeconds });
      },
    },
    healthRoutes: healthRoutes({
      health: () => health(syncer.snapshot()),
      notReady: () => readiness.notReady(syncer.snapshot()),
      clock,
    }),
    logger,
  });
}
