import type { ApiRequest } from '../../kube/client.js';
import { objectPath } from '../../kube/paths.js';
import { annotations, fieldManager, isSyncerKey, ownerLabel } from '../../object/marks.js';
import type { ObjectMeta, ResourceType } from '../../object/types.js';

/** A request that only needs to be sent. */
export type Write = Omit<ApiRequest, 'signal'>;

export const mergePatch = 'application/merge-patch+json';

/** What stays on an object that is let go: by these a later connection takes it up as what it was. */
const lasting: readonly string[] = [annotations.upstreamUid, annotations.adopted];

/**
 * Takes our marks off a copy that is let go, and leaves all else as it is (S30). By merge patch: an apply that leaves
 * everything out would take the whole object away with our fields. Another object of the name is refused by its uid.
 */
export function unmarking(type: ResourceType, { uid, name, namespace, annotations: marks = {} }: ObjectMeta): Write {
  const gone = Object.keys(marks).filter((key) => isSyncerKey(key) && !lasting.includes(key));
  const annotationsOff = Object.fromEntries(gone.map((key) => [key, null]));
  const body = { metadata: { uid, labels: { [ownerLabel]: null }, annotations: annotationsOff } };
  const path = objectPath(type, { name, ...(namespace !== undefined && { namespace }) }, { fieldManager });
  return { method: 'PATCH', path, contentType: mergePatch, body: JSON.stringify(body) };
}
