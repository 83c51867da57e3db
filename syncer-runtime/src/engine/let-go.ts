import { sleep, type Clock } from '../base/clock.js';
import type { KubeClient } from '../kube/client.js';
import { discover, type Discovered } from '../kube/discovery.js';
import { isConflict, isForbidden, isNotFound, isUidMismatch } from '../kube/error-class.js';
import { listPages } from '../kube/list.js';
import { objectPath } from '../kube/paths.js';
import { splitKey } from '../object/key.js';
import { annotations, fieldManager, isSyncerKey, ownerLabel } from '../object/marks.js';
import { typeName, type KubeObject, type ResourceType } from '../object/types.js';
import { firstResident } from '../sync/namespace/contents.js';
import { claimedFor, namespaceFactsOf, type NamespaceFacts } from '../sync/namespace/facts.js';
import type { NamespaceMapping } from '../sync/namespace/mapping.js';
import { namespaceType } from './namespace-watch.js';

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
const mergePatch = 'application/merge-patch+json';
/** What stays on an object that is let go: by these a later connection takes it up as what it was. */
const lasting: readonly string[] = [annotations.upstreamUid, annotations.adopted];

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
  await Promise.all(
    [...byName.values()].map(async (type) => {
      await letGoOfType(options, type);
    }),
  );
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
    const [first] = left;
    if (!first) return;
    if (rounds > 1)
      onProgress(`waiting for ${left.length} ${typeName(type)} to go from the cluster, such as ${inWords(first)}`);
    await sleep(clock, rounds === 1 ? FIRST_LOOK_MS : LOOK_MS, signal);
  }
}

/** Lets go of those that are there, and returns them. */
async function round(options: LetGoOptions, type: ResourceType): Promise<KubeObject[]> {
  const { downstream, owner, signal } = options;
  const scope = { type, labelSelector: `${ownerLabel}=${owner}`, metadataOnly: true };
  const ours: KubeObject[] = [];
  for await (const { items } of listPages(downstream, scope, signal)) {
    const found = items.filter((item) => isOurs(options, item));
    await Promise.all(
      found.map(async (item) => {
        await letGo(options, type, item);
      }),
    );
    ours.push(...found);
  }
  return ours;
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

async function letGo(options: LetGoOptions, type: ResourceType, { metadata }: KubeObject): Promise<void> {
  const { downstream, policy, signal } = options;
  const isDeleted = policy === 'Delete' && metadata.annotations?.[annotations.adopted] !== 'true';
  if (isDeleted && metadata.deletionTimestamp !== undefined) return;
  const request = isDeleted ? deletion(type, metadata) : unmarking(type, metadata);
  try {
    await downstream.request({ ...request, signal });
  } catch (error) {
    // Gone meanwhile, or the name belongs to another by now.
    if (!isNotFound(error) && !isUidMismatch(error)) throw error;
  }
}

type Write = Omit<Parameters<KubeClient['request']>[0], 'signal'>;

function deletion(type: ResourceType, metadata: KubeObject['metadata']): Write {
  const preconditions = { uid: metadata.uid };
  return {
    method: 'DELETE',
    path: objectPath(type, metadata),
    body: JSON.stringify({ apiVersion: 'v1', kind: 'DeleteOptions', preconditions, propagationPolicy: 'Background' }),
  };
}

/** By merge patch: an apply that leaves everything out would take the whole object away with our fields. */
function unmarking(
  type: ResourceType,
  { uid, name, namespace, annotations: marks = {} }: KubeObject['metadata'],
): Write {
  const gone = Object.keys(marks).filter((key) => isSyncerKey(key) && !lasting.includes(key));
  const annotationsOff = Object.fromEntries(gone.map((key) => [key, null]));
  const body = { metadata: { uid, labels: { [ownerLabel]: null }, annotations: annotationsOff } };
  const path = objectPath(type, { name, ...(namespace !== undefined && { namespace }) }, { fieldManager });
  return { method: 'PATCH', path, contentType: mergePatch, body: JSON.stringify(body) };
}

function inWords({ metadata: { namespace = '', name, finalizers = [] } }: KubeObject): string {
  return `${namespace}/${name}${finalizers.length > 0 ? ` (its finalizers are ${finalizers.join(', ')})` : ''}`;
}

/**
 * Lets go of the namespaces that one owner claimed: with Delete those that the syncer made and in which nothing is left
 * are deleted. The others stay, and say whose they were, so that the same connection may take them up again.
 * @throws ApiError, ConnectionError; the signal's reason.
 */
export async function letGoOfNamespaces(options: LetGoOptions): Promise<void> {
  const { downstream, owner, policy, signal } = options;
  const claimed: NamespaceFacts[] = [];
  try {
    for await (const { items } of listPages(downstream, { type: namespaceType, metadataOnly: true }, signal))
      claimed.push(...items.map(namespaceFactsOf).filter(({ claim }) => claimedFor(claim, owner) !== undefined));
  } catch (error) {
    // Who may not see namespaces has claimed none.
    if (isForbidden(error)) return;
    throw error;
  }
  const served = policy === 'Delete' && claimed.length > 0 ? await discover(downstream, signal) : undefined;
  for (const facts of claimed) await letGoOfNamespace(options, facts, served);
}

async function letGoOfNamespace(
  { downstream, signal }: LetGoOptions,
  facts: NamespaceFacts,
  served: Discovered | undefined,
): Promise<void> {
  if (facts.deleting) return;
  const { name, uid, rv: resourceVersion } = facts;
  const isEmpty = facts.created && served !== undefined && (await isEmptyOf(downstream, { name, served }, signal));
  const preconditions = { uid, resourceVersion };
  const marks = { [annotations.namespaceClaim]: null, [annotations.namespaceReleased]: facts.claim };
  const request: Write = isEmpty
    ? {
        method: 'DELETE',
        path: objectPath(namespaceType, { name }),
        body: JSON.stringify({ apiVersion: 'v1', kind: 'DeleteOptions', preconditions }),
      }
    : {
        method: 'PATCH',
        path: objectPath(namespaceType, { name }, { fieldManager }),
        contentType: mergePatch,
        body: JSON.stringify({ metadata: { ...preconditions, annotations: marks } }),
      };
  try {
    await downstream.request({ ...request, signal });
  } catch (error) {
    if (isConflict(error))
      throw new Error(`namespace ${name} of the cluster changed meanwhile; looking again`, { cause: error });
    if (!isNotFound(error)) throw error;
  }
}

/** What may not be looked at may hold something. */
async function isEmptyOf(
  downstream: KubeClient,
  { name, served }: { name: string; served: Discovered },
  signal: AbortSignal,
): Promise<boolean> {
  if (!served.complete) return false;
  try {
    return (await firstResident(downstream, { namespace: name, served }, signal)) === undefined;
  } catch (error) {
    if (isForbidden(error)) return false;
    throw error;
  }
}
