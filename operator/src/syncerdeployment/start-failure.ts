import type { Reason } from '@kcp-syncer/syncer-runtime/object/reasons.js';

/** Why a syncer does not run: a reason constant and a sentence that says what to do. */
export class StartFailure extends Error {
  override readonly name = 'StartFailure';

  /** @param isFinal trying again cannot help until somebody changes something that we watch. */
  constructor(
    readonly reason: Reason,
    message: string,
    readonly isFinal = false,
  ) {
    super(message);
  }
}
