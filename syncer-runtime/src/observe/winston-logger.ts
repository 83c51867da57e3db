import type { Writable } from 'node:stream';
import winston from 'winston';
import type { Clock } from '../base/clock.js';
import { convertKubernetesError } from '../tmc/convert.js';
import type { TmcError } from '../tmc/tmc-error.js';
import { isErrorLike } from '../tmc/safe-text.js';
import { jsonLine, textLine, type LogRecord } from './log-line.js';
import type { Logger, LogFields, Verbosity } from './logger.js';

export interface LoggerOptions {
  readonly verbosity: Verbosity;
  readonly format: 'text' | 'json';
  /** Where lines go; standard output in the command. */
  readonly stream: Writable;
  readonly clock: Pick<Clock, 'now'>;
}

const levels = { error: 0, warn: 1, info: 2, debug: 3 } as const;
type Level = keyof typeof levels;

/** What people expect of the words: 1 and 2 tell what the syncer does, 3 and 4 how. */
const levelOf: Readonly<Record<Verbosity, Level>> = { 1: 'info', 2: 'info', 3: 'debug', 4: 'debug' };

/** Where winston looks for the text of a line. */
const winstonMessage = Symbol.for('message');

/** A logger over winston that writes one line per record. A line above `verbosity` costs one comparison. */
export function createLogger(options: LoggerOptions): Logger {
  const render = options.format === 'json' ? jsonLine : textLine;
  const sink = winston.createLogger({
    levels,
    level: 'debug',
    exitOnError: false,
    format: winston.format((info) => ({
      ...info,
      [winstonMessage]: render((info as unknown as WinstonInfo).record),
    }))(),
    // eslint-disable-next-line @typescript-eslint/no-unsafe-class-instance-assignment -- winston types its transports as interfaces
    transports: [new winston.transports.Stream({ stream: options.stream, eol: '\n' })],
  });
  return new WinstonLogger({ sink, verbosity: options.verbosity, clock: options.clock }, {});
}

interface WinstonInfo {
  readonly record: LogRecord;
}

interface Shared {
  readonly sink: winston.Logger;
  readonly verbosity: Verbosity;
  readonly clock: Pick<Clock, 'now'>;
}

class WinstonLogger implements Logger {
  constructor(
    private readonly shared: Shared,
    private readonly fixed: LogFields,
  ) {}

  enabled(verbosity: Verbosity): boolean {
    return verbosity <= this.shared.verbosity;
  }

  log(verbosity: Verbosity, message: string, fields: LogFields = {}): void {
    if (this.enabled(verbosity)) this.write(levelOf[verbosity], message, fields);
  }

  warn(message: string, fields: LogFields = {}): void {
    this.write('warn', message, fields);
  }

  error(message: string, error: unknown, fields: LogFields = {}): void {
    const tmc = convertKubernetesError(error, 'syncer', message);
    this.write('error', message, { ...fields, ...errorFields(tmc) });
  }

  child(fields: LogFields): Logger {
    return new WinstonLogger(this.shared, { ...this.fixed, ...fields });
  }

  private write(level: Level, message: string, fields: LogFields): void {
    const record: LogRecord = {
      timeMs: this.shared.clock.now(),
      level,
      message,
      fields: { ...this.fixed, ...fields },
    };
    this.shared.sink.log({ level, message: '', record });
  }
}

function errorFields(tmc: TmcError): LogFields {
  return {
    error: tmc.message,
    tmcErrorType: tmc.type,
    severity: tmc.severity,
    hint: tmc.recoveryHint,
    stack: tmc.type === 'InternalError' ? framesOf(tmc.cause) : undefined,
  };
}

/** Where a mistake of the program happened. The lines before the frames repeat the message and are left out. */
function framesOf(error: unknown): string | undefined {
  if (!isErrorLike(error) || error.stack === undefined) return undefined;
  const frames = error.stack.split('\n').filter((line) => /^\s+at /.test(line));
  return frames.length === 0 ? undefined : frames.map((line) => line.trim()).join(' | ');
}
