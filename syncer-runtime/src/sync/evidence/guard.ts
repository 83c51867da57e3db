import type { Clock } from '../../base/clock.js';

/** How many objects may go in ten minutes that nobody asked for one by one: the smaller of the two. */
export interface GuardLimits {
  readonly maxObjects: number;
  /** Of all copies; one object may always go, unless maxObjects is 0. */
  readonly maxPercent: number;
}

/** What the guard counts against, over all types of a syncer. */
export interface DeletionCensus {
  /** Copies that are ours now. */
  readonly owned: number;
  /** Of them, those whose removal is inferred from absence, or follows from the configuration, and is not done. */
  readonly pending: number;
  /** The lists of some type are not complete: both numbers may rise. */
  readonly isCounting?: boolean;
}

/** In the sentence that says why removals are held. */
export const notAskedFor = 'vanished from the workspace unseen or are not selected any more';

const WINDOW_MS = 10 * 60_000;

/**
 * Holds removals that are inferred from absence, or follow from the configuration, when there are too many of them at
 * once (S26): deletions seen live, or asked for on the object itself, are never counted.
 */
export class DeletionGuard {
  private readonly doneAt: number[] = [];

  constructor(
    private readonly clock: Clock,
    private readonly census: () => DeletionCensus,
    private readonly limits: GuardLimits,
  ) {}

  /** Whether it has to be awaited how many inferred removals there are. */
  isCounting(): boolean {
    return this.census().isCounting === true;
  }

  /** A sentence that says why inferred removals are held now; undefined while they may go on. */
  holds(): string | undefined {
    return this.judge(this.census().pending);
  }

  /** As `holds`, of one removal that the census does not know of. */
  holdsOneMore(): string | undefined {
    return this.judge(this.census().pending + 1);
  }

  private judge(pending: number): string | undefined {
    const done = this.doneLately();
    const all = this.census().owned + done;
    const total = pending + done;
    // One object may always go: of three, one is more than 30 %.
    const byPercent = Math.max(1, Math.floor((all * this.limits.maxPercent) / 100));
    const limit = Math.min(this.limits.maxObjects, byPercent);
    if (total <= limit) return undefined;
    return (
      `${String(total)} of ${String(all)} objects ${notAskedFor}, more than the ${String(limit)} ` +
      `that may be removed from the cluster in ten minutes without being asked for one by one`
    );
  }

  /** An inferred removal was carried out. */
  noteRemoval(): void {
    this.doneAt.push(this.clock.monotonic());
  }

  private doneLately(): number {
    const since = this.clock.monotonic() - WINDOW_MS;
    while (this.doneAt[0] !== undefined && this.doneAt[0] < since) this.doneAt.shift();
    return this.doneAt.length;
  }
}
