import type { Side } from '../base/sides.js';
import type { KubeObject, ResourceType } from '../object/types.js';
import type { SyncerContext } from '../sync/context.js';
import type { PinnedWorkspace } from '../sync/evidence/chain.js';

/** What the controller of one type is made of. */
export interface TypeControllerOptions {
  readonly shared: SyncerContext;
  readonly workspace: PinnedWorkspace;
  readonly type: ResourceType;
  readonly workers: number;
  readonly isSelected: (object: KubeObject) => boolean;
  /** Identity that the SyncTarget's status had for the type when this run began; '' when none. */
  readonly storedIdentity: string;
  /** What the SyncTarget's status says that deletions are held for when this run began; '' when none are. */
  readonly storedHold: string;
  /** This copy is made of a later generation than its upstream object has (S26); told more than once. */
  readonly onSetBack: (copy: string) => void;
  readonly onPass: (ok: boolean) => void;
  /** A list or watch failed: somebody should look whether the server is there. */
  readonly onTrouble: (side: Side, error: unknown) => void;
  /** It may be another server that answers on this side (S7). */
  readonly onDoubt: (side: Side) => void;
  readonly signal: AbortSignal;
}
