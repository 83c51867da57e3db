import type { Clock } from '@kcp-syncer/syncer-runtime/base/clock.js';
import { UsageError } from '@kcp-syncer/syncer-runtime/cli/usage-error.js';

/** What a command may do with the world besides its servers. */
export interface Io {
  readonly clock: Clock;
  readonly signal: AbortSignal;
  /** The result: standard output. */
  readonly out: (text: string) => void;
  /** One line of progress: standard error. */
  readonly say: (line: string) => void;
  /** Asks on the terminal; undefined where nobody could answer. */
  readonly ask: ((question: string) => Promise<boolean>) | undefined;
}

/** What was asked for is not done because somebody said no. */
export class Declined extends Error {
  override readonly name = 'Declined';
}

/**
 * Goes on only if somebody wants it.
 * @throws UsageError where nobody can be asked; Declined.
 */
export async function confirm(io: Io, question: string, yes: boolean): Promise<void> {
  if (yes) return;
  if (!io.ask) throw new UsageError('there is no terminal to ask on: read the plan above and give --yes');
  if (!(await io.ask(question))) throw new Declined('nothing was written');
}
