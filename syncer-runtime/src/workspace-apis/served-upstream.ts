import { isRecord } from '../object/json.js';
import { parseJson } from '../object/parse.js';
import { discover } from '../kube/discovery.js';
import { ApiError } from '../kube/api-error.js';
import type { KubeClient } from '../kube/client.js';
import { collectionPath } from '../kube/paths.js';
import type { Crd } from './crd.js';
import { recordIn } from './schema.js';

const bindings = { group: 'apis.kcp.io', version: 'v1alpha2', resource: 'apibindings' };

/** What a workspace serves before anything is published. */
export interface ServedUpstream {
  /** Why the workspace serves a type of which it has no CRD; undefined: it does not serve it. */
  whyServed(crd: Crd): string | undefined;
}

/**
 * Asks the workspace what it serves: a CRD beside a bound type, or beside one of kcp's own, would take it from its users.
 * @throws ApiError, ConnectionError
 */
export async function servedUpstream(upstream: KubeClient, signal: AbortSignal): Promise<ServedUpstream> {
  const [{ types, failedGroups }, bound] = await Promise.all([
    discover(upstream, signal),
    boundTypes(upstream, signal),
  ]);
  const served = new Set(types.map((type) => idOf(type.group, type.resource)));
  return {
    whyServed: ({ spec }) => {
      const id = idOf(spec.group, spec.names.plural);
      const binding = bound.get(id);
      if (binding !== undefined) return `the workspace has it by the APIBinding ${binding}`;
      if (served.has(id)) return 'the workspace serves it already';
      return failedGroups.includes(spec.group)
        ? `the workspace did not tell what it serves in ${spec.group}`
        : undefined;
    },
  };
}

/** The name of the APIBinding by type. Only for people: what cannot be read is left out. */
async function boundTypes(upstream: KubeClient, signal: AbortSignal): Promise<ReadonlyMap<string, string>> {
  try {
    const reply = await upstream.request({ method: 'GET', path: collectionPath(bindings), lane: 'list', signal });
    const { items } = recordIn(parseJson(reply.text));
    return new Map(recordsIn(items).flatMap(boundBy));
  } catch (error) {
    if (error instanceof ApiError) return new Map();
    throw error;
  }
}

function boundBy(binding: Readonly<Record<string, unknown>>): [string, string][] {
  const name = String(recordIn(binding['metadata'])['name']);
  return recordsIn(recordIn(binding['status'])['boundResources']).map(({ group, resource }) => [
    idOf(group, resource),
    name,
  ]);
}

function recordsIn(list: unknown): Readonly<Record<string, unknown>>[] {
  return Array.isArray(list) ? list.filter(isRecord) : [];
}

function idOf(group: unknown, resource: unknown): string {
  return `${String(group)}/${String(resource)}`;
}
