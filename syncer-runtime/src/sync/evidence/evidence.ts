import type { Clock } from '../../base/clock.js';
import type { Key } from '../../object/key.js';
import { typeName, type ResourceType } from '../../object/types.js';
import type { ChainVerdict, DeletionVerdict } from './verdict.js';

/** Evidence older than this is looked for again (S24). */
const VALID_MS = 5_000;
/** Objects looked at together: as many as can be acted upon while the evidence is valid. */
const BATCH = 200;

/** What the collector of one type needs. */
export interface EvidenceSource {
  readonly type: ResourceType;
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

interface Entry {
  readonly verdict: DeletionVerdict;
  readonly atMs: number;
}

/**
 * Gathers positive evidence for deletions of one type (S24, S25). Nobody waits here: who needs evidence asks, and is
 * woken when it is there. All that ask while a look is under way share the next one, which begins after them.
 */
export class Evidence {
  private readonly wanted = new Map<Key, EvidenceNeed>();
  private readonly found = new Map<Key, Entry>();
  private looking = false;

  constructor(
    private readonly source: EvidenceSource,
    private readonly clock: Clock,
  ) {}

  /** The verdict on a key, if one was found in the last five seconds; it is used once. Otherwise a look begins. */
  verdict(key: Key, need: EvidenceNeed): DeletionVerdict | undefined {
    const entry = this.found.get(key);
    this.found.delete(key);
    if (entry && this.clock.monotonic() - entry.atMs <= VALID_MS) return entry.verdict;
    this.wanted.set(key, need);
    if (!this.looking) void this.lookForAll();
    return undefined;
  }

  /** Nothing that was found counts any more. */
  clear(): void {
    this.found.clear();
  }

  private async lookForAll(): Promise<void> {
    this.looking = true;
    try {
      while (this.wanted.size > 0) {
        // Whatever asks in this turn of the loop shares the look.
        await Promise.resolve();
        const batch = [...this.wanted].slice(0, BATCH);
        for (const [key] of batch) this.wanted.delete(key);
        await this.lookFor(batch);
      }
    } finally {
      this.looking = false;
    }
  }

  private async lookFor(batch: readonly (readonly [Key, EvidenceNeed])[]): Promise<void> {
    const atMs = this.clock.monotonic();
    const objects = await Promise.all(batch.map(async ([key, need]) => await this.lookAtObject(key, need)));
    const chain = await this.lookAtChain();
    if (chain.kind === 'incident') this.source.onIncident(chain.cause);
    batch.forEach(([key], i) => {
      this.found.set(key, { verdict: combine(objects[i], chain), atMs });
      this.source.wake(key);
    });
  }

  private async lookAtObject(key: Key, need: EvidenceNeed): Promise<DeletionVerdict> {
    if (need === 'marked') return { kind: 'proven' };
    try {
      return (await this.source.exists(key)) ? { kind: 'present' } : { kind: 'proven' };
    } catch (error) {
      return unknown(this.source.type, error);
    }
  }

  private async lookAtChain(): Promise<ChainVerdict> {
    try {
      return await this.source.look();
    } catch (error) {
      return unknown(this.source.type, error);
    }
  }
}

/** An incident outweighs everything: it says why the object seems to be gone. */
function combine(object: DeletionVerdict | undefined, chain: ChainVerdict): DeletionVerdict {
  if (chain.kind === 'incident') return chain;
  if (object === undefined || object.kind !== 'proven') return object ?? { kind: 'unknown', why: 'not looked at' };
  return chain.kind === 'intact' ? object : chain;
}

function unknown(type: ResourceType, error: unknown): { kind: 'unknown'; why: string } {
  return { kind: 'unknown', why: error instanceof Error ? error.message : `looking at ${typeName(type)} failed` };
}
