import { syncTargetCrd } from './generated/synctarget-crd.js';
import { compile, mistakes, once } from './schema-check.js';

const syncTargetCheck = once(() => compile(syncTargetCrd.spec.versions[0].schema.openAPIV3Schema));

/**
 * Judges a SyncTarget by the schema that its CustomResourceDefinition carries. Returns one sentence for each mistake,
 * beginning with the field's path (`spec.capabilities[0].capacity …`), and none when all is well. Values are never
 * quoted. Fields that the schema does not know are left to the server, so that a newer type is no mistake.
 */
export function validateSyncTarget(syncTarget: unknown): string[] {
  return mistakes(syncTargetCheck(), syncTarget);
}
