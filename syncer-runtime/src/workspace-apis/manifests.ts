import { syncTargetCrd } from '@kcp-syncer/crds/generated/synctarget-crd.js';
import { discover } from '../kube/discovery.js';
import type { KubeClient } from '../kube/client.js';
import { annotations } from '../object/marks.js';
import { typeName, type ResourceType } from '../object/types.js';
import { isSyncedOnlyWhenNamed, neverSyncedType } from '../select/never-types.js';
import { matchesType, parseTypePattern, type TypePattern } from '../select/patterns.js';
import { withNames } from './cluster-type.js';
import { crdOf, type Crd } from './crd.js';
import { SchemaError } from './inline-references.js';
import { guardOf, type Guard } from './guard.js';
import { structuralSchema } from './mends/list.js';
import { OpenApi } from './openapi.js';

/** The types that people expect where workloads are declared. */
export const defaultResources: readonly string[] = [
  'deployments.apps',
  'statefulsets.apps',
  'daemonsets.apps',
  'jobs.batch',
  'cronjobs.batch',
  'services',
  'ingresses.networking.k8s.io',
  'networkpolicies.networking.k8s.io',
  'horizontalpodautoscalers.autoscaling',
  'poddisruptionbudgets.policy',
  'persistentvolumeclaims',
];

/** What makes a workspace serve one type. */
export interface TypeManifests {
  /** As people write the type. */
  readonly type: string;
  readonly crd: Crd;
  readonly guard?: Guard;
}

/** A type that was asked for and cannot be published. */
export interface Unpublishable {
  readonly type: string;
  readonly why: string;
}

export interface ManifestOptions {
  /** Types such as `deployments.apps`, `services`, `*.example.com`. */
  readonly resources: readonly string[];
  readonly publishedBy: string;
  readonly signal: AbortSignal;
}

/** The SyncTarget type itself, which every workspace needs. */
export function syncTargetManifests(publishedBy: string): TypeManifests {
  const crd: Crd = syncTargetCrd;
  const metadata = { ...crd.metadata, annotations: { [annotations.publishedBy]: publishedBy } };
  return { type: 'synctargets.workload.kcp.io', crd: { ...crd, metadata } };
}

/**
 * Makes the manifests of the wished types from what the cluster serves, in the version that the cluster prefers.
 * @throws ApiError, ConnectionError when the cluster cannot be read; Error for a wish that names no type.
 */
export async function manifestsOf(
  downstream: KubeClient,
  options: ManifestOptions,
): Promise<readonly (TypeManifests | Unpublishable)[]> {
  const patterns = options.resources.map(parseTypePattern);
  const { types, failedGroups } = await discover(downstream, options.signal);
  const openApi = new OpenApi(downstream, options.signal);
  const manifests: (TypeManifests | Unpublishable)[] = unservedOf(patterns, types).map(({ type, group }) => ({
    type,
    why: failedGroups.includes(group)
      ? `the cluster did not tell what it serves in ${group}`
      : 'the cluster does not serve it',
  }));
  for (const type of preferred(types).filter((served) => isWished(served, patterns))) {
    const why = neverSyncedType(type) ?? (hasObjects(type) ? undefined : 'it has no objects that can be listed');
    manifests.push(
      why === undefined
        ? await manifestsOfType(type, { downstream, openApi, ...options })
        : { type: typeName(type), why },
    );
  }
  return manifests;
}

interface Source extends ManifestOptions {
  readonly downstream: KubeClient;
  readonly openApi: OpenApi;
}

async function manifestsOfType(served: ResourceType, source: Source): Promise<TypeManifests | Unpublishable> {
  const { downstream, openApi, publishedBy, signal } = source;
  try {
    const type = await withNames(downstream, served, signal);
    const schema = await openApi.schemaOf(type);
    const guard = guardOf(type, schema, publishedBy);
    return { type: typeName(type), crd: crdOf(type, structuralSchema(schema), publishedBy), ...(guard && { guard }) };
  } catch (error) {
    if (error instanceof SchemaError) return { type: typeName(served), why: error.message };
    throw error;
  }
}

/** Of each type the version that comes first: discovery is in the server's order of preference. */
function preferred(types: readonly ResourceType[]): ResourceType[] {
  const first = new Map<string, ResourceType>();
  for (const type of types) if (!first.has(typeName(type))) first.set(typeName(type), type);
  return [...first.values()];
}

function isWished(type: ResourceType, patterns: readonly TypePattern[]): boolean {
  const matching = patterns.filter((pattern) => matchesType(pattern, type));
  if (matching.some(({ kind }) => kind === 'type')) return true;
  return matching.length > 0 && hasObjects(type) && neverSyncedType(type) === undefined && !isSyncedOnlyWhenNamed(type);
}

function hasObjects(type: ResourceType): boolean {
  return ['list', 'create'].every((verb) => type.verbs.includes(verb));
}

function unservedOf(
  patterns: readonly TypePattern[],
  types: readonly ResourceType[],
): { type: string; group: string }[] {
  return patterns
    .filter((pattern) => !types.some((type) => matchesType(pattern, type)))
    .map((pattern) => ({ type: wordsOf(pattern), group: pattern.kind === 'all' ? '' : pattern.group }));
}

function wordsOf(pattern: TypePattern): string {
  if (pattern.kind === 'all') return '*';
  return pattern.kind === 'group' ? `*.${pattern.group}` : typeName(pattern);
}
