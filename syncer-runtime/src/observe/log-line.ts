import type { LogFields } from './logger.js';

/** One record before it becomes text. */
export interface LogRecord {
  /** Wall clock, ms. */
  readonly timeMs: number;
  readonly level: string;
  readonly message: string;
  readonly fields: LogFields;
}

const maxValueLength = 2_000;

/**
 * What could break a line, hide text or command a terminal: control characters, line and paragraph separators, and
 * marks that change the direction of writing.
 */
const unprintable = /[\u0000-\u001f\u007f-\u009f\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069]/g;

const shortEscapes: Readonly<Record<string, string>> = { '\n': '\\n', '\r': '\\r', '\t': '\\t' };

/** `text` as one line that shows every character for what it is; over 2 000 characters it is cut. */
export function oneLine(text: string): string {
  const kept = text.length > maxValueLength ? `${text.slice(0, maxValueLength)}…` : text;
  return kept.replace(unprintable, (c) => shortEscapes[c] ?? `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

/** Time, level, message and `key=value`s, for people. One record is one line, whatever the values hold. */
export function textLine(record: LogRecord): string {
  const head = `${new Date(record.timeMs).toISOString()} ${record.level.toUpperCase().padEnd(5)} ${oneLine(record.message)}`;
  const pairs = Object.entries(record.fields).map(([key, value]) =>
    value === undefined ? '' : ` ${key}=${textValue(value)}`,
  );
  return head + pairs.join('');
}

function textValue(value: string | number | boolean): string {
  if (typeof value !== 'string') return String(value);
  const safe = oneLine(value);
  return safe === '' || /[\s"=\\]/.test(safe) ? `"${safe.replace(/"/g, '\\"')}"` : safe;
}

/** The record as one JSON object, for machines. A field cannot take the place of time, level or message. */
export function jsonLine(record: LogRecord): string {
  const head = { time: new Date(record.timeMs).toISOString(), level: record.level, message: bounded(record.message) };
  const fields = Object.entries(record.fields).map(([key, value]) => [key, bounded(value)] as const);
  const json = JSON.stringify({ ...head, ...Object.fromEntries(fields), ...head });
  return json.replace(unprintable, (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

function bounded<T>(value: T): T | string {
  return typeof value === 'string' && value.length > maxValueLength ? `${value.slice(0, maxValueLength)}…` : value;
}
