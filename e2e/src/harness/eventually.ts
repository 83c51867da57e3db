import { setTimeout } from 'node:timers/promises';
import { inspect } from 'node:util';

const defaultTimeoutMs = 60_000;
const defaultPollMs = 75;

export interface EventuallyOptions {
  readonly timeoutMs?: number;
  readonly pollMs?: number;
}

/**
 * Asks until the answer is good, and gives it back: `probe` says "not yet" by throwing or by answering false, null or
 * undefined.
 * @throws after `timeoutMs` (default one minute) with the last answer or error.
 */
export async function eventually<T>(
  description: string,
  probe: () => Promise<T> | T,
  { timeoutMs = defaultTimeoutMs, pollMs = defaultPollMs }: EventuallyOptions = {},
): Promise<NonNullable<Exclude<T, false>>> {
  const deadline = performance.now() + timeoutMs;
  let last = 'no answer';
  do {
    try {
      const answer = await probe();
      if (answer !== false && answer !== null && answer !== undefined) return answer as NonNullable<Exclude<T, false>>;
      last = `the last answer was ${String(answer)}`;
    } catch (error) {
      last = `the last error was ${error instanceof Error ? error.message : inspect(error)}`;
    }
    await setTimeout(pollMs);
  } while (performance.now() < deadline);
  throw new Error(`not in ${timeoutMs / 1000} s: ${description}; ${last}`);
}
