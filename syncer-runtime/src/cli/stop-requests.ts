import type { Clock } from '../base/clock.js';

type Listener = (signal: NodeJS.Signals) => void;

/** The part of `process` that tells of signals. */
export interface SignalSource {
  on(signal: NodeJS.Signals, listener: Listener): unknown;
  off(signal: NodeJS.Signals, listener: Listener): unknown;
}

export interface StopRequests {
  /** Aborted by the first request: end in order. */
  readonly stop: AbortSignal;
  /** Aborted by the second: leave at once. */
  readonly leave: AbortSignal;
  /** Signals have their usual effect again. */
  dispose(): void;
}

/**
 * One Ctrl-C under npx arrives twice, from the terminal and from npm, which passes it on: the same signal within this
 * time is the same request.
 */
const echoMs = 250;

const stopSignals = ['SIGTERM', 'SIGINT'] as const;

/** Listens for the requests to stop: SIGTERM and SIGINT. */
export function listenForStop(source: SignalSource, clock: Pick<Clock, 'monotonic'>): StopRequests {
  const [stop, leave] = [new AbortController(), new AbortController()];
  let seen: { signal: NodeJS.Signals; at: number } | undefined;
  const listener: Listener = (signal) => {
    const at = clock.monotonic();
    if (seen?.signal === signal && at - seen.at < echoMs) return;
    seen = { signal, at };
    if (stop.signal.aborted) leave.abort();
    else stop.abort();
  };
  for (const signal of stopSignals) source.on(signal, listener);
  return {
    stop: stop.signal,
    leave: leave.signal,
    dispose: () => {
      for (const signal of stopSignals) source.off(signal, listener);
    },
  };
}

/** Resolves when `signal` is aborted. */
export async function whenAborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return;
  await new Promise<void>((resolve) => {
    signal.addEventListener(
      'abort',
      () => {
        resolve();
      },
      { once: true },
    );
  });
}
