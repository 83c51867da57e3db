import type { Side } from '../base/sides.js';
import type { TmcError } from '../tmc/tmc-error.js';

export type Direction = 'kcp-to-cluster' | 'cluster-to-kcp';

/** One write of a synced object. */
export interface WriteSeen {
  readonly side: Side;
  readonly verb: 'apply' | 'patch' | 'delete';
  readonly gvk: string;
  /** `conflict`: another writer was faster. `refused`: the server said no. `error`: it could not. */
  readonly result: 'ok' | 'conflict' | 'refused' | 'error';
}

/** One HTTP request. */
export interface RequestSeen {
  /** The status, or a word that says why none came. */
  readonly code: string;
  readonly method: string;
  readonly host: string;
}

/** What the product counts. Implemented with prom-client; a test may count calls. Every call is cheap and never throws. */
export interface Recorder {
  /** One write that carried an object to the other side. */
  synced(gvk: string, direction: Direction): void;
  /** One reconcile; `operation` is one of a small fixed set such as `create`, `update`, `status`, `delete`, `none`. */
  reconciled(operation: string, seconds: number, result: 'success' | 'requeue_after'): void;
  /** One reconcile that threw. */
  reconcileFailed(seconds: number): void;
  failed(error: Pick<TmcError, 'type' | 'severity'>): void;
  /** One change that is now on the other side, and how long ago it was seen. */
  latency(direction: Direction, seconds: number): void;
  wrote(write: WriteSeen): void;
  /** A write that another writer overtook. */
  conflict(): void;
  driftCorrected(): void;
  /** A list or watch failed and begins anew; `reason` is a TMC error type. */
  watchRestarted(side: Side, gvk: string, reason: string): void;
  heartbeat(ok: boolean): void;
  connection(side: Side, connected: boolean): void;
  /** A key was put into a queue. */
  queued(isRetry: boolean): void;
  /** How long a key was in its queue. */
  waited(seconds: number): void;
  request(request: RequestSeen): void;
}
