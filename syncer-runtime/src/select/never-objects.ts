import type { Upstream } from '../base/sides.js';
import { typeName, type KubeObject, type ObjectMeta, type OwnerReference, type ResourceType } from '../object/types.js';

type Check = (object: KubeObject) => string | undefined;

/** Single objects that stay on their side, by type. */
const checks = new Map<string, Check>([
  ['secrets', ({ type }) => secretTypes.get(type)],
  [
    'configmaps',
    ({ metadata }) => named(metadata, 'kube-root-ca.crt', 'it holds the certificate authority of its side'),
  ],
  [
    'serviceaccounts',
    ({ metadata }) => named(metadata, 'default', 'each side has a default ServiceAccount of its own'),
  ],
]);

const secretTypes = new Map<unknown, string>([
  ['kubernetes.io/service-account-token', 'it is a token for its own side'],
  ['helm.sh/release.v1', 'it is a record that Helm keeps of its own side'],
]);

function named(metadata: ObjectMeta, name: string, why: string): string | undefined {
  return metadata.name === name ? why : undefined;
}

/**
 * Why this upstream object is never synced; undefined: it may be. An object that a controller made goes down only
 * where its owner does not, since the owner's copy makes its own (S17): `ownerIsSynced` says so of a type.
 */
export function neverSyncedObject(
  type: ResourceType,
  object: Upstream<KubeObject>,
  ownerIsSynced: (owner: OwnerReference) => boolean,
): string | undefined {
  const controller = object.metadata.ownerReferences?.find((owner) => owner.controller === true);
  if (controller && ownerIsSynced(controller)) {
    return `it belongs to ${controller.kind} ${controller.name}, which is synced`;
  }
  return checks.get(typeName(type))?.(object);
}
