import { done, type Outcome } from '../base/outcome.js';

/** What a reconcile did, for metrics and its log line. */
export type Operation = 'none' | 'create' | 'update' | 'repair' | 'status' | 'delete' | 'release' | 'wait';

export interface SyncResult {
  readonly outcome: Outcome;
  readonly operation: Operation;
  /** The configuration's transformations in the first write of the pair in this run. */
  readonly transformedBy?: readonly string[];
  /** Why the pair is not in step yet: shown in `blocked` while it lasts. */
  readonly waiting?: { readonly reason: string; readonly message: string };
}

/** The pair is in step, or will be told of what it waits for. */
export function finished(operation: Operation): SyncResult {
  return { outcome: done, operation };
}

/** The pair waits for something that may come without an event: look again in `ms`. */
export function waiting(reason: string, message: string, ms: number): SyncResult {
  return { outcome: { kind: 'requeueAfter', ms, why: message }, operation: 'wait', waiting: { reason, message } };
}
