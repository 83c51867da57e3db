import { sleep } from '@kcp-syncer/syncer-runtime/base/clock.js';
import type { KubeClient } from '@kcp-syncer/syncer-runtime/kube/client.js';
import type { KubeObject } from '@kcp-syncer/syncer-runtime/object/types.js';
import type { Condition, Status } from '../../syncerdeployment/syncer-deployment.js';
import type { Io } from '../io.js';
import { deploymentRef } from '../manifests.js';
import { findObject } from '@kcp-syncer/syncer-runtime/kube/find-object.js';

const pollMs = 500;

/**
 * Waits until a SyncerDeployment is Ready, and tells what it is waiting for.
 * @throws Error with the reason when it is not, in time, or when waiting cannot help.
 */
export async function untilReady(
  cluster: KubeClient,
  options: { readonly namespace: string; readonly name: string; readonly timeoutMs: number },
  { clock, signal, say }: Io,
): Promise<void> {
  const deadline = clock.monotonic() + options.timeoutMs;
  let told = '';
  for (;;) {
    const found = await findObject<KubeObject & { readonly status?: Status }>(cluster, deploymentRef(options), signal);
    if (!found) throw new Error(`SyncerDeployment ${options.name} is gone`);
    const { ready, stalled, words } = stateOf(found);
    if (ready) return;
    if (stalled) throw new Error(`SyncerDeployment ${options.name} is not Ready: ${words}`);
    if (clock.monotonic() > deadline)
      throw new Error(`SyncerDeployment ${options.name} did not become Ready in time: ${words}`);
    if (words !== told) say(words);
    told = words;
    await sleep(clock, pollMs, signal);
  }
}

/** What a SyncerDeployment says of its present generation. */
function stateOf({ metadata, status }: KubeObject & { readonly status?: Status }): {
  readonly ready: boolean;
  readonly stalled: boolean;
  readonly words: string;
} {
  const isCurrent = status?.observedGeneration === metadata.generation;
  const conditions = isCurrent ? (status?.conditions ?? []) : [];
  const named = (type: string): Condition | undefined => conditions.find((condition) => condition.type === type);
  const ready = named('Ready');
  const words = ready
    ? `${ready.reason}: ${ready.message}`
    : 'the operator has not taken it up: does it run, and does it watch the namespace?';
  return { ready: ready?.status === 'True', stalled: named('Stalled')?.status === 'True', words };
}
