import { backoffMs } from '../base/backoff.js';
import { sleep, type Clock } from '../base/clock.js';
import { ApiError } from '../kube/api-error.js';
import type { KubeClient } from '../kube/client.js';
import { discover } from '../kube/discovery.js';
import { isForbidden, isNotFound, isUidMismatch } from '../kube/error-class.js';
import { listPages } from '../kube/list.js';
import { objectPath } from '../kube/paths.js';
import { splitKey } from '../object/key.js';
import { annotations, ownerLabel } from '../object/marks.js';
import { typeName, type KubeObject, type ResourceType } from '../object/types.js';
import type { NamespaceMapping } from '../sync/namespace/mapping.js';
import { unmarking, type Write } from '../sync/write/unmark.js';

/** What becomes of the objects in the cluster when a connection ends (S30). */
export type DeletionPolicy = 'Orphan' | 'Delete';

export interface LetGoOptions {
  readonly downstream: KubeClient;
  readonly owner: string;
  readonly syncTarget: string;
  readonly mapping: NamespaceMapping;
  readonly policy: DeletionPolicy;
  /** Types that are known to have been synced, as people write them: what is inside of others need not be seen. */
  readonly syncedTypes: ReadonlySet<string>;
  readonly clock: Clock;
  readonly onProgress: (message: string) => void;
  readonly signal: AbortSignal;
}

const LOOK_MS = 1_000;
/** Most objects go at once. */
const FIRST_LOOK_MS = 100;

/**
 * Lets go of all copies of one owner: with Delete they are deleted and awaited, those aside that were there before they
 * became copies; with Orphan they stay as they are and lose our marks. Safe to be interrupted and begun again.
 * @throws ApiError, ConnectionError; the signal's reason.
 */
export async function letGoOfCopies(options: LetGoOptions): Promise<void> {
  const { types, failedGroups } = await discover(options.downstream, options.signal);
  const byName = new Map<string, ResourceType>();
  for (const type of types)
    if (type.namespaced && type.verbs.includes('list') && !byName.has(typeName(type))) byName.set(typeName(type), type);
  const endings = await Promise.allSettled(
    [...byName.values()].map(async (type) => {
      await letGoOfType(options, type);
    }),
  );
  for (const ending of endings) if (ending.status === 'rejected') throw ending.reason;
  // With their originals freed, copies of a group that is silent now would be left with marks that nobody answers for.
  const silent = failedGroups.filter((group) => [...options.syncedTypes].some((name) => groupOf(name) === group));
  if (silent.length > 0)
    throw new Error(`the cluster does not tell what it serves in ${silent.join(', ')}; its objects are not let go yet`);
}

/** Of a type as people write it. */
function groupOf(name: string): string {
  return name.split('.').slice(1).join('.');
}

async function letGoOfType(options: LetGoOptions, type: ResourceType): Promise<void> {
  const { clock, signal, onProgress, syncedTypes } = options;
  for (let rounds = 1; ; rounds++) {
    const left = await round(options, type).catch((error: unknown) => {
      const isNothing = isNotFound(error) || (isForbidden(error) && !syncedTypes.has(typeName(type)));
      if (isNothing) return [];
      throw error;
    });
    const first = left.find(({ refusal }) => refusal !== undefined) ?? left[0];
    if (!first) return;
    if (rounds > 1)
      onProgress(`waiting for ${left.length} ${typeName(type)} to go from the cluster, such as ${inWords(first)}`);
    const laterMs = first.refusal === undefined ? LOOK_MS : backoffMs(rounds);
    await sleep(clock, rounds === 1 ? FIRST_LOOK_MS : laterMs, signal);
  }
}

/** One that was there in the last look. */
interface Left {
  readonly metadata: KubeObject['metadata'];
  /** Why it could not be let go; undefined: it could. */
  readonly refusal?: string | undefined;
}

/** Lets go of those that are there, and returns them. One that is refused keeps no other (S39). */
async function round(options: LetGoOptions, type: ResourceType): Promise<Left[]> {
  const { downstream, owner, signal } = options;
  const scope = { type, labelSelector: `${ownerLabel}=${owner}`, metadataOnly: true };
  const left: Left[] = [];
  for await (const { items } of listPages(downstream, scope, signal)) {
    const ours = items.filter((item) => isOurs(options, item));
    left.push(
      ...(await Promise.all(
        ours.map(async ({ metadata }) => ({ metadata, refusal: await letGo(options, type, metadata) })),
      )),
    );
  }
  return left;
}

/** As in S2, told by the metadata: exactly the copy of the object that its marks name, and no controller's child. */
function isOurs({ syncTarget, mapping }: LetGoOptions, { metadata }: KubeObject): boolean {
  const { annotations: marks = {}, namespace, name, ownerReferences = [] } = metadata;
  const upstream = splitKey(marks[annotations.upstream] ?? '/');
  return (
    marks[annotations.syncTarget] === syncTarget &&
    mapping.toDownstream(upstream.namespace) === namespace &&
    upstream.name === name &&
    !ownerReferences.some(({ controller }) => controller === true)
  );
}

/** Why it could not be let go; undefined: it could. */
async function letGo(
  options: LetGoOptions,
  type: ResourceType,
  metadata: KubeObject['metadata'],
): Promise<string | undefined> {
  const { downstream, policy, signal } = options;
  const isDeleted = policy === 'Delete' && metadata.annotations?.[annotations.adopted] !== 'true';
  if (isDeleted && metadata.deletionTimestamp !== undefined) return undefined;
  const request = isDeleted ? deletion(type, metadata) : unmarking(type, metadata);
  try {
    await downstream.request({ ...request, signal });
    return undefined;
  } catch (error) {
    signal.throwIfAborted();
    // Gone meanwhile, or the name belongs to another by now.
    if (isNotFound(error) || isUidMismatch(error)) return undefined;
    if (error instanceof ApiError) return error.message;
    throw error;
  }
}

function deletion(type: ResourceType, metadata: KubeObject['metadata']): Write {
  const preconditions = { uid: metadata.uid };
  return {
    method: 'DELETE',
    path: objectPath(type, metadata),
    body: JSON.stringify({ apiVersion: 'v1', kind: 'DeleteOptions', preconditions, propagationPolicy: 'Background' }),
  };
}

function inWords({ metadata: { namespace = '', name, finalizers = [] }, refusal }: Left): string {
  const whose = finalizers.length > 0 ? ` (its finalizers are ${finalizers.join(', ')})` : '';
  return `${namespace}/${name}${refusal === undefined ? whose : `: ${refusal}`}`;
}
