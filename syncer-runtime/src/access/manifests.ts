import type { Rule } from './rule.js';

const group = 'rbac.authorization.k8s.io';

/** Where rules hold, and for whom. */
export interface Grant {
  /** Name of both objects. */
  readonly name: string;
  /** User name as the server knows it; of a ServiceAccount `system:serviceaccount:<namespace>:<name>`. */
  readonly user: string;
  /** undefined: everywhere. */
  readonly namespace?: string;
  readonly rules: readonly Rule[];
}

/** A Role or ClusterRole, or its binding, ready to be applied. */
export interface RbacManifest {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly namespace?: string };
  readonly [field: string]: unknown;
}

/** The role that a grant takes, and its binding. */
export function rbacManifests({ name, user, namespace, rules }: Grant): RbacManifest[] {
  const scope = namespace === undefined ? 'Cluster' : '';
  const kind = `${scope}Role`;
  const common = {
    apiVersion: `${group}/v1`,
    metadata: { name, ...(namespace !== undefined && { namespace }) },
  };
  return [
    { ...common, kind, rules },
    {
      ...common,
      kind: `${kind}Binding`,
      roleRef: { apiGroup: group, kind, name },
      subjects: [{ apiGroup: group, kind: 'User', name: user }],
    },
  ];
}
