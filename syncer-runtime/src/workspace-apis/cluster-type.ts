import { isRecord } from '../object/json.js';
import { parseJson } from '../object/parse.js';
import { typeName, type ResourceType } from '../object/types.js';
import type { KubeClient } from '../kube/client.js';
import { recordIn, textsIn } from './schema.js';

/** A type with all its names, as the cluster serves it. */
export interface ClusterType extends ResourceType {
  readonly singular: string;
  readonly shortNames: readonly string[];
  readonly categories: readonly string[];
}

/** Adds the names that people type on the command line (`deploy`, `all`), which kube/discovery leaves out. */
export async function withNames(downstream: KubeClient, type: ResourceType, signal: AbortSignal): Promise<ClusterType> {
  const path = type.group === '' ? `/api/${type.version}` : `/apis/${type.group}/${type.version}`;
  const reply = await downstream.request({ method: 'GET', path, signal });
  const { resources } = recordIn(parseJson(reply.text));
  const own = Array.isArray(resources)
    ? resources.filter(isRecord).find(({ name }) => name === type.resource)
    : undefined;
  const singular = own?.['singularName'];
  return {
    ...type,
    singular: typeof singular === 'string' && singular !== '' ? singular : type.kind.toLowerCase(),
    shortNames: textsIn(own?.['shortNames']),
    categories: textsIn(own?.['categories']),
  };
}

/** The name that kcp wants of the CRD: types of the core group say so, where Kubernetes has no such CRDs. */
export function crdName(type: Pick<ResourceType, 'group' | 'resource'>): string {
  return type.group === '' ? `${type.resource}.core` : typeName(type);
}
