import { finalizerOf, ownerHash } from '../object/marks.js';
import type { SyncerIdentity } from '../sync/context.js';
import type { Registration } from '../synctarget/registration.js';

/** Who a syncer is: made of names, so that a SyncTarget made again goes on with the same objects (S1). */
export function identityOf(registration: Registration, syncTarget: string): SyncerIdentity {
  const owner = ownerHash(registration.logicalCluster, syncTarget);
  return { owner, finalizer: finalizerOf(owner), syncTarget, workspace: registration.workspacePath };
}
