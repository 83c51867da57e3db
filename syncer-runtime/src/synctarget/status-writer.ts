import type { SyncTarget, SyncTargetStatus } from '@kcp-syncer/crds/generated/synctarget.js';
import { isFailedPatchTest, isNotFound } from '../kube/error-class.js';
import { inUse, signOfLife, unchangedSince, type Claimant } from './holder.js';
import type { JsonPatchOperation, SyncTargetApi } from './synctarget-api.js';

/** The SyncTarget is gone, another one has its name, or another syncer holds it. The message is a sentence. */
export class SyncTargetGone extends Error {
  override readonly name = 'SyncTargetGone';
}

export interface StatusWriterOptions {
  readonly api: SyncTargetApi;
  /** As stored when the syncer registered. */
  readonly syncTarget: SyncTarget;
  readonly claimant: Claimant;
  readonly onTimeTravel: (counts: { stored: number; known: number }) => void;
}

/**
 * Writes the status of one SyncTarget, one request a write. A write tests uid, holder and heartbeat count, so it
 * can neither reach a SyncTarget made again nor cover up that the server was set back to an earlier state (S26).
 */
export class StatusWriter {
  private current: SyncTarget;
  private highestCount: number;

  constructor(private readonly options: StatusWriterOptions) {
    this.current = options.syncTarget;
    this.highestCount = countOf(options.syncTarget);
  }

  /** As the server had it last. */
  get syncTarget(): SyncTarget {
    return this.current;
  }

  /** Heartbeats that the server has received, also when it was set back and has forgotten some. */
  get count(): number {
    return this.highestCount;
  }

  /**
   * Replaces the status by what `build` makes of the current one. When a test fails, the SyncTarget is looked at and
   * the write is made once more.
   * @throws SyncTargetGone; what the client throws.
   */
  async write(build: () => SyncTargetStatus, signal: AbortSignal): Promise<void> {
    try {
      await this.patch(build(), signal);
    } catch (error) {
      if (isNotFound(error)) await this.judgeAbsence(error, signal);
      if (!isFailedPatchTest(error)) throw error;
      await this.lookAgain(signal);
      await this.patch(build(), signal);
    }
  }

  private async patch(status: SyncTargetStatus, signal: AbortSignal): Promise<void> {
    const operations: JsonPatchOperation[] = [
      ...unchangedSince(this.current),
      { op: 'add', path: '/status', value: status },
    ];
    this.current = await this.options.api.patchStatus(operations, signal);
    this.highestCount = Math.max(this.highestCount, countOf(this.current));
  }

  private async lookAgain(signal: AbortSignal): Promise<void> {
    const { api, onTimeTravel } = this.options;
    const found = await api.read(signal);
    if (found.metadata.uid !== this.current.metadata.uid) throw new SyncTargetGone(this.replacedBy(found));
    const counts = { stored: countOf(found), known: this.highestCount };
    // A server that was set back shows who held it then.
    const isTaken = counts.stored >= counts.known && signOfLife(found, this.options.claimant) !== undefined;
    if (isTaken) throw new SyncTargetGone(inUse(found.metadata.name));
    this.current = found;
    this.highestCount = Math.max(counts.known, counts.stored);
    if (counts.stored < counts.known) onTimeTravel(counts);
  }

  /** A 404 is believed when kcp says that it is ready, and another follows. Returns when it is not. */
  private async judgeAbsence(first: Error, signal: AbortSignal): Promise<void> {
    const { api } = this.options;
    if (!(await api.serverReady(signal))) return;
    try {
      await api.read(signal);
    } catch (error) {
      if (!isNotFound(error)) throw error;
      throw new SyncTargetGone(`SyncTarget ${api.name} is not there any more: ${first.message}`, { cause: error });
    }
  }

  private replacedBy(found: SyncTarget): string {
    const { name, uid } = found.metadata;
    return `SyncTarget ${name} was deleted and made again: its uid is ${String(uid)}, not ${String(this.current.metadata.uid)}`;
  }
}

function countOf(syncTarget: SyncTarget): number {
  return syncTarget.status?.heartbeat?.count ?? 0;
}
