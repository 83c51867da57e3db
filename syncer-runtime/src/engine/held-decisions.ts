import { createHash } from 'node:crypto';
import type { Clock } from '../base/clock.js';
import type { AskedDecision, Decision } from '../object/decisions.js';
import type { Logger } from '../observe/logger.js';

export interface HeldDecisionsOptions {
  readonly clock: Clock;
  readonly logger: Logger;
  /** uids of the copies whose removal is held until somebody decides; undefined while the first lists are not complete. */
  readonly held: () => readonly string[] | undefined;
  /** What is held shall be looked at again. */
  readonly wake: () => void;
  /** The id of what is held has become known. */
  readonly onStill: () => void;
}

/** Nobody can decide on a set that is still growing. */
const STILL_MS = 10_000;

/**
 * Knows what humans decided about held deletions (S26). A decision names a set of copies by the hash of their uids, so
 * what joins the set later is not meant by it.
 */
export class HeldDecisions {
  private seen = { id: '', atMs: 0 };
  private active: (AskedDecision & { readonly uids: ReadonlySet<string> }) | undefined;

  constructor(private readonly options: HeldDecisionsOptions) {}

  /** What was decided about the copy of this uid. */
  of(uid: string | undefined): Decision | undefined {
    return uid !== undefined && this.active?.uids.has(uid) ? this.active.decision : undefined;
  }

  /** The id of what is held now; undefined while the set still changes, and when nothing is held. */
  idOf(uids: readonly string[]): string | undefined {
    const { clock, onStill } = this.options;
    const id = hashOf(uids);
    if (id !== this.seen.id) {
      this.seen = { id, atMs: clock.monotonic() };
      if (id !== '') clock.after(STILL_MS, onStill);
    }
    return id !== '' && clock.monotonic() - this.seen.atMs >= STILL_MS ? id : undefined;
  }

  /** Takes up what was asked. @returns what is over: carried out, or about a set that is not held any more. */
  judge(asked: readonly AskedDecision[]): AskedDecision[] {
    const held = this.options.held();
    if (!held) return [];
    const uids = held.filter((uid) => this.active?.uids.has(uid));
    this.active = this.active && uids.length > 0 ? { ...this.active, uids: new Set(uids) } : undefined;
    const stillId = this.idOf(held);
    const id = hashOf(held);
    return asked.filter((one) => {
      if (this.active !== undefined) return this.active.id === one.id && this.active.decision !== one.decision;
      if (one.id === id) this.take(one, held);
      return one.id !== id && (id === '' || stillId !== undefined);
    });
  }

  private take(asked: AskedDecision, held: readonly string[]): void {
    const { logger, wake } = this.options;
    this.active = { ...asked, uids: new Set(held) };
    const what = asked.decision === 'delete' ? 'held deletions are approved' : 'objects of held deletions are kept';
    logger.log(1, what, { id: asked.id, objects: held.length });
    wake();
  }
}

/** '' of no uids. */
function hashOf(uids: readonly string[]): string {
  if (uids.length === 0) return '';
  return createHash('sha256')
    .update([...uids].sort().join('\n'))
    .digest('hex')
    .slice(0, 12);
}
