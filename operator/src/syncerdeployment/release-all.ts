import { sleep, type Clock } from '@kcp-syncer/syncer-runtime/base/clock.js';
import type { KubeClient } from '@kcp-syncer/syncer-runtime/kube/client.js';
import { isNotFound, isUidMismatch } from '@kcp-syncer/syncer-runtime/kube/error-class.js';
import { listPages } from '@kcp-syncer/syncer-runtime/kube/list.js';
import { objectPath } from '@kcp-syncer/syncer-runtime/kube/paths.js';
import { nameOf, syncerDeployments, type SyncerDeployment } from './syncer-deployment.js';

export interface ReleaseAllDeps {
  readonly client: KubeClient;
  readonly clock: Clock;
  /** Takes one line for people. */
  readonly tell: (line: string) => void;
}

const lookMs = 1_000;

/**
 * Deletes every SyncerDeployment in the manner of Orphan, also one whose deletionPolicy says otherwise, and resolves when
 * none is left; those made meanwhile go too. One that is being deleted already goes in the manner that it has. Somebody
 * else must run the operator, which lets go.
 * @throws ApiError, ConnectionError; the signal's reason.
 */
export async function releaseAll({ client, clock, tell }: ReleaseAllDeps, signal: AbortSignal): Promise<void> {
  let told = '';
  for (;;) {
    const left = await allOf(client, signal);
    const first = left[0];
    if (first === undefined) return;
    for (const one of left.filter(({ metadata }) => metadata.deletionTimestamp === undefined)) {
      tell(`releasing ${nameOf(one)}`);
      await release(client, one, signal);
    }
    const line = `waiting for ${left.length} of them, first ${inWords(first)}`;
    if (line !== told) tell(line);
    told = line;
    await sleep(clock, lookMs, signal);
  }
}

/** @throws Error that names the SyncerDeployments that are there, if there are any; ApiError, ConnectionError. */
export async function refuseAny(client: KubeClient, signal: AbortSignal): Promise<void> {
  const left = await allOf(client, signal);
  if (left.length > 0)
    throw new Error(`there are still SyncerDeployments, delete them first: ${left.map(nameOf).join(', ')}`);
}

async function allOf(client: KubeClient, signal: AbortSignal): Promise<SyncerDeployment[]> {
  const found: SyncerDeployment[] = [];
  try {
    for await (const { items } of listPages(client, { type: syncerDeployments }, signal))
      found.push(...(items as unknown as SyncerDeployment[]));
  } catch (error) {
    // Without the type there is none.
    if (!isNotFound(error)) throw error;
  }
  return found;
}

async function release(
  client: KubeClient,
  { metadata: { namespace, name, uid }, spec }: SyncerDeployment,
  signal: AbortSignal,
): Promise<void> {
  const path = objectPath(syncerDeployments, { namespace, name });
  try {
    if ((spec as { deletionPolicy?: string } | undefined)?.deletionPolicy === 'Delete') {
      const body = JSON.stringify({ metadata: { uid }, spec: { deletionPolicy: 'Orphan' } });
      await client.request({ method: 'PATCH', path, body, contentType: 'application/merge-patch+json', signal });
    }
    const body = JSON.stringify({ apiVersion: 'v1', kind: 'DeleteOptions', preconditions: { uid } });
    await client.request({ method: 'DELETE', path, body, signal });
  } catch (error) {
    // Gone meanwhile, or another by now, which the next look finds.
    if (!isNotFound(error) && !isUidMismatch(error)) throw error;
  }
}

function inWords(syncerDeployment: SyncerDeployment): string {
  const ready = syncerDeployment.status?.conditions?.find(({ type }) => type === 'Ready');
  return ready ? `${nameOf(syncerDeployment)}: ${ready.reason}, ${ready.message}` : nameOf(syncerDeployment);
}
