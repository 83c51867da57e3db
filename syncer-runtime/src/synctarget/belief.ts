import { backoffMs } from '../base/backoff.js';
import { sleep, type Clock } from '../base/clock.js';
import { ApiError } from '../kube/api-error.js';
import { ConnectionError } from '../kube/connection-error.js';
import { isConflict, isFailedPatchTest, isTooManyRequests } from '../kube/error-class.js';
import type { SyncTargetApi } from './synctarget-api.js';
import { reasons } from '../object/reasons.js';
import { StartError } from './start-error.js';

/** A server that does not become ready. */
const READY_WITHIN_MS = 30_000;
/** A server that cannot be reached, or refuses the credentials: /readyz is refused then too, and proves nothing. */
const DECIDED_WITHIN_MS = 10_000;
const backoff = { firstMs: 500, factor: 2, maxMs: 5_000 };

export interface BeliefOptions {
  readonly api: SyncTargetApi;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  /** Told, once for each reason, that the start has to wait. */
  readonly onWaiting: (message: string) => void;
}

/**
 * The result of `attempt`, tried again until it succeeds or its failure can be believed. For seconds after its port
 * opens, kcp denies workspaces, types and rights that exist; so a refusal counts only when kcp said that it is ready,
 * and refused again after that.
 * @throws the failure that is believed; StartError when kcp does not become ready; whatever else `attempt` throws.
 */
export async function untilBelieved<T>(attempt: () => Promise<T>, options: BeliefOptions): Promise<T> {
  const { api, clock, signal } = options;
  const started = clock.monotonic();
  const told = new Set<string>();
  let doubted: string | undefined;
  for (let failures = 1; ; failures++) {
    const failure = await failureOf(attempt);
    if (!failure.error) return failure.result;
    signal.throwIfAborted();
    const { error } = failure;
    if (isRefusal(error) && signature(error) === doubted) throw error;
    const ready = await api.serverReady(signal);
    if (clock.monotonic() - started >= patienceMs(error)) throw lastWord(error, api.server);
    doubted = ready ? signature(error) : undefined;
    tellOnce(error, { ready, told, onWaiting: options.onWaiting });
    await sleep(clock, Math.max(backoffMs(failures, backoff), retryAfterMs(error)), signal);
  }
}

type Failure = ApiError | ConnectionError;

async function failureOf<T>(attempt: () => Promise<T>): Promise<{ error: Failure } | { error: undefined; result: T }> {
  try {
    return { error: undefined, result: await attempt() };
  } catch (error) {
    if (error instanceof ApiError || error instanceof ConnectionError) return { error };
    throw error;
  }
}

/** An answer that will be the same tomorrow unless somebody changes something. */
function isRefusal(error: Failure): boolean {
  if (!(error instanceof ApiError) || error.status < 400 || error.status >= 500) return false;
  return !isTooManyRequests(error) && !isConflict(error) && !isFailedPatchTest(error);
}

function signature(error: Failure): string {
  return error instanceof ApiError ? `${error.status} ${error.method} ${error.path} ${error.message}` : error.code;
}

function patienceMs(error: Failure): number {
  return cannotBeProved(error) ? DECIDED_WITHIN_MS : READY_WITHIN_MS;
}

function cannotBeProved(error: Failure): boolean {
  return error instanceof ConnectionError || error.status === 401;
}

function retryAfterMs(error: Failure): number {
  return error instanceof ApiError ? Math.min(error.retryAfterMs ?? 0, backoff.maxMs) : 0;
}

function lastWord(error: Failure, server: string): Error {
  if (cannotBeProved(error)) return error;
  return new StartError(
    `kcp at ${server} did not become ready within ${READY_WITHIN_MS / 1000} s; it said last: ${error.message}`,
    { reason: reasons.KcpUnreachable, cause: error },
  );
}

function tellOnce(
  error: Failure,
  how: { ready: boolean; told: Set<string>; onWaiting: (message: string) => void },
): void {
  if (how.ready && isRefusal(error)) return;
  const message = `waiting for kcp to become ready (${error.message})`;
  if (how.told.has(message)) return;
  how.told.add(message);
  how.onWaiting(message);
}
