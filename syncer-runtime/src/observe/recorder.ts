import type { Side } from '../base/sides.js';

export type Direction = 'kcp-to-cluster' | 'cluster-to-kcp';

/** What the product counts. Implemented with prom-client; a test may count calls. */
export interface Recorder {
  /** One write that carried an object to the other side. */
  synced(gvk: string, direction: Direction): void;
  /** One reconcile; `operation` is one of a small fixed set such as `create`, `update`, `status`, `delete`, `none`. */
  reconciled(operation: string, seconds: number): void;
  /** One failure; `errorType` is a TMC error type. */
  failed(errorType: string): void;
  heartbeat(ok: boolean): void;
  connection(side: Side, connected: boolean): void;
}
