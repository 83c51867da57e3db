import type { Logger } from '@kcp-syncer/syncer-runtime/observe/logger.js';

/** What the framework calls a logger. */
export interface OperatorLogger {
  debug(message: string): void;
  info(message: string): void;
  warn(message: string): void;
  error(message: string): void;
}

/** The product's logger in the framework's form. */
export function operatorLogger(logger: Logger): OperatorLogger {
  return {
    debug: (message) => {
      logger.log(4, message);
    },
    info: (message) => {
      logger.log(1, message);
    },
    warn: (message) => {
      logger.warn(message);
    },
    error: (message) => {
      logger.warn(message);
    },
  };
}
