import { ApiError } from '../kube/api-error.js';
import type { KubeClient } from '../kube/client.js';
import { ConnectionError } from '../kube/connection-error.js';
import { discover } from '../kube/discovery.js';
import { isForbidden, isNotFound } from '../kube/error-class.js';
import { listPages } from '../kube/list.js';
import { objectPath } from '../kube/paths.js';
import { fieldManager } from '../object/marks.js';
import { typeName, type KubeObject, type ResourceType } from '../object/types.js';
import { releaseOf } from '../sync/write/finalizer.js';

export interface FinalizerSweep {
  /** At the workspace. */
  readonly upstream: KubeClient;
  /** Whether a finalizer goes. Of an object with several such, one goes at each sweep. */
  readonly takes: (finalizer: string) => boolean;
  readonly signal: AbortSignal;
}

/** What kept a sweep from being complete. */
export interface SweepFailure {
  /** As people write it; undefined when it is unknown what the workspace serves. */
  readonly type?: string;
  readonly why: string;
  /** The credentials may not list or change the type. */
  readonly isForbidden: boolean;
}

export interface Swept {
  /** How many objects had such a finalizer, and have it no more. */
  readonly released: number;
  readonly failures: readonly SweepFailure[];
}

/**
 * Takes finalizers off all objects of a workspace, of whatever type. Nothing is looked at in the cluster: whoever
 * calls knows that the finalizers are needed no more.
 * @throws the signal's reason; what servers answer is in the result.
 */
export async function sweepFinalizers(sweep: FinalizerSweep): Promise<Swept> {
  try {
    const { types, complete } = await discover(sweep.upstream, sweep.signal);
    // A type that is being deleted itself takes patches, although its verbs in discovery do not say so any more.
    const held = types.filter(({ verbs }) => verbs.includes('list'));
    const all = await Promise.all(held.map(async (type) => await sweepType(sweep, type)));
    const unknown = { why: 'the workspace did not tell all that it serves', isForbidden: false };
    return sumOf(complete ? all : [...all, { released: 0, failures: [unknown] }]);
  } catch (error) {
    return { released: 0, failures: [failureOf(error, sweep.signal)] };
  }
}

async function sweepType(sweep: FinalizerSweep, type: ResourceType): Promise<Swept> {
  const swept: Swept[] = [];
  try {
    for await (const { items } of listPages(sweep.upstream, { type, metadataOnly: true }, sweep.signal))
      swept.push(...(await Promise.all(items.map(async (item) => await sweepObject(sweep, type, item)))));
  } catch (error) {
    swept.push({ released: 0, failures: [failureOf(error, sweep.signal)] });
  }
  const { released, failures } = sumOf(swept);
  return { released, failures: failures.map((failure) => ({ ...failure, type: typeName(type) })) };
}

async function sweepObject(
  { upstream, takes, signal }: FinalizerSweep,
  type: ResourceType,
  { metadata }: KubeObject,
): Promise<Swept> {
  const finalizer = metadata.finalizers?.find(takes);
  const body = finalizer === undefined ? undefined : releaseOf({ metadata }, finalizer);
  if (body === undefined) return { released: 0, failures: [] };
  const path = objectPath(type, metadata, { fieldManager });
  try {
    await upstream.request({ method: 'PATCH', path, contentType: 'application/json-patch+json', body, signal });
    return { released: 1, failures: [] };
  } catch (error) {
    if (isNotFound(error)) return { released: 0, failures: [] };
    return { released: 0, failures: [failureOf(error, signal)] };
  }
}

function failureOf(error: unknown, signal: AbortSignal): SweepFailure {
  signal.throwIfAborted();
  if (!(error instanceof ApiError) && !(error instanceof ConnectionError)) throw error;
  return { why: error.message, isForbidden: isForbidden(error) };
}

function sumOf(all: readonly Swept[]): Swept {
  return {
    released: all.reduce((total, { released }) => total + released, 0),
    failures: all.flatMap(({ failures }) => failures),
  };
}
