import type { Clock } from '../base/clock.js';

const BUCKET_MS = 10_000;
const WINDOW_MS = 5 * 60_000;

interface Bucket {
  readonly startMs: number;
  passes: number;
  errors: number;
}

/** Counts passes and errors of the last five minutes, to ten seconds. */
export class RollingCount {
  private buckets: Bucket[] = [];
  /** Since the start. */
  readonly total = { passes: 0, errors: 0 };
  /** Wall clock, ms, of the last pass that was no error. */
  lastMs: number | undefined;

  constructor(private readonly clock: Clock) {}

  add(ok: boolean): void {
    const now = this.clock.monotonic();
    let last = this.buckets.at(-1);
    if (!last || now - last.startMs >= BUCKET_MS) this.buckets.push((last = { startMs: now, passes: 0, errors: 0 }));
    last.passes++;
    if (!ok) last.errors++;
    this.total.passes++;
    if (ok) this.lastMs = this.clock.now();
    else this.total.errors++;
    if (this.buckets.length > WINDOW_MS / BUCKET_MS + 1) this.expire();
  }

  sum(): { passes: number; errors: number } {
    this.expire();
    return this.buckets.reduce(
      (sum, { passes, errors }) => ({ passes: sum.passes + passes, errors: sum.errors + errors }),
      {
        passes: 0,
        errors: 0,
      },
    );
  }

  private expire(): void {
    const since = this.clock.monotonic() - WINDOW_MS;
    this.buckets = this.buckets.filter(({ startMs }) => startMs > since);
  }
}
