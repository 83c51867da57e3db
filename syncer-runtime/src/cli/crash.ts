import type { Logger } from '../observe/logger.js';
import { oneLine } from '../observe/log-line.js';
import { safeErrorText } from '../tmc/safe-text.js';

/** The part of `process` that tells of what nobody caught. */
export interface CrashSource {
  on(event: 'uncaughtException' | 'unhandledRejection', listener: (error: unknown) => void): unknown;
  exit(code: number): never;
  readonly stdout: { on(event: 'error', listener: () => void): unknown };
  readonly stderr: { write(text: string): unknown; on(event: 'error', listener: () => void): unknown };
}

/**
 * What nobody caught is reported in one line and ends the process with 1: after it, nothing can be relied on. So does
 * a standard output that nobody reads any more, without a word.
 */
export function reportCrashes(source: CrashSource): { readonly use: (logger: Logger) => void } {
  let report = (error: unknown): void => {
    source.stderr.write(`error: ${oneLine(safeErrorText(error))}\n`);
  };
  const crash = (error: unknown): void => {
    try {
      report(error);
    } finally {
      source.exit(1);
    }
  };
  source.on('uncaughtException', crash);
  source.on('unhandledRejection', crash);
  const gone = (): void => source.exit(1);
  source.stdout.on('error', gone);
  source.stderr.on('error', gone);
  return {
    use: (logger) => {
      report = (error) => {
        logger.error('internal fault, the syncer ends', error);
      };
    },
  };
}
