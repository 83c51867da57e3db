import type { Clock } from '../../base/clock.js';
import type { Key } from '../../object/key.js';
import { whyOf } from './chain.js';
import type { ChainVerdict, DeletionVerdict } from './verdict.js';

/** Evidence older than this is looked for again (S24). */
const VALID_MS = 5_000;
/** Objects looked at together: as many as can be acted upon while the evidence is valid. */
const BATCH = 200;

/** What the collector of one type needs. */
export interface EvidenceSource {
  /** A live look for the object: it exists, or the server answers 404 naming it. Anything else throws. */
  exists(key: Key): Promise<boolean>;
  /** One look at the identity chain that begins now. */
  look(): Promise<ChainVerdict>;
  /** The answer for a key is there. */
  wake(key: Key): void;
  /** Workspace or type is going or was replaced. */
  onIncident(cause: string): void;
}

export type EvidenceNeed =
  /** The object must be shown to be absent. */
  | 'absent'
  /** Its deletionTimestamp was seen; only the chain is to be shown. */
  | 'marked';

interface Wish {
  readonly key: Key;
  readonly need: EvidenceNeed;
  /** Of the pair when it was asked for: what is found for one state of it serves no other. */
  readonly seq: number;
}

interface Entry extends Wish {
  readonly verdict: DeletionVerdict;
  /** Monotonic, and by the wall clock: a machine that slept shows by one of them. */
  readonly atMs: number;
  readonly wallMs: number;
}

/** Whose evidence it is. */
export interface EvidenceSubject {
  readonly key: Key;
  readonly upSeq: number;
}

/**
 * Gathers positive evidence for deletions of one type (S24, S25). Nobody waits here: who needs evidence asks, and is
 * woken when it is there. All that ask while a look is under way share the next one, which begins after them.
 */
export class Evidence {
  private readonly wanted = new Map<Key, Wish>();
  private readonly found = new Map<Key, Entry>();
  private looking = false;

  constructor(
    private readonly source: EvidenceSource,
    private readonly clock: Clock,
  ) {}

  /** The verdict on a pair, if one was found in the last five seconds; it is used once. Otherwise a look begins. */
  verdict({ key, upSeq: seq }: EvidenceSubject, need: EvidenceNeed): DeletionVerdict | undefined {
    const entry = this.found.get(key);
    this.found.delete(key);
    const isFresh = entry !== undefined && this.ageMs(entry) <= VALID_MS;
    if (isFresh && entry.need === need && entry.seq === seq) return entry.verdict;
    this.wanted.set(key, { key, need, seq });
    if (!this.looking) void this.lookForAll();
    return undefined;
  }

  private ageMs({ atMs, wallMs }: Entry): number {
    return Math.max(this.clock.monotonic() - atMs, this.clock.now() - wallMs);
  }

  private async lookForAll(): Promise<void> {
    this.looking = true;
    try {
      while (this.wanted.size > 0) {
        // Whatever asks in this turn of the loop shares the look.
        await Promise.resolve();
        const batch = [...this.wanted.values()].slice(0, BATCH);
        for (const { key } of batch) this.wanted.delete(key);
        await this.lookFor(batch);
      }
    } finally {
      this.looking = false;
    }
  }

  private async lookFor(batch: readonly Wish[]): Promise<void> {
    const objects = await Promise.all(batch.map(async (wish) => await this.lookAtObject(wish)));
    const chain = await this.lookAtChain();
    // From the answer on: a slow server may be long about it.
    const [atMs, wallMs] = [this.clock.monotonic(), this.clock.now()];
    if (chain.kind === 'incident') this.source.onIncident(chain.cause);
    batch.forEach((wish, i) => {
      this.found.set(wish.key, { ...wish, verdict: combine(objects[i], chain, wish.need), atMs, wallMs });
      this.source.wake(wish.key);
    });
  }

  private async lookAtObject({ key, need }: Wish): Promise<DeletionVerdict> {
    if (need === 'marked') return proven;
    try {
      return (await this.source.exists(key)) ? { kind: 'present' } : proven;
    } catch (error) {
      return { kind: 'unknown', why: whyOf(error) };
    }
  }

  private async lookAtChain(): Promise<ChainVerdict> {
    try {
      return await this.source.look();
    } catch (error) {
      return { kind: 'unknown', why: whyOf(error) };
    }
  }
}

const proven: DeletionVerdict = { kind: 'proven', identified: true };

/**
 * An incident outweighs everything: it says why the object seems to be gone. Where nobody may read what serves the type,
 * a deletionTimestamp still is evidence, though the type's own deletion makes one too; absence is none.
 */
function combine(object: DeletionVerdict | undefined, chain: ChainVerdict, need: EvidenceNeed): DeletionVerdict {
  if (chain.kind === 'incident') return chain;
  if (object?.kind === 'proven') return provenUnder(chain, need);
  // Said of the type, it is the same sentence for all that wait.
  if (object?.kind !== 'present' && chain.kind === 'unknown') return chain;
  return object ?? { kind: 'unknown', why: 'not looked at' };
}

function provenUnder(chain: Exclude<ChainVerdict, { kind: 'incident' }>, need: EvidenceNeed): DeletionVerdict {
  if (chain.kind === 'intact') return proven;
  if (chain.kind === 'unidentified' && need === 'marked') return { kind: 'proven', identified: false };
  return { kind: 'unknown', why: chain.why };
}
