import { TerminalError } from '../../base/outcome.js';
import { ApiError } from '../../kube/api-error.js';
import { ConnectionError } from '../../kube/connection-error.js';
import {
  fieldNotInSchema,
  immutableField,
  isConflict,
  isForbidden,
  isInvalid,
  isNamespaceMissing,
  isNamespaceTerminating,
  isQuotaExceeded,
  isSchemaMismatch,
  isUidMismatch,
  isUnauthorized,
} from '../../kube/error-class.js';
import { reasons, type Reason } from '../../object/reasons.js';

/** What a failed reconcile means for its key. */
export interface Failure {
  readonly reason: string;
  /** A sentence: what happened, where, what to do. */
  readonly message: string;
  /**
   * final: nothing helps until the object changes. slow: somebody has to act, but we notice when they did. race: the
   * normal outcome of two writers. retry: with backoff.
   */
  readonly kind: 'final' | 'slow' | 'race' | 'retry';
  /** The earliest next try, ms from now. */
  readonly retryAfterMs?: number;
}

interface Rule {
  readonly when: (error: ApiError) => boolean;
  readonly reason: Reason;
  readonly kind: Failure['kind'];
  readonly say: (error: ApiError) => string;
}

const cluster = (error: ApiError): string => (error.side === 'upstream' ? 'kcp' : 'the cluster');

/** In this order; the first that fits. The order matters where one answer is a special case of another. */
const rules: readonly Rule[] = [
  {
    when: (e) => immutableField(e) !== undefined,
    reason: reasons.ImmutableFieldChanged,
    kind: 'final',
    say: (e) =>
      `${cluster(e)} does not let ${immutableField(e) ?? 'a field'} change. Set it back, or delete the object in kcp and create it anew.`,
  },
  {
    when: (e) => fieldNotInSchema(e) !== undefined,
    reason: reasons.FieldNotInSchema,
    kind: 'final',
    say: (e) =>
      `${cluster(e)} does not know the field ${fieldNotInSchema(e) ?? ''}. Remove it, or bring the cluster's version of the type up to date.`,
  },
  {
    when: isSchemaMismatch,
    reason: reasons.Rejected,
    kind: 'final',
    say: (e) => `${cluster(e)} cannot read the object: ${e.message}`,
  },
  {
    when: isUidMismatch,
    reason: reasons.Conflict,
    kind: 'race',
    say: (e) => `the object changed in ${cluster(e)} meanwhile`,
  },
  {
    when: isInvalid,
    reason: reasons.Rejected,
    kind: 'final',
    say: (e) => `${cluster(e)} rejects the object: ${e.message}`,
  },
  {
    when: (e) => e.status === 413,
    reason: reasons.ObjectTooLarge,
    kind: 'final',
    say: (e) => `the object is too large for ${cluster(e)}`,
  },
  {
    when: (e) => isNamespaceTerminating(e) || isNamespaceMissing(e),
    reason: reasons.NamespaceTerminating,
    kind: 'retry',
    say: (e) => `the namespace is going in ${cluster(e)}; waiting to create it anew`,
  },
  {
    when: isQuotaExceeded,
    reason: reasons.QuotaExceeded,
    kind: 'slow',
    say: (e) => `the quota of the namespace in ${cluster(e)} is used up: ${e.message}`,
  },
  {
    when: isForbidden,
    reason: reasons.NotPermitted,
    kind: 'slow',
    say: (e) => `${cluster(e)} does not permit it: ${e.message}`,
  },
  {
    when: isUnauthorized,
    reason: reasons.NotPermitted,
    kind: 'slow',
    say: (e) => `${cluster(e)} does not accept the credentials (401)`,
  },
  {
    when: isConflict,
    reason: reasons.Conflict,
    kind: 'race',
    say: (e) => `another writer was faster in ${cluster(e)}`,
  },
];

/** It is not known just now whether the cluster that we know answers; it soon will be (S7). */
export class UnknownCluster extends Error {
  override readonly name = 'UnknownCluster';

  constructor() {
    super('waiting until it is known again which cluster answers');
  }
}

/** Decides, in this one place, what an exception of a reconcile means. */
export function classifyFailure(error: unknown): Failure {
  if (error instanceof TerminalError)
    return { reason: error.reason, message: error.message, kind: 'final', ...retryAfter(error.retryAfterMs) };
  if (error instanceof UnknownCluster)
    return { reason: reasons.ClusterUnreachable, message: error.message, kind: 'race' };
  if (error instanceof ConnectionError)
    return {
      reason: error.side === 'upstream' ? reasons.KcpUnreachable : reasons.ClusterUnreachable,
      message: error.message,
      kind: 'retry',
    };
  if (error instanceof ApiError) return classifyAnswer(error);
  return { reason: reasons.SyncFailed, message: error instanceof Error ? error.message : String(error), kind: 'retry' };
}

function classifyAnswer(error: ApiError): Failure {
  const rule = rules.find(({ when }) => when(error));
  if (!rule)
    return {
      reason: reasons.SyncFailed,
      message: `${cluster(error)} answers ${String(error.status)}: ${error.message}`,
      kind: 'retry',
      ...retryAfter(error.retryAfterMs),
    };
  return { reason: rule.reason, message: rule.say(error), kind: rule.kind, ...retryAfter(error.retryAfterMs) };
}

function retryAfter(ms: number | undefined): { retryAfterMs?: number } {
  return ms === undefined ? {} : { retryAfterMs: ms };
}
