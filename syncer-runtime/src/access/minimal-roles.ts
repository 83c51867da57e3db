import type { Side } from '../base/sides.js';
import { claimRules, clusterRules, clusterTypeRules, landmarkNamespace, landmarkRules } from './cluster-rules.js';
import { rbacManifests, type RbacManifest } from './manifests.js';
import type { SyncedType } from './rule.js';
import { workspaceRules, workspaceTypeRules } from './workspace-rules.js';

export interface AccessRequest {
  /** Name of the SyncTarget. */
  readonly syncTarget: string;
  readonly types: readonly SyncedType[];
  /** Rights on objects in these namespaces only, by Roles; they must exist in the cluster. undefined: everywhere. */
  readonly namespaces?: readonly string[];
  /** The syncer removes namespaces that it made and that are not needed any more; only where `namespaces` is not given. */
  readonly removesNamespaces: boolean;
  /** Of roles and bindings. */
  readonly roleName: string;
  /** Whom each server knows the syncer as. */
  readonly users: Readonly<Record<Side, string>>;
}

/**
 * The least that a syncer needs on both sides to sync these types (product.md 7), as roles and bindings. Discovery,
 * `/version` and `/readyz` are not in them: every authenticated user has those from the servers' own roles.
 */
export function minimalRoles(request: AccessRequest): Record<Side, RbacManifest[]> {
  return { upstream: workspaceRoles(request), downstream: clusterRoles(request) };
}

function workspaceRoles({ syncTarget, types, namespaces, roleName: name, users }: AccessRequest): RbacManifest[] {
  const user = users.upstream;
  const itself = workspaceRules(syncTarget);
  const objects = workspaceTypeRules(types);
  if (!namespaces) return rbacManifests({ name, user, rules: [...itself, ...objects] });
  return [
    ...rbacManifests({ name, user, rules: itself }),
    ...namespaces.flatMap((namespace) => rbacManifests({ name, user, namespace, rules: objects })),
  ];
}

function clusterRoles({ types, namespaces, removesNamespaces, roleName: name, users }: AccessRequest): RbacManifest[] {
  const user = users.downstream;
  const objects = clusterTypeRules(types);
  if (!namespaces) return rbacManifests({ name, user, rules: [...clusterRules({ removesNamespaces }), ...objects] });
  return [
    ...rbacManifests({ name, user, namespace: landmarkNamespace, rules: landmarkRules }),
    ...namespaces.flatMap((namespace) =>
      rbacManifests({ name, user, namespace, rules: [...claimRules(namespace), ...objects] }),
    ),
  ];
}
