import type { Clock } from '../base/clock.js';

/**
 * A signal that is aborted with its caller's, and when time is up while armed. `clear` must be called when the work is
 * over.
 */
export class Deadline {
  private readonly controller = new AbortController();
  private cancel = (): void => undefined;
  private readonly onAbort = (): void => {
    this.controller.abort(this.caller?.reason);
  };

  constructor(private readonly caller: AbortSignal | undefined) {
    if (caller?.aborted === true) this.onAbort();
    caller?.addEventListener('abort', this.onAbort, { once: true });
  }

  get signal(): AbortSignal {
    return this.controller.signal;
  }

  /** Aborts after `ms` milliseconds, with the reason that `late` makes. */
  arm(clock: Clock, ms: number, late: () => Error): void {
    this.cancel();
    this.cancel = clock.after(ms, () => {
      this.controller.abort(late());
    });
  }

  /** Time no longer counts; the caller's signal still does. */
  disarm(): void {
    this.cancel();
  }

  clear(): void {
    this.cancel();
    this.caller?.removeEventListener('abort', this.onAbort);
  }
}

/** A deadline that counts at once. @param of.late makes the reason with which it aborts. */
export function deadline(
  clock: Clock,
  of: { ms: number; signal: AbortSignal | undefined; late: () => Error },
): Deadline {
  const time = new Deadline(of.signal);
  time.arm(clock, of.ms, of.late);
  return time;
}

/**
 * What `work` gives, unless `signal` is aborted before: then its reason is thrown at once, and what `work` still gives
 * goes to `discard`. Work that ignores signals does not hold its caller.
 */
export async function raceSignal<T>(work: Promise<T>, signal: AbortSignal, discard: (late: T) => void): Promise<T> {
  let onAbort = (): void => undefined;
  const aborted = new Promise<never>((_, reject) => {
    onAbort = () => {
      reject(signal.reason as Error);
      work.then(discard, () => undefined);
    };
  });
  if (signal.aborted) onAbort();
  else signal.addEventListener('abort', onAbort, { once: true });
  try {
    return await Promise.race([aborted, work]);
  } finally {
    signal.removeEventListener('abort', onAbort);
  }
}
