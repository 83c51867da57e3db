import type { SyncTargetStatus } from '@kcp-syncer/crds/generated/synctarget.js';
import { systemClock } from '@kcp-syncer/syncer-runtime/base/clock.js';
import type { KubeClient } from '@kcp-syncer/syncer-runtime/kube/client.js';
import type { Logger } from '@kcp-syncer/syncer-runtime/observe/logger.js';
import type { Recorder } from '@kcp-syncer/syncer-runtime/observe/recorder.js';
import type { SyncerSnapshot } from '@kcp-syncer/syncer-runtime/observe/snapshot.js';
import type { Registration } from '@kcp-syncer/syncer-runtime/synctarget/registration.js';
import { createReporter, type Reporter } from '@kcp-syncer/syncer-runtime/synctarget/reporter.js';
import type { Account } from '../harness/account.js';
import { eventually } from '../harness/eventually.js';
import type { Workspace } from '../harness/workspace.js';
import { clientOf, createSyncTarget, registered, syncTargetIn } from './world.fixture.js';

export const connected = { connected: true, sinceMs: 0, message: '' };
/** A syncer at work with nothing to complain of. */
export const calm: SyncerSnapshot = {
  engineStarted: true,
  connectivity: { upstream: connected, downstream: connected },
  resources: [],
  blocked: [],
  problems: [],
  syncCount: 0,
  errorCount: 0,
  recent: { passes: 0, errors: 0 },
  backlog: 0,
  selection: 'resources all; namespaces all',
};

/** A reporter on a SyncTarget of its own, one heartbeat a second. */
export class Reporting {
  snapshot = calm;
  readonly missing: string[] = [];
  readonly timeTravels: unknown[] = [];
  readonly reporter: Reporter;
  readonly uid: string;
  private readonly controller = new AbortController();
  private running: Promise<void> | undefined;

  constructor(
    private readonly client: KubeClient,
    private readonly workspace: Workspace,
    registration: Registration,
  ) {
    this.uid = registration.syncTarget.metadata.uid ?? '';
    this.reporter = createReporter({
      client: client.at(`/clusters/${registration.logicalCluster}`),
      registration,
      snapshot: () => this.snapshot,
      recorder: { heartbeat: () => undefined } as Partial<Recorder> as Recorder,
      logger: { log: () => undefined, error: () => undefined } as Partial<Logger> as Logger,
      clock: systemClock,
      periodMs: 1_000,
      callbacks: {
        onSyncTarget: () => undefined,
        onReported: () => undefined,
        onHeartbeatFailed: () => undefined,
        onSyncTargetMissing: (message) => this.missing.push(message),
        onTimeTravel: (counts) => this.timeTravels.push(counts),
      },
    });
  }

  run(): void {
    this.running = this.reporter.run(this.controller.signal);
  }

  async end(): Promise<void> {
    this.controller.abort();
    await this.running;
    await this.client.close();
  }

  async status(): Promise<SyncTargetStatus> {
    return (await syncTargetIn(this.workspace)).status ?? {};
  }

  /** The status when it has so many heartbeats. */
  async counted(count: number): Promise<SyncTargetStatus> {
    return await eventually(`heartbeat ${count}`, async () => {
      const status = await this.status();
      return (status.heartbeat?.count ?? 0) >= count && status;
    });
  }
}

/** Makes the SyncTarget, and registers on it. */
export async function reportingFor(workspace: Workspace, account: Account): Promise<Reporting> {
  const { metadata } = await createSyncTarget(workspace);
  const client = clientOf(account, workspace);
  const { registration } = await registered(client, workspace.path, metadata.uid!);
  return new Reporting(client, workspace, registration);
}

export function condition(of: SyncTargetStatus, type: string): string | undefined {
  const found = of.conditions?.find((one) => one.type === type);
  return found && `${found.status} ${found.reason}`;
}
