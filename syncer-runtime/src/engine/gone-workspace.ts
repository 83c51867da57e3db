import { sleep, type Clock } from '../base/clock.js';
import type { KubeClient } from '../kube/client.js';
import { deadline } from '../kube/deadline.js';
import { isWorkspaceNotFound } from '../kube/error-class.js';

const LOOK_MS = 10_000;
/** While it starts, kcp denies for some seconds that a workspace is there. */
const DENIED_MS = 30_000;
const TIMEOUT_MS = 5_000;

export interface GoneWorkspaceOptions {
  readonly upstream: KubeClient;
  /** Of the workspace: by the name of its logical cluster, kcp answers 403 whether it is there or not. */
  readonly path: string;
  /** Whether requests to the workspace fail: otherwise it is there, and nothing is asked. */
  readonly isAway: () => boolean;
  readonly clock: Clock;
  readonly signal: AbortSignal;
}

/**
 * Waits until a kcp that is ready has said for half a minute, whenever it was asked, that there is no such workspace (S27).
 * @throws the signal's reason.
 */
export async function untilWorkspaceGone(options: GoneWorkspaceOptions): Promise<void> {
  const { isAway, clock, signal } = options;
  let since: number | undefined;
  do {
    await sleep(clock, LOOK_MS, signal);
    since = isAway() && (await isDenied(options)) ? (since ?? clock.monotonic()) : undefined;
  } while (since === undefined || clock.monotonic() - since < DENIED_MS);
}

async function isDenied({ upstream, path, clock, signal }: GoneWorkspaceOptions): Promise<boolean> {
  const time = deadline(clock, { ms: TIMEOUT_MS, signal, late: () => new Error('no answer in time') });
  const ask = async (client: KubeClient, at: string): Promise<unknown> =>
    await client.request({ method: 'GET', path: at, lane: 'heartbeat', signal: time.signal });
  try {
    const answer = await ask(upstream.at(`/clusters/${path}`), '/api').catch((error: unknown) => error);
    signal.throwIfAborted();
    if (!isWorkspaceNotFound(answer)) return false;
    return await ask(upstream.at(''), '/readyz').then(
      () => true,
      () => false,
    );
  } finally {
    time.clear();
  }
}
