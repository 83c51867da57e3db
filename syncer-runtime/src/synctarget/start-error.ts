import { reasons, type Reason } from '../object/reasons.js';

export interface StartErrorOptions {
  /** For conditions; ConfigurationError unless given. */
  readonly reason?: Reason;
  readonly cause?: unknown;
}

/** The syncer cannot start, or cannot go on. The message is one line that says what to change. */
export class StartError extends Error {
  override readonly name = 'StartError';
  readonly reason: Reason;

  constructor(message: string, { reason = reasons.ConfigurationError, cause }: StartErrorOptions = {}) {
    super(message, cause === undefined ? undefined : { cause });
    this.reason = reason;
  }
}
