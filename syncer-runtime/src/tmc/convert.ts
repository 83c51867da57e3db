import { systemClock } from '../base/clock.js';
import { TerminalError } from '../base/outcome.js';
import type { TmcErrorType } from './error-types.js';
import { isErrorLike, safeErrorText, withoutValues, type ErrorLike } from './safe-text.js';
import { typeOfReason } from './terminal-types.js';
import { TmcError, type TmcErrorInit } from './tmc-error.js';

/** Missing permissions, credentials and objects come back, but not soon: the longest pause of the default backoff. */
export const slowRetryMs = 30_000;

/** An answer of an API server that says no; structural, because the taxonomy knows no transport. */
interface ApiErrorLike {
  readonly status: number;
  readonly message: string;
  readonly reason?: string;
  readonly retryAfterMs?: number | undefined;
  readonly details?: { readonly name?: string } | undefined;
}

/** A request that never became an answer. */
interface ConnectionErrorLike {
  readonly code: string;
  readonly message: string;
  readonly server?: string;
}

type Verdict = Pick<TmcErrorInit, 'type' | 'retryable' | 'retryAfterMs'>;

const slow = (type: TmcErrorType): Verdict => ({ type, retryAfterMs: slowRetryMs });

/** product.md 6, line by line. */
const verdictOfStatus: Readonly<Record<number, Verdict>> = {
  401: slow('ClusterAuthentication'),
  403: slow('ResourcePermission'),
  404: slow('ResourceNotFound'),
  408: { type: 'SyncTimeout' },
  409: { type: 'ResourceConflict' },
  422: { type: 'ResourceValidation' },
  500: { type: 'InternalError' },
};

/** Codes of waits that we ended ourselves, once connected; any other code says that there is no connection. */
const timeoutCodes = new Set(['UND_ERR_HEADERS_TIMEOUT', 'UND_ERR_BODY_TIMEOUT']);

/** Of a request that could not be made because its file or plugin gave no credential. */
const credentialsCode = 'CREDENTIALS';

/** Node gives its own complaints about wrong arguments a code as well. */
const programmingErrors = new Set(['TypeError', 'RangeError', 'SyntaxError']);

/**
 * Says what a failure is in the words of the TMC taxonomy (product.md 6): its type, whether and when to try again, and
 * a message that quotes no contents. A TmcError is returned as it is. Never throws.
 *
 * @param component part of the product that failed, such as `sync`; `operation` what it did, such as `apply`.
 */
export function convertKubernetesError(err: unknown, component: string, operation: string): TmcError {
  if (err instanceof TmcError) return err;
  const about = { component, operation, cause: err, timestamp: systemClock.now() };
  if (err instanceof TerminalError) return fromTerminal(err, about);
  if (isApiErrorLike(err)) return fromAnswer(err, about);
  const message = safeErrorText(err);
  if (isErrorLike(err) && err.code === credentialsCode) {
    return new TmcError({ ...about, ...slow('ClusterAuthentication'), message });
  }
  if (isTimeout(err)) return new TmcError({ ...about, type: 'SyncTimeout', message });
  if (!isConnectionErrorLike(err)) return new TmcError({ ...about, type: 'InternalError', message });
  const subject = err.server === undefined ? {} : { cluster: err.server };
  return new TmcError({ ...about, type: 'ClusterUnreachable', message, subject });
}

type About = Pick<TmcErrorInit, 'component' | 'operation' | 'cause' | 'timestamp'>;

function fromAnswer(err: ApiErrorLike, about: About): TmcError {
  const subject = err.details?.name === undefined ? {} : { name: err.details.name };
  const context = { status: String(err.status), ...(err.reason ? { reason: err.reason } : {}) };
  return new TmcError({
    ...about,
    ...verdictOf(err),
    message: withoutValues(err.message),
    subject: { ...subject, context },
  });
}

function verdictOf(err: ApiErrorLike): Verdict {
  if (err.status === 500 && err.message.includes('failed to create typed patch object')) {
    return { type: 'ResourceValidation' };
  }
  const listed = verdictOfStatus[err.status];
  if (listed) return listed;
  if (err.status === 429 || err.status > 500) return { type: 'ClusterUnavailable', retryAfterMs: err.retryAfterMs };
  return { type: 'SyncFailure' };
}

/** What the syncer itself decided; where a server's answer was behind it, that answer names the type. */
function fromTerminal(err: TerminalError, about: About): TmcError {
  const answer = isApiErrorLike(err.cause) ? verdictOf(err.cause).type : undefined;
  return new TmcError({
    ...about,
    type: typeOfReason(err.reason) ?? answer ?? 'SyncFailure',
    message: withoutValues(err.message),
    retryable: err.retryAfterMs !== undefined,
    retryAfterMs: err.retryAfterMs,
    subject: { context: { reason: err.reason } },
  });
}

function isApiErrorLike(err: unknown): err is ApiErrorLike {
  return isErrorLike(err) && typeof err.status === 'number';
}

function isTimeout(err: unknown): err is ErrorLike {
  if (!isErrorLike(err)) return false;
  return err.name === 'TimeoutError' || (typeof err.code === 'string' && timeoutCodes.has(err.code));
}

function isConnectionErrorLike(err: unknown): err is ConnectionErrorLike {
  return isErrorLike(err) && typeof err.code === 'string' && !programmingErrors.has(err.name);
}
