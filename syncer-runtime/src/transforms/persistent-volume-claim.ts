import { typeName } from '../object/types.js';
import { editField, without, withoutAnnotations } from './edit.js';
import type { Transform } from './context.js';

/** What the cluster's volume controllers and scheduler write on a claim. */
function isBindingKey(key: string): boolean {
  return key.startsWith('pv.kubernetes.io/') || bindingKeys.has(key);
}

const bindingKeys = new Set([
  'volume.kubernetes.io/selected-node',
  'volume.kubernetes.io/storage-provisioner',
  'volume.beta.kubernetes.io/storage-provisioner',
]);

/** A claim is bound to a volume, and its Pod to a node, anew in each cluster. */
export const dropVolumeBinding: Transform = (object, { type }) => {
  if (typeName(type) !== 'persistentvolumeclaims') return object;
  const unbound = withoutAnnotations(object, isBindingKey);
  return editField(unbound, 'spec', (spec) => without(spec, (field) => field === 'volumeName'));
};
