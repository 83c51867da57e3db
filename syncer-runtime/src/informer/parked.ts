import type { Clock } from '../base/clock.js';
import type { Side } from '../base/sides.js';
import type { KubeObject } from '../object/types.js';

const LONGEST_WAIT_MS = 60_000;

/** A payload as received, its version, and its size on the wire. */
export interface ParkedPayload {
  readonly side: Side;
  readonly rv: string;
  readonly bytes: number;
  readonly object: KubeObject;
}

/**
 * Payloads of keys that wait to be worked, so that most reconciles need no GET. Bounded over all types of a syncer:
 * the oldest go first, and who finds none asks the server.
 */
export class ParkedPayloads {
  private readonly slots = new Map<string, ParkedPayload>();
  private readonly waiting = new Set<() => void>();
  private readonly totals: Record<Side, number> = { upstream: 0, downstream: 0 };

  /** @param limitBytes bound on the sizes, as received, of all parked payloads. */
  constructor(readonly limitBytes = 16 * 1024 * 1024) {}

  get bytes(): number {
    return this.totals.upstream + this.totals.downstream;
  }

  /** Keeps the newest payload of a key and side; one larger than the bound is not kept. */
  park(slot: string, payload: ParkedPayload): void {
    this.drop(slot);
    if (payload.bytes > this.limitBytes) return;
    this.slots.set(slot, payload);
    this.totals[payload.side] += payload.bytes;
    for (const [oldest] of this.slots) {
      if (this.bytes <= this.limitBytes) break;
      this.drop(oldest);
    }
  }

  /** Takes the payload out if it is the version `rv`; any other version is dropped. */
  take(slot: string, rv: string): ParkedPayload | undefined {
    const parked = this.slots.get(slot);
    this.drop(slot);
    return parked?.rv === rv ? parked : undefined;
  }

  drop(slot: string): void {
    const parked = this.slots.get(slot);
    if (!parked) return;
    this.slots.delete(slot);
    this.totals[parked.side] -= parked.bytes;
    if (this.hasRoom()) this.wake();
  }

  /**
   * Resolves when upstream payloads take less than half of the bound, and after a minute all the same: then the oldest
   * have to go. Copies do not count: until their upstream objects are listed, nobody can work them.
   */
  async room(clock: Clock): Promise<void> {
    if (this.hasRoom()) return;
    await new Promise<void>((resolve) => {
      const go = (): void => {
        cancel();
        this.waiting.delete(go);
        resolve();
      };
      const cancel = clock.after(LONGEST_WAIT_MS, go);
      this.waiting.add(go);
    });
  }

  private hasRoom(): boolean {
    return this.totals.upstream < this.limitBytes / 2;
  }

  private wake(): void {
    for (const go of [...this.waiting]) go();
  }
}

/** The slot of one side of one key of one type. */
export function slotOf(type: string, side: Side, key: string): string {
  return `${type} ${side} ${key}`;
}
