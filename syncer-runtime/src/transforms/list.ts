import type { Transform } from './context.js';
import { dropEmptyMetadata } from './empty-metadata.js';
import { setIdentity } from './identity.js';
import { dropGeneratedJobSelector } from './job.js';
import { dropKcpKeys } from './kcp-keys.js';
import { dropLastApplied } from './last-applied.js';
import { dropStatus } from './no-status.js';
import { dropNulls } from './nulls.js';
import { dropVolumeBinding } from './persistent-volume-claim.js';
import { dropRolloutAnnotations } from './rollout-annotations.js';
import { dropServiceAccountSecrets } from './service-account.js';
import { dropAllocatedServiceFields } from './service.js';

/**
 * What happens to every object on its way down, in this order (S8). In: the upstream object. Out: the desired one,
 * without our marks, which marks.ts puts on at the end. Next: sync/write/apply-spec.
 */
export const transforms: readonly Transform[] = [
  setIdentity, // which object it is in the cluster; no metadata of kcp's server
  dropStatus, // comes up, never goes down
  dropNulls, // mean nothing, and would be written again and again
  dropKcpKeys, // kcp's own labels and annotations, and the syncer's
  dropLastApplied, // kubectl's copy of the object
  dropRolloutAnnotations, // Deployments, DaemonSets: revision counters
  dropAllocatedServiceFields, // Services: cluster IPs, health check port, node ports beside them
  dropVolumeBinding, // PersistentVolumeClaims: volume and node
  dropGeneratedJobSelector, // Jobs: selector and labels made from the uid
  dropServiceAccountSecrets, // ServiceAccounts: token Secrets
  dropEmptyMetadata, // labels and annotations of which nothing is left
];
