import type { Cancel, Clock } from './clock.js';

interface Timer {
  readonly due: number;
  readonly task: () => void;
}

/** A clock that stands still until told to advance. */
export class FakeClock implements Clock {
  private time: number;
  private readonly timers = new Set<Timer>();

  constructor(startMs = Date.parse('2026-01-01T00:00:00Z')) {
    this.time = startMs;
  }

  now(): number {
    return this.time;
  }

  monotonic(): number {
    return this.time;
  }

  after(ms: number, task: () => void): Cancel {
    const timer = { due: this.time + ms, task };
    this.timers.add(timer);
    return () => this.timers.delete(timer);
  }

  /** Moves time on, running what falls due in order, with a turn for promises between. */
  async advance(ms: number): Promise<void> {
    const end = this.time + ms;
    await settle();
    for (let next = this.nextDue(end); next; next = this.nextDue(end)) {
      this.timers.delete(next);
      this.time = Math.max(this.time, next.due);
      next.task();
      await settle();
    }
    this.time = end;
    await settle();
  }

  private nextDue(end: number): Timer | undefined {
    return [...this.timers].filter((t) => t.due <= end).sort((a, b) => a.due - b.due)[0];
  }
}

/** Lets every promise that can go on do so. */
export async function settle(): Promise<void> {
  await new Promise<void>((resolve) => setImmediate(resolve));
}
