import type { Reason } from '@kcp-syncer/syncer-runtime/object/reasons.js';

/** Credentials that cannot be used. The message is a sentence that quotes nothing of them. */
export class CredentialError extends Error {
  override readonly name = 'CredentialError';

  constructor(
    readonly reason: Reason,
    message: string,
  ) {
    super(message);
  }
}
