/** 1 operational, 2 one line per sync operation, 3 detailed events, 4 debug. */
export type Verbosity = 1 | 2 | 3 | 4;

/** Which part of the work a line speaks of. */
export type LogArea = 'sync' | 'transform' | 'status';

export type LogFields = Readonly<Record<string, string | number | boolean | undefined>>;

/** Where log lines go. Values of Secrets and tokens are never passed in. */
export interface Logger {
  /** Whether a line of this verbosity would be written: ask before building an expensive one. */
  enabled(verbosity: Verbosity): boolean;
  log(verbosity: Verbosity, message: string, fields?: LogFields): void;
  /** Something people should look at, written at every verbosity. */
  warn(message: string, fields?: LogFields): void;
  /** A failure, written at every verbosity with its TMC type, severity and hint. */
  error(message: string, error: unknown, fields?: LogFields): void;
  /** A logger whose lines all carry `fields`. */
  child(fields: LogFields): Logger;
}
