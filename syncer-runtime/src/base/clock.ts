/** Ends what a clock was asked to do later; calling it twice is harmless. */
export type Cancel = () => void;

/** Time as the product sees it. Everything that waits or measures takes one, so that tests own time. */
export interface Clock {
  /** Wall clock, milliseconds since the epoch: for what people read. */
  now(): number;
  /** Monotonic milliseconds: for durations and deadlines. */
  monotonic(): number;
  /** Runs `task` once after `ms` milliseconds. The timer alone does not keep the process alive. */
  after(ms: number, task: () => void): Cancel;
}

export const systemClock: Clock = {
  // eslint-disable-next-line no-restricted-properties -- this is the clock
  now: () => Date.now(),
  monotonic: () => performance.now(),
  after: (ms, task) => {
    const timer = setTimeout(task, ms);
    timer.unref();
    return () => {
      clearTimeout(timer);
    };
  },
};

/**
 * Waits `ms` milliseconds of `clock`.
 * @throws the signal's reason, at once, when `signal` is aborted before or meanwhile.
 */
export async function sleep(clock: Clock, ms: number, signal?: AbortSignal): Promise<void> {
  signal?.throwIfAborted();
  await new Promise<void>((resolve, reject) => {
    const onAbort = (): void => {
      cancel();
      reject(signal?.reason as Error);
    };
    const cancel = clock.after(ms, () => {
      signal?.removeEventListener('abort', onAbort);
      resolve();
    });
    signal?.addEventListener('abort', onAbort, { once: true });
  });
}

/** RFC 3339 in UTC to the second, as Kubernetes writes times. */
export function toTimestamp(ms: number): string {
  return new Date(ms).toISOString().replace(/\.\d{3}Z$/, 'Z');
}
