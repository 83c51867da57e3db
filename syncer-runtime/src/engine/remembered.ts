import type { TypeController } from '../controller/type-controller.js';
import { typeName, type ResourceType } from '../object/types.js';
import type { StoredResource } from './resource-snapshots.js';

/** What a former run left on the SyncTarget. */
interface Stored {
  readonly stored: readonly StoredResource[];
  /** Why deletions were held. */
  readonly absence: { readonly cause: string };
}

/** What is known of the type from before: from its controller in another version, or from the SyncTarget's status. */
export function rememberedOf(
  { stored, absence }: Stored,
  type: ResourceType,
  former?: TypeController,
): { storedIdentity: string; storedHold: string } {
  if (former) return { storedIdentity: former.identity(), storedHold: former.ctx.store.heldFor() };
  const entry = stored.find(({ resource }) => resource === typeName(type));
  return { storedIdentity: entry?.identity ?? '', storedHold: absence.cause };
}
