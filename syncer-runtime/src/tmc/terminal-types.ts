import { reasons, type Reason } from '../object/reasons.js';
import type { TmcErrorType } from './error-types.js';

/** The syncer's own decisions about an object, in the words of the taxonomy. */
const types: Readonly<Partial<Record<Reason, TmcErrorType>>> = {
  [reasons.ConflictUnowned]: 'SyncConflict',
  [reasons.ConflictOtherSyncer]: 'SyncConflict',
  [reasons.Conflict]: 'SyncConflict',
  [reasons.NamespaceProtected]: 'PlacementPolicy',
  [reasons.NamespaceUnowned]: 'PlacementConstraint',
  [reasons.NamespaceClaimed]: 'PlacementConstraint',
  [reasons.NamespaceTerminating]: 'PlacementConstraint',
  [reasons.QuotaExceeded]: 'PlacementConstraint',
  [reasons.NameTooLong]: 'ResourceValidation',
  [reasons.ImmutableFieldChanged]: 'ResourceValidation',
  [reasons.Rejected]: 'ResourceValidation',
  [reasons.StatusRejected]: 'ResourceValidation',
  [reasons.FieldNotInSchema]: 'ResourceValidation',
  [reasons.ObjectTooDeep]: 'ResourceValidation',
  [reasons.ObjectTooLarge]: 'ResourceValidation',
  [reasons.NotPermitted]: 'ResourcePermission',
  [reasons.ClusterChanged]: 'ClusterConfiguration',
  [reasons.WorkspaceChanged]: 'ClusterConfiguration',
};

/** The type that a reason of object/reasons stands for, or undefined where only the cause can tell. */
export function typeOfReason(reason: string): TmcErrorType | undefined {
  return new Map(Object.entries(types)).get(reason);
}
