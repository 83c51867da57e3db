import type { SyncTarget } from '@kcp-syncer/crds/generated/synctarget.js';
import { askedDecisions, withoutDecision, type AskedDecision } from '../object/decisions.js';
import type { Logger } from '../observe/logger.js';
import type { SyncTargetApi } from '../synctarget/synctarget-api.js';

export interface TargetDecisionsOptions {
  readonly api: Pick<SyncTargetApi, 'patch'>;
  /** Returns those that are over. */
  readonly decide: (asked: readonly AskedDecision[]) => readonly AskedDecision[];
  readonly logger: Logger;
  readonly signal: AbortSignal;
}

/** Takes decisions about held deletions from the annotations of the SyncTarget, and takes them off when they are over (S26). */
export class TargetDecisions {
  private hasWarned = false;

  constructor(private readonly options: TargetDecisionsOptions) {}

  /** Never rejects: what could not be taken off is so after the next report. */
  async observe({ metadata }: SyncTarget): Promise<void> {
    const { api, decide, logger, signal } = this.options;
    for (const over of decide(askedDecisions(metadata.annotations))) {
      try {
        await api.patch(withoutDecision(over), signal);
      } catch (error) {
        if (!signal.aborted && !this.hasWarned)
          logger.error('a decision that is over could not be taken off the SyncTarget', error, { id: over.id });
        this.hasWarned = true;
      }
    }
  }
}
