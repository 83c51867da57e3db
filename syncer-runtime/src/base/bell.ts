import type { Clock } from './clock.js';

/** Something that one loop waits for, for a time at most. Rung while nobody waits, it ends the next wait at once. */
export class Bell {
  private rung = false;
  private wake: (() => void) | undefined;

  constructor(private readonly clock: Clock) {}

  ring(): void {
    this.rung = true;
    this.wake?.();
  }

  /** Resolves when the bell is rung, after `ms` milliseconds, or when `signal` is aborted; true when it was rung. */
  async wait(ms: number, signal: AbortSignal): Promise<boolean> {
    if (!this.rung && !signal.aborted) await this.silence(ms, signal);
    const { rung } = this;
    this.rung = false;
    return rung;
  }

  private async silence(ms: number, signal: AbortSignal): Promise<void> {
    await new Promise<void>((resolve) => {
      const end = (): void => {
        cancel();
        this.wake = undefined;
        signal.removeEventListener('abort', end);
        resolve();
      };
      const cancel = this.clock.after(ms, end);
      this.wake = end;
      signal.addEventListener('abort', end, { once: true });
    });
  }
}
