import { sleep } from '../base/clock.js';
import type { KubeClient } from '../kube/client.js';
import { discover, type Discovered } from '../kube/discovery.js';
import { isConflict, isForbidden, isNotFound } from '../kube/error-class.js';
import { listPages } from '../kube/list.js';
import { objectPath } from '../kube/paths.js';
import { annotations, fieldManager } from '../object/marks.js';
import type { KubeObject } from '../object/types.js';
import { residents } from '../sync/namespace/contents.js';
import { claimedFor, namespaceFactsOf, type NamespaceFacts } from '../sync/namespace/facts.js';
import { mergePatch, type Write } from '../sync/write/unmark.js';
import type { LetGoOptions } from './let-go.js';
import { namespaceType } from './namespace-watch.js';

const LOOK_MS = 1_000;
/** So long the last Pods of deleted workloads are waited for. */
const PATIENCE_MS = 120_000;

/**
 * Lets go of the namespaces that one owner claimed: with Delete those that the syncer made are deleted, if nothing is
 * left in them but what is going by itself. The others stay, and say whose they were, so that the same connection may
 * take them up again.
 * @throws ApiError, ConnectionError; the signal's reason.
 */
export async function letGoOfNamespaces(options: LetGoOptions): Promise<void> {
  const { downstream, policy, clock, onProgress, signal } = options;
  let left = await claimedNamespaces(options);
  const served = policy === 'Delete' && left.length > 0 ? await discover(downstream, signal) : undefined;
  for (const since = clock.monotonic(); ;) {
    const isLastLook = clock.monotonic() - since >= PATIENCE_MS;
    const going: NamespaceFacts[] = [];
    for (const facts of left) {
      const content = await contentOf(options, facts, served);
      if (content === 'going' && !isLastLook) going.push(facts);
      else await letGoOfNamespace(options, facts, content === 'nothing');
    }
    const [first] = going;
    if (!first) return;
    onProgress(`waiting for ${going.length} namespaces of the cluster to become empty, such as ${first.name}`);
    left = going;
    await sleep(clock, LOOK_MS, signal);
  }
}

async function claimedNamespaces({ downstream, owner, signal }: LetGoOptions): Promise<NamespaceFacts[]> {
  const claimed: NamespaceFacts[] = [];
  try {
    for await (const { items } of listPages(downstream, { type: namespaceType, metadataOnly: true }, signal))
      claimed.push(...items.map(namespaceFactsOf).filter(({ claim }) => claimedFor(claim, owner) !== undefined));
  } catch (error) {
    // Who may not see namespaces has claimed none.
    if (!isForbidden(error)) throw error;
  }
  return claimed.filter(({ deleting }) => !deleting);
}

type Content = 'nothing' | 'going' | 'something';

/** What may not be looked at may hold something; without `served` nothing is looked at. */
async function contentOf(
  { downstream, signal }: LetGoOptions,
  { name, created }: NamespaceFacts,
  served: Discovered | undefined,
): Promise<Content> {
  if (!created || served?.complete !== true) return 'something';
  let content: Content = 'nothing';
  try {
    for await (const { object } of residents(downstream, { namespace: name, served }, signal)) {
      if (!isGoing(object)) return 'something';
      content = 'going';
    }
    return content;
  } catch (error) {
    if (isForbidden(error)) return 'something';
    throw error;
  }
}

/** What is being deleted, or goes with the object that controls it, which is itself looked at. */
function isGoing({ metadata: { deletionTimestamp, ownerReferences = [] } }: KubeObject): boolean {
  return deletionTimestamp !== undefined || ownerReferences.some(({ controller }) => controller === true);
}

async function letGoOfNamespace(
  { downstream, signal }: LetGoOptions,
  facts: NamespaceFacts,
  isEmpty: boolean,
): Promise<void> {
  try {
    await request(downstream, facts, { isEmpty, signal });
  } catch (error) {
    if (isConflict(error))
      throw new Error(`namespace ${facts.name} of the cluster changed meanwhile; looking again`, { cause: error });
    if (!isNotFound(error)) throw error;
  }
}

async function request(
  downstream: KubeClient,
  { name, uid, rv: resourceVersion, claim }: NamespaceFacts,
  { isEmpty, signal }: { readonly isEmpty: boolean; readonly signal: AbortSignal },
): Promise<void> {
  const preconditions = { uid, resourceVersion };
  const marks = { [annotations.namespaceClaim]: null, [annotations.namespaceReleased]: claim };
  const write: Write = isEmpty
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
  await downstream.request({ ...write, signal });
}
