import type { KubeClient } from '@kcp-syncer/syncer-runtime/kube/client.js';
import { findObject, type Ref } from '@kcp-syncer/syncer-runtime/kube/find-object.js';
import { isNotFound } from '@kcp-syncer/syncer-runtime/kube/error-class.js';
import { collectionPath, objectPath, type Query } from '@kcp-syncer/syncer-runtime/kube/paths.js';
import { stringifyJson } from '@kcp-syncer/syncer-runtime/object/parse.js';
import type { KubeObject } from '@kcp-syncer/syncer-runtime/object/types.js';
import { covers } from '@kcp-syncer/syncer-runtime/workspace-apis/ensure-object.js';

export type Outcome = 'created' | 'updated' | 'unchanged';

const writing: Query = { fieldManager: 'kubectl-syncer', fieldValidation: 'Strict' };
const rbac = { group: 'rbac.authorization.k8s.io', version: 'v1' } as const;

/** The types that this command writes. */
export const types = {
  namespaces: { group: '', version: 'v1', resource: 'namespaces' },
  roles: { ...rbac, resource: 'roles' },
  roleBindings: { ...rbac, resource: 'rolebindings' },
  clusterRoles: { ...rbac, resource: 'clusterroles' },
  clusterRoleBindings: { ...rbac, resource: 'clusterrolebindings' },
  workspaces: { group: 'tenancy.kcp.io', version: 'v1alpha1', resource: 'workspaces' },
  logicalClusters: { group: 'core.kcp.io', version: 'v1alpha1', resource: 'logicalclusters' },
} as const;

/**
 * Creates the object, or changes of it what is not as desired; nothing is sent when all is. Whoever changes it at the
 * same time is not overwritten (409).
 */
export async function ensure(
  client: KubeClient,
  { ref, desired }: { readonly ref: Ref; readonly desired: object },
  signal: AbortSignal,
): Promise<Outcome> {
  const live = await findObject(client, ref, signal);
  if (!live) {
    const path = collectionPath(ref.type, ref.namespace, writing);
    await client.request({ method: 'POST', path, body: stringifyJson(desired), signal });
    return 'created';
  }
  if (covers(live, desired)) return 'unchanged';
  await client.request({
    method: 'PATCH',
    path: objectPath(ref.type, ref, writing),
    contentType: 'application/merge-patch+json',
    body: stringifyJson(withVersion(desired, live)),
    signal,
  });
  return 'updated';
}

function withVersion(desired: object, { metadata: { resourceVersion } }: KubeObject): object {
  const { metadata } = desired as { metadata?: object };
  return { ...desired, metadata: { ...metadata, resourceVersion } };
}

/** Deletes the object; false when it was not there, nor the place where it would be. */
export async function remove(client: KubeClient, ref: Ref, signal: AbortSignal): Promise<boolean> {
  try {
    await client.request({ method: 'DELETE', path: objectPath(ref.type, ref), signal });
    return true;
  } catch (error) {
    if (isNotFound(error)) return false;
    throw error;
  }
}

/** Where an RBAC manifest belongs. */
export function refOf(manifest: {
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly namespace?: string };
}): Ref {
  const { name, namespace } = manifest.metadata;
  const type = { ...rbac, resource: `${manifest.kind.toLowerCase()}s` };
  return { type, name, ...(namespace !== undefined && { namespace }) };
}
