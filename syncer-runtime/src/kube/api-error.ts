import type { Side } from '../base/sides.js';
import { readWords, type ServerWords } from './server-words.js';
import { withoutValues } from '../tmc/safe-text.js';

const MESSAGE_LENGTH = 256;
const MAX_CAUSES = 32;
/** A longer body is no Status worth reading. */
const MAX_STATUS_TEXT = 4 * 1024 * 1024;
/** A server may not put us to sleep for longer. */
const MAX_RETRY_AFTER_MS = 120_000;

export interface ApiErrorCause {
  readonly reason: string;
  /** Cut where contents begin. */
  readonly message: string;
  readonly field: string;
}

export interface ApiErrorDetails {
  readonly name: string;
  readonly group: string;
  /** Of a NotFound this is the resource (`deployments`), of an Invalid the kind: whatever the server says. */
  readonly kind: string;
  readonly uid: string;
  readonly causes: readonly ApiErrorCause[];
  readonly retryAfterSeconds?: number;
}

/** An answer as it came, before anything is believed of it. */
export interface RawAnswer {
  readonly side: Side;
  readonly method: string;
  readonly path: string;
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly text: string;
}

interface ApiErrorFields {
  readonly side: Side;
  readonly method: string;
  readonly path: string;
  readonly status: number;
  readonly reason: string;
  readonly details: ApiErrorDetails;
  readonly isStatus: boolean;
  readonly words: ServerWords | undefined;
  readonly retryAfterMs: number | undefined;
}

/**
 * A server's answer other than 2xx, or the Status of a watch's ERROR event. The message quotes the server only when
 * it sent a JSON Status, at most 256 characters of it, and never values of fields: it is safe to show.
 */
export class ApiError extends Error {
  override readonly name = 'ApiError';
  readonly side: Side;
  readonly method: string;
  /** Without its query. */
  readonly path: string;
  readonly status: number;
  /** CamelCase word of the Status, '' when there is none. */
  readonly reason: string;
  readonly details: ApiErrorDetails;
  /** Whether the body was a JSON Status: other bodies come from proxies and from servers that are not ready. */
  readonly isStatus: boolean;
  /** What the server says only in text, read before the text was cut. */
  readonly words: ServerWords | undefined;
  /** How long the server asks to be left alone. */
  readonly retryAfterMs: number | undefined;

  constructor(message: string, fields: ApiErrorFields) {
    super(message);
    this.side = fields.side;
    this.method = fields.method;
    this.path = fields.path;
    this.status = fields.status;
    this.reason = fields.reason;
    this.details = fields.details;
    this.isStatus = fields.isStatus;
    this.words = fields.words;
    this.retryAfterMs = fields.retryAfterMs;
  }
}

/** Makes the error of an answer that is not 2xx. */
export function apiErrorOf(answer: RawAnswer): ApiError {
  return errorFromStatus(answer, statusOf(answer.text));
}

/** Makes the error of a watch's ERROR event, whose `object` should be a Status. */
export function apiErrorOfEvent(watch: { readonly side: Side; readonly path: string }, object: unknown): ApiError {
  const body = isRecord(object) && object['kind'] === 'Status' ? object : undefined;
  const status = typeof body?.['code'] === 'number' ? body['code'] : 500;
  return errorFromStatus({ ...watch, method: 'GET', status, headers: {} }, body);
}

function errorFromStatus(answer: Omit<RawAnswer, 'text'>, body: Record<string, unknown> | undefined): ApiError {
  const said = text(body?.['message']);
  const details = detailsOf(body?.['details']);
  const path = answer.path.replace(/\?.*$/s, '');
  return new ApiError(messageOf(answer, path, said), {
    side: answer.side,
    method: answer.method,
    path,
    status: answer.status,
    reason: text(body?.['reason']),
    details,
    isStatus: body !== undefined,
    words: body && readWords({ status: answer.status, message: said, causes: rawCauses(body['details']) }),
    retryAfterMs: retryAfterOf(answer.headers['retry-after'], details.retryAfterSeconds),
  });
}

function messageOf(answer: Omit<RawAnswer, 'text'>, path: string, said: string): string {
  const safe = cut(inOneLine(said));
  if (safe !== '') return safe;
  if (answer.status >= 300 && answer.status < 400) return `${answer.method} ${cut(path)}: redirects are not followed`;
  return `${answer.method} ${cut(path)} was answered with ${answer.status} and without a Kubernetes status`;
}

function statusOf(body: string): Record<string, unknown> | undefined {
  if (body.length > MAX_STATUS_TEXT || !body.trimStart().startsWith('{')) return undefined;
  try {
    const parsed: unknown = JSON.parse(body);
    return isRecord(parsed) && parsed['kind'] === 'Status' ? parsed : undefined;
  } catch {
    return undefined;
  }
}

function detailsOf(raw: unknown): ApiErrorDetails {
  const details = isRecord(raw) ? raw : {};
  const seconds = details['retryAfterSeconds'];
  return {
    name: cut(text(details['name'])),
    group: cut(text(details['group'])),
    kind: cut(text(details['kind'])),
    uid: cut(text(details['uid'])),
    causes: rawCauses(raw).map((cause) => ({ ...cause, message: cut(inOneLine(cause.message)) })),
    ...(typeof seconds === 'number' && { retryAfterSeconds: seconds }),
  };
}

function rawCauses(details: unknown): ApiErrorCause[] {
  const causes = isRecord(details) ? details['causes'] : undefined;
  if (!Array.isArray(causes)) return [];
  return causes.slice(0, MAX_CAUSES).map((cause: unknown) => {
    const of = isRecord(cause) ? cause : {};
    return { reason: cut(text(of['reason'])), message: text(of['message']), field: cut(text(of['field'])) };
  });
}

/** `Retry-After` in seconds; its other form, a date, is of no use to a machine whose clock may differ. */
function retryAfterOf(header: string | string[] | undefined, fromDetails: number | undefined): number | undefined {
  const first = Array.isArray(header) ? header[0] : header;
  const seconds = first !== undefined && /^\d{1,9}$/.test(first) ? Number(first) : fromDetails;
  if (seconds === undefined || !(seconds >= 0)) return undefined;
  return Math.min(seconds * 1000, MAX_RETRY_AFTER_MS);
}

function cut(long: string): string {
  return long.length <= MESSAGE_LENGTH ? long : `${long.slice(0, MESSAGE_LENGTH - 1)}…`;
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** A server's words without values of fields, line ends as blanks. */
function inOneLine(message: string): string {
  return withoutValues(message).replace(/\s+/g, ' ').trim();
}
