import type { KubeClient } from '../kube/client.js';
import type { KubeObject } from '../object/types.js';
import { awaitServed, type Waiting } from './await-served.js';
import { crds, type Crd } from './crd.js';
import { covers, publisherOf, readObject, writeObject, type OwnType, type Written } from './ensure-object.js';
import type { Guard } from './guard.js';
import type { TypeManifests } from './manifests.js';
import type { ServedUpstream } from './served-upstream.js';
import { narrowings } from './widening.js';

const admission = { group: 'admissionregistration.k8s.io', version: 'v1' };
const policies: OwnType = { ...admission, resource: 'validatingadmissionpolicies' };
const bindings: OwnType = { ...admission, resource: 'validatingadmissionpolicybindings' };

/** What came of one type. `leftAlone` is no failure: somebody else looks after it. */
export type Ensured =
  { readonly outcome: Written } | { readonly outcome: 'leftAlone' | 'failed'; readonly why: string };

/**
 * Makes the workspace serve a type, and waits until it does. What others made is left alone; what we made is only ever
 * widened. The guard stands before the type does, so that no patch comes between.
 * @throws ApiError, ConnectionError, NotServedError
 */
export async function ensureType(
  upstream: KubeClient,
  manifests: TypeManifests,
  context: Waiting & { readonly served: ServedUpstream },
): Promise<Ensured> {
  const { crd, guard } = manifests;
  const { signal } = context;
  const live = await readObject<Crd>(upstream, { type: crds, name: crd.metadata.name, signal });
  const foreign = live ? whyForeign(live, crd) : context.served.whyServed(crd);
  if (foreign !== undefined) return { outcome: 'leftAlone', why: foreign };
  if (live?.metadata.deletionTimestamp !== undefined) return { outcome: 'failed', why: 'the workspace is deleting it' };
  const guarded = guard ? await ensureGuard(upstream, guard, signal) : 'unchanged';
  const losses = live ? lossesOf(live, crd) : [];
  if (losses.length > 0) return { outcome: 'leftAlone', why: `the cluster's is narrower: ${few(losses)}` };
  const written = await writeObject(upstream, { type: crds, desired: crd, live, signal });
  await awaitServed(upstream, crd, context);
  return { outcome: written === 'unchanged' && guarded !== 'unchanged' ? 'updated' : written };
}

function lossesOf(live: Crd, crd: Crd): string[] {
  return covers(live.spec, crd.spec) ? [] : narrowings(live, crd);
}

function whyForeign(live: Crd, crd: Crd): string | undefined {
  const publisher = publisherOf(live);
  if (publisher === publisherOf(crd)) return undefined;
  return publisher === undefined ? 'somebody else made it' : `it is published by ${publisher}`;
}

async function ensureGuard(upstream: KubeClient, { policy, binding }: Guard, signal: AbortSignal): Promise<Written> {
  const first = await ensureOwn(upstream, { type: policies, desired: policy, signal });
  const second = await ensureOwn(upstream, { type: bindings, desired: binding, signal });
  return first === 'unchanged' ? second : first;
}

/** Like the type, only its publisher's guard is written. */
async function ensureOwn(
  upstream: KubeClient,
  write: { readonly type: OwnType; readonly desired: KubeObject; readonly signal: AbortSignal },
): Promise<Written> {
  const live = await readObject(upstream, { ...write, name: write.desired.metadata.name });
  if (live && publisherOf(live) !== publisherOf(write.desired)) return 'unchanged';
  return await writeObject(upstream, { ...write, live });
}

function few(losses: readonly string[]): string {
  const [first = '', second, ...more] = losses;
  return [
    first,
    ...(second === undefined ? [] : [second]),
    ...(more.length === 0 ? [] : [`and ${more.length} more`]),
  ].join('; ');
}
