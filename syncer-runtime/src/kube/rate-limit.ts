import { sleep, type Clock } from '../base/clock.js';

/** Tokens per second, and how many may be saved up. */
export interface RateLimit {
  readonly qps: number;
  readonly burst: number;
}

/** A token bucket that those who wait reserve from: first come, first served, at a steady pace. */
export class TokenBucket {
  private tokens: number;
  private filledAt: number;

  constructor(
    private readonly limit: RateLimit,
    private readonly clock: Clock,
  ) {
    this.tokens = limit.burst;
    this.filledAt = clock.monotonic();
  }

  /** Waits until a token is there and takes it. @throws the signal's reason; its token is lost then. */
  async take(signal?: AbortSignal): Promise<void> {
    const now = this.clock.monotonic();
    this.tokens = Math.min(this.limit.burst, this.tokens + ((now - this.filledAt) * this.limit.qps) / 1000);
    this.filledAt = now;
    this.tokens -= 1;
    if (this.tokens < 0) await sleep(this.clock, (-this.tokens * 1000) / this.limit.qps, signal);
  }
}
