import type { Writable } from 'node:stream';
import { randomBytes } from 'node:crypto';
import type { Clock } from '@kcp-syncer/syncer-runtime/base/clock.js';
import { version } from '@kcp-syncer/syncer-runtime/base/version.js';
import { createSyncer } from '@kcp-syncer/syncer-runtime/engine/create-syncer.js';
import { disconnect } from '@kcp-syncer/syncer-runtime/engine/disconnect.js';
import { serverAccess } from '@kcp-syncer/syncer-runtime/kube/access.js';
import { Gates } from '@kcp-syncer/syncer-runtime/kube/gates.js';
import { createKubeClient } from '@kcp-syncer/syncer-runtime/kube/http-client.js';
import type { Logger } from '@kcp-syncer/syncer-runtime/observe/logger.js';
import { createLogger } from '@kcp-syncer/syncer-runtime/observe/winston-logger.js';
import { Lease } from '../framework/lease.js';
import { OperatorMetrics } from '../observe/operator-metrics.js';
import { SyncerOperator, type SyncerOperatorDeps } from '../syncerdeployment/operator.js';
import type { SyncerRunner } from '../syncerdeployment/runner.js';
import { startServers } from './servers.js';
import type { OperatorSettings } from './settings.js';

export interface RunOperatorDeps {
  readonly clock: Clock;
  readonly stdout: Writable;
  /** Aborted when the operator is asked to stop. */
  readonly stop: AbortSignal;
  /** Told the logger as soon as there is one: who reports crashes wants it. */
  readonly onLogger: (logger: Logger) => void;
}

const leaseName = 'kcp-syncer-operator';

/**
 * Runs the operator until it is asked to stop: whoever holds the Lease runs the syncers, the others wait for it.
 * @throws what ended it otherwise: a ListenError or KubeconfigError with a message of one line, or a fault.
 */
export async function runOperator(settings: OperatorSettings, deps: RunOperatorDeps): Promise<void> {
  const { clock, stdout, stop } = deps;
  const logger = createLogger({ clock, format: settings.logFormat, verbosity: settings.verbosity, stream: stdout });
  deps.onLogger(logger);
  logger.log(1, 'starting', { version, identity: settings.identity });
  const gates = new Gates();
  const access = serverAccess(settings.kubeconfig, { clock });
  const clientOptions = { side: 'downstream', access, gates, clock, version } as const;
  const leaseClient = createKubeClient(clientOptions);
  const identity = `${settings.identity}_${randomBytes(4).toString('hex')}`;
  const lease = new Lease({
    client: leaseClient,
    namespace: settings.namespace,
    name: leaseName,
    identity,
    owner: settings.leaseOwner,
    clock,
    logger,
  });
  const mayWrite = (): boolean => lease.isHeld;
  const client = createKubeClient({ ...clientOptions, mayWrite });
  const newOperator = (): SyncerOperator =>
    new SyncerOperator({ ...settings, ...operatorDeps({ settings, clock, stdout }), client, gates, logger, mayWrite });
  const terms = new Terms({ lease, newOperator, logger });
  const metrics = new OperatorMetrics({ clock, leaseName, isLeading: mayWrite, syncers: () => terms.syncers });
  const servers = await startServers({ settings, metrics, logger, notReady: () => terms.notReady });
  try {
    await terms.run(stop);
  } finally {
    logger.log(1, 'stopped');
    await Promise.all(
      [servers, client, leaseClient].map(async (one) => {
        await one.close();
      }),
    );
  }
}

type Made = 'client' | 'gates' | 'logger' | 'mayWrite' | 'protectedNamespaces' | 'watchNamespaces';

function operatorDeps({
  settings,
  clock,
  stdout,
}: Pick<RunOperatorDeps, 'clock' | 'stdout'> & { readonly settings: OperatorSettings }): Omit<
  SyncerOperatorDeps,
  Made
> {
  const { logFormat, identity, kubeconfig } = settings;
  return {
    ownKubeconfig: kubeconfig,
    createSyncer,
    disconnect,
    clock,
    logFormat,
    holder: identity,
    loggerOf: (verbosity, syncerDeployment) =>
      createLogger({ clock, format: logFormat, verbosity, stream: stdout }).child({ syncerDeployment }),
  };
}

interface TermsOptions {
  readonly lease: Lease;
  readonly newOperator: () => SyncerOperator;
  readonly logger: Logger;
}

/** The times in which this replica holds the Lease; in each an operator runs. */
class Terms {
  private operator: SyncerOperator | undefined;

  constructor(private readonly options: TermsOptions) {}

  get syncers(): Iterable<SyncerRunner> {
    return this.operator?.syncers.values() ?? [];
  }

  /** A replica that waits for the Lease is as ready as can be. */
  get notReady(): string | undefined {
    return this.options.lease.hasAnswered ? undefined : 'the cluster has not answered yet';
  }

  async run(stop: AbortSignal): Promise<void> {
    const { lease, logger } = this.options;
    while (!stop.aborted) {
      if (!(await isDone(lease.acquire(stop), stop))) break;
      logger.log(1, 'this replica holds the Lease and runs the syncers');
      await this.term(stop);
    }
    await lease.release();
  }

  private async term(stop: AbortSignal): Promise<void> {
    const { lease, logger, newOperator } = this.options;
    this.operator = newOperator();
    await this.operator.start();
    if (await isDone(lease.keep(stop), stop)) logger.warn('the Lease is lost: the syncers stop until it is held again');
    else logger.log(1, 'stopping');
    await this.operator.stop();
    this.operator = undefined;
  }
}

/** Whether the work ended before it was asked to stop. */
async function isDone(work: Promise<void>, stop: AbortSignal): Promise<boolean> {
  try {
    await work;
    return true;
  } catch (error) {
    if (stop.aborted) return false;
    throw error;
  }
}
