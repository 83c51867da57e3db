/**
 * What came of one reconcile of one key. The fourth outcome is an exception that is no TerminalError: the worker
 * retries it with backoff.
 */
export type Outcome =
  { readonly kind: 'done' } | { readonly kind: 'requeueAfter'; readonly ms: number; readonly why: string };

export const done: Outcome = { kind: 'done' };

/** Look at the key again in `ms` milliseconds; `why` is a sentence for people. */
export function requeueAfter(ms: number, why: string): Outcome {
  return { kind: 'requeueAfter', ms, why };
}

/**
 * Trying again cannot help until the object changes. It is recorded on the object's state and looked at again when
 * the object changes, or after `retryAfterMs` when that is given.
 */
export class TerminalError extends Error {
  override readonly name = 'TerminalError';
  readonly reason: string;
  readonly retryAfterMs: number | undefined;

  /** @param reason CamelCase constant of object/reasons, shown in conditions and `blocked`. */
  constructor(reason: string, message: string, options: { cause?: unknown; retryAfterMs?: number } = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.reason = reason;
    this.retryAfterMs = options.retryAfterMs;
  }
}
