import { annotations } from '../object/marks.js';
import type { KubeObject } from '../object/types.js';
import { crdName, type ClusterType } from './cluster-type.js';
import type { Schema } from './schema.js';

export interface CrdVersion {
  readonly name: string;
  readonly served: boolean;
  readonly storage: boolean;
  readonly schema?: { readonly openAPIV3Schema: Schema };
  readonly subresources?: { readonly status?: object; readonly scale?: object };
  readonly [field: string]: unknown;
}

export interface Crd extends KubeObject {
  readonly spec: {
    readonly group: string;
    readonly scope: string;
    readonly names: { readonly plural: string; readonly kind: string; readonly [field: string]: unknown };
    readonly versions: readonly CrdVersion[];
    readonly [field: string]: unknown;
  };
  readonly status?: { readonly conditions?: readonly CrdCondition[] };
}

export interface CrdCondition {
  readonly type: string;
  readonly status: string;
  readonly message?: string;
}

export const crds = { group: 'apiextensions.k8s.io', version: 'v1', resource: 'customresourcedefinitions' };

/** Names the approval that a server wants to see for groups of Kubernetes: these are Kubernetes' own types. */
const approval = { 'api-approved.kubernetes.io': 'https://github.com/kubernetes/kubernetes' };

/**
 * The CRD by which a workspace serves a type of the cluster.
 * @param schema structural, see mends/list.
 * @param publishedBy who alone may change it later.
 */
export function crdOf(type: ClusterType, schema: Schema, publishedBy: string): Crd {
  return {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: {
      name: crdName(type),
      annotations: { ...(isProtected(type.group) && approval), [annotations.publishedBy]: publishedBy },
    },
    spec: {
      group: type.group,
      scope: 'Namespaced',
      names: {
        plural: type.resource,
        singular: type.singular,
        kind: type.kind,
        listKind: `${type.kind}List`,
        ...(type.shortNames.length > 0 && { shortNames: type.shortNames }),
        ...(type.categories.length > 0 && { categories: type.categories }),
      },
      versions: [
        {
          name: type.version,
          served: true,
          storage: true,
          schema: { openAPIV3Schema: schema },
          subresources: subresourcesOf(type, schema),
        },
      ],
    },
  };
}

function isProtected(group: string): boolean {
  return /(^|\.)(k8s|kubernetes)\.io$/.test(group);
}

/**
 * `scale` as Kubernetes' workloads have it. No label selector: a CRD takes it from a string in the object, where
 * workloads keep theirs as an object, and nothing in a workspace asks for it.
 */
function subresourcesOf(type: ClusterType, schema: Schema): CrdVersion['subresources'] & object {
  const countsIn = (part: 'spec' | 'status'): boolean =>
    schema.properties?.[part]?.properties?.['replicas'] !== undefined;
  const scales = type.subresources.includes('scale') && countsIn('spec') && countsIn('status');
  return {
    ...(type.subresources.includes('status') && { status: {} }),
    ...(scales && { scale: { specReplicasPath: '.spec.replicas', statusReplicasPath: '.status.replicas' } }),
  };
}
