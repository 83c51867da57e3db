import type { Clock } from '../base/clock.js';
import type { Gates } from '../kube/gates.js';
import type { Side } from '../base/sides.js';
import type { AskedDecision } from '../object/decisions.js';
import type { Logger } from '../observe/logger.js';
import type { Recorder } from '../observe/recorder.js';
import type { SyncerSnapshot } from '../observe/snapshot.js';

export interface SyncerDeps {
  readonly logger: Logger;
  readonly recorder: Recorder;
  readonly clock: Clock;
  /** One for the whole process. */
  readonly gates: Gates;
  /** Whether this process may write at this moment: it may have lost what allows it to (S36). Always, where it is not given. */
  readonly mayWrite?: () => boolean;
  /** Told after each try to report on the SyncTarget: the snapshot tells what was reported. */
  readonly onReport?: () => void;
}

/** One syncer, from one workspace to one cluster. All of it is plain data in and out. */
export interface Syncer {
  /**
   * Connects both sides and registers on the SyncTarget; resolves when syncing begins.
   * @throws StartError with one line for people.
   */
  start(): Promise<void>;
  /** Finishes what is in work, says on the SyncTarget that it stopped, and closes all connections, within `deadlineMs`. */
  stop(deadlineMs: number): Promise<void>;
  snapshot(): SyncerSnapshot;
  /**
   * The kubeconfig of a side was rotated: what is sent from now on travels with the new credentials (S37). Nothing before
   * the start.
   * @throws KubeconfigError when it cannot be used, or leads to another server; the old credentials stay.
   */
  useKubeconfig(side: Side, kubeconfig: string): Promise<void>;
  /** Takes up decisions about held deletions; returns those that are over: carried out, or void (S26). */
  decide(asked: readonly AskedDecision[]): readonly AskedDecision[];
  /** Rejects when the syncer has to end by itself. */
  readonly done: Promise<void>;
}
