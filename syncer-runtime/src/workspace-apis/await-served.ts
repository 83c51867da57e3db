import { sleep, type Clock } from '../base/clock.js';
import { ApiError } from '../kube/api-error.js';
import type { KubeClient } from '../kube/client.js';
import { collectionPath } from '../kube/paths.js';
import { crds, type Crd } from './crd.js';
import { readObject } from './ensure-object.js';

const pollMs = 500;
/** kcp takes seven seconds for a dozen types. */
const patienceMs = 60_000;

/** The server has taken a type and does not serve it. */
export class NotServedError extends Error {
  override readonly name = 'NotServedError';
}

export interface Waiting {
  readonly clock: Clock;
  readonly signal: AbortSignal;
}

/**
 * Waits until a workspace serves the type: established, and listable. A fresh type answers a 404 in plain text, then
 * 429, then 200.
 * @throws NotServedError when its names are taken, or after a minute.
 */
export async function awaitServed(upstream: KubeClient, crd: Crd, waiting: Waiting): Promise<void> {
  const { clock, signal } = waiting;
  const deadline = clock.monotonic() + patienceMs;
  while (!(await isEstablished(upstream, crd, signal)) || !(await isListable(upstream, crd, signal))) {
    if (clock.monotonic() > deadline)
      throw new NotServedError('the workspace has taken the type and does not serve it');
    await sleep(clock, pollMs, signal);
  }
}

async function isEstablished(upstream: KubeClient, crd: Crd, signal: AbortSignal): Promise<boolean> {
  const live = await readObject<Crd>(upstream, { type: crds, name: crd.metadata.name, signal });
  const conditions = live?.status?.conditions ?? [];
  const taken = conditions.find(({ type, status }) => type === 'NamesAccepted' && status === 'False');
  if (taken) throw new NotServedError(`the workspace does not take its names: ${taken.message ?? ''}`);
  return conditions.some(({ type, status }) => type === 'Established' && status === 'True');
}

async function isListable(upstream: KubeClient, { spec }: Crd, signal: AbortSignal): Promise<boolean> {
  const [version] = spec.versions;
  const type = { group: spec.group, version: version?.name ?? '', resource: spec.names.plural };
  try {
    await upstream.request({ method: 'GET', path: collectionPath(type, undefined, { limit: 1 }), signal });
    return true;
  } catch (error) {
    // Whoever may publish a type need not be allowed to read its objects: established is then all that can be seen.
    if (error instanceof ApiError) return error.status === 403;
    throw error;
  }
}
