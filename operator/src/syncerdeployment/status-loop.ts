import { backoffMs } from '@kcp-syncer/syncer-runtime/base/backoff.js';
import { Bell } from '@kcp-syncer/syncer-runtime/base/bell.js';
import { sleep, type Clock } from '@kcp-syncer/syncer-runtime/base/clock.js';
import type { KubeClient } from '@kcp-syncer/syncer-runtime/kube/client.js';
import { isNotFound } from '@kcp-syncer/syncer-runtime/kube/error-class.js';
import { subresourcePath } from '@kcp-syncer/syncer-runtime/kube/paths.js';
import { apiVersionOf } from '@kcp-syncer/syncer-runtime/object/types.js';
import type { Logger } from '@kcp-syncer/syncer-runtime/observe/logger.js';
import { syncerDeployments, type Status, type SyncerDeployment } from './syncer-deployment.js';

export interface StatusLoopOptions {
  readonly client: KubeClient;
  readonly clock: Clock;
  readonly logger: Logger;
  /** The SyncerDeployment as it was seen last. */
  readonly object: () => SyncerDeployment;
  /** What is to be reported now, given what was reported before. */
  readonly status: (previous: Status) => Status;
}

/** However much happens, a status is written no more often. */
const PAUSE_MS = 1_000;
/** Looked at without a call, so that a syncer which fell silent is noticed. */
const LOOK_MS = 30_000;

/** Keeps the status of one SyncerDeployment true: written when something changed that it says, and not otherwise. */
export class StatusLoop {
  private readonly bell: Bell;
  private written: Status | undefined;

  constructor(private readonly options: StatusLoopOptions) {
    this.bell = new Bell(options.clock);
  }

  /** Something that the status says may have changed. Cheap. */
  poke(): void {
    this.bell.ring();
  }

  /** Resolves when what is true now is written. @throws the signal's reason */
  async confirm(signal: AbortSignal): Promise<void> {
    for (let failures = 1; !(await this.report(signal)); failures++)
      await sleep(this.options.clock, backoffMs(failures), signal);
    signal.throwIfAborted();
  }

  /** Reports until `signal` is aborted; never rejects. */
  async run(signal: AbortSignal): Promise<void> {
    const { clock } = this.options;
    for (let failures = 0; !signal.aborted;) {
      failures = (await this.report(signal)) ? 0 : failures + 1;
      const pauseMs = failures === 0 ? PAUSE_MS : backoffMs(failures);
      await sleep(clock, pauseMs, signal).catch(() => undefined);
      if (failures === 0) await this.bell.wait(LOOK_MS, signal);
    }
  }

  /** Whether what is true now is reported. */
  private async report(signal: AbortSignal): Promise<boolean> {
    const object = this.options.object();
    const previous = this.written ?? object.status ?? {};
    const status = this.options.status(previous);
    if (this.written && JSON.stringify(status) === JSON.stringify(this.written)) return true;
    try {
      await this.write(object, status, signal);
      this.written = status;
      return true;
    } catch (error) {
      // It is being deleted, and nobody reads its status any more.
      if (signal.aborted || isNotFound(error)) return true;
      this.options.logger.error('the status of the SyncerDeployment could not be written', error);
      return false;
    }
  }

  /** The uid keeps an object of the same name that was made meanwhile from getting it. */
  private async write({ metadata }: SyncerDeployment, status: Status, signal: AbortSignal): Promise<void> {
    const { name, namespace, uid } = metadata;
    const path = subresourcePath(
      syncerDeployments,
      { name, namespace, subresource: 'status' },
      { fieldManager: 'kcp-syncer-operator', force: true },
    );
    const body = JSON.stringify({
      apiVersion: apiVersionOf(syncerDeployments),
      kind: 'SyncerDeployment',
      metadata: { name, namespace, uid },
      status,
    });
    const contentType = 'application/apply-patch+yaml';
    await this.options.client.request({ method: 'PATCH', path, body, contentType, signal, lane: 'heartbeat' });
  }
}
