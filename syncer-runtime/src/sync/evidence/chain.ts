import { ApiError } from '../../kube/api-error.js';
import type { KubeClient } from '../../kube/client.js';
import { isObjectNotFound } from '../../kube/error-class.js';
import { collectionPath } from '../../kube/paths.js';
import { parseJson } from '../../object/parse.js';
import { typeName, type KubeObject, type ResourceType } from '../../object/types.js';
import type { ChainVerdict, TypeDefinition } from './verdict.js';

/** The workspace as it was at first contact. */
export interface PinnedWorkspace {
  readonly path: string;
  readonly uid: string;
}

export interface ChainLook {
  readonly upstream: KubeClient;
  readonly workspace: PinnedWorkspace;
  readonly type: Pick<ResourceType, 'group' | 'version' | 'resource'>;
  readonly definition: TypeDefinition;
  /** Where the type may be listed, when not everywhere. */
  readonly namespace?: string;
  readonly signal: AbortSignal;
}

type Link = { readonly object: KubeObject } | { readonly missing: true } | { readonly error: unknown };

/**
 * Looks once at everything that an object's absence can be blamed on: the server is ready, the workspace and what
 * serves the type are the ones we know and are not going, and the type can be listed (S24, S25). All requests begin
 * after the call, so the answer holds for whatever was deleted before it.
 */
export async function lookAtChain(look: ChainLook): Promise<ChainVerdict> {
  const [ready, workspace, definition, list] = await Promise.all([
    ask(look, '/readyz'),
    getLink(look, WORKSPACE),
    getDefinition(look),
    ask(look, collectionPath(look.type, look.namespace, { limit: 1 })),
  ]);
  const incident = workspaceIncident(look, workspace) ?? definitionIncident(look, definition, ready === undefined);
  if (incident !== undefined) return { kind: 'incident', cause: incident };
  const unread = look.definition.kind === 'unknown' ? undefined : errorOf(definition);
  const failed = ready ?? errorOf(workspace) ?? unread ?? list;
  if (failed !== undefined) return { kind: 'unknown', why: whyOf(failed) };
  if ('missing' in workspace)
    return { kind: 'unknown', why: `workspace ${look.workspace.path} does not answer as a workspace` };
  if (look.definition.kind === 'unknown') return { kind: 'unidentified', why: look.definition.why };
  return { kind: 'intact' };
}

const WORKSPACE = {
  group: 'core.kcp.io',
  resource: 'logicalclusters',
  name: 'cluster',
  path: '/apis/core.kcp.io/v1alpha1/logicalclusters/cluster',
};

function workspaceIncident({ workspace: pinned }: ChainLook, link: Link): string | undefined {
  if (!('object' in link)) return undefined;
  const { uid, deletionTimestamp } = link.object.metadata;
  if (uid !== pinned.uid) return `workspace ${pinned.path} was deleted and made anew`;
  return deletionTimestamp === undefined ? undefined : `workspace ${pinned.path} is being deleted`;
}

function definitionIncident({ definition, type }: ChainLook, link: Link, ready: boolean): string | undefined {
  if (definition.kind === 'builtIn') return undefined;
  const what = wordsFor(definition, type);
  if ('missing' in link) return ready && definition.kind !== 'unknown' ? `${what} was deleted` : undefined;
  if (!('object' in link)) return undefined;
  const { uid, deletionTimestamp } = link.object.metadata;
  if (definition.kind !== 'unknown' && uid !== definition.uid) return `${what} was deleted and made anew`;
  return deletionTimestamp === undefined ? undefined : `${what} is being deleted`;
}

function wordsFor(definition: TypeDefinition, type: ChainLook['type']): string {
  if (definition.kind === 'crd') return `CustomResourceDefinition ${definition.name}, which serves ${typeName(type)},`;
  if (definition.kind === 'binding') return `APIBinding ${definition.name}, which serves ${typeName(type)},`;
  return `what serves ${typeName(type)} in the workspace`;
}

async function getDefinition(look: ChainLook): Promise<Link> {
  const { definition, type } = look;
  switch (definition.kind) {
    case 'crd':
      return await getLink(look, crdLink(definition.name));
    case 'binding':
      return await getLink(look, {
        group: 'apis.kcp.io',
        resource: 'apibindings',
        name: definition.name,
        path: `/apis/apis.kcp.io/v1alpha2/apibindings/${encodeURIComponent(definition.name)}`,
      });
    case 'unknown':
      // Perhaps it may be read by its name.
      return await getLink(look, crdLink(`${type.resource}.${type.group === '' ? 'core' : type.group}`));
    case 'builtIn':
      return { missing: true };
  }
}

function crdLink(name: string): LinkName {
  const path = `/apis/apiextensions.k8s.io/v1/customresourcedefinitions/${encodeURIComponent(name)}`;
  return { group: 'apiextensions.k8s.io', resource: 'customresourcedefinitions', name, path };
}

interface LinkName {
  readonly group: string;
  readonly resource: string;
  readonly name: string;
  readonly path: string;
}

async function getLink({ upstream, signal }: ChainLook, link: LinkName): Promise<Link> {
  try {
    const reply = await upstream.request({ method: 'GET', path: link.path, signal });
    return { object: parseJson(reply.text) as KubeObject };
  } catch (error) {
    return isObjectNotFound(error, link) ? { missing: true } : { error };
  }
}

/** undefined when the request is answered with 2xx, otherwise what came instead. */
async function ask({ upstream, signal }: ChainLook, path: string): Promise<unknown> {
  try {
    await upstream.request({ method: 'GET', path, signal });
    return undefined;
  } catch (error) {
    return error;
  }
}

function errorOf(link: Link): unknown {
  return 'error' in link ? link.error : undefined;
}

/** Why nothing can be told, as a sentence without its full stop. */
export function whyOf(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  return error instanceof ApiError
    ? `kcp answers ${String(error.status)} to ${error.method} ${error.path}: ${message}`
    : message;
}
