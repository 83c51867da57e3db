import { setMaxListeners } from 'node:events';
import { backoffMs } from '../base/backoff.js';
import { sleep } from '../base/clock.js';
import { ApiError } from '../kube/api-error.js';
import type { KubeClient } from '../kube/client.js';
import { ConnectionError } from '../kube/connection-error.js';
import { NotServedError, type Waiting } from './await-served.js';
import { ensureType, type Ensured } from './ensure-type.js';
import { manifestsOf, syncTargetManifests, type ManifestOptions } from './manifests.js';
import { servedUpstream } from './served-upstream.js';

/** One type, as people write it, and what came of it. */
export type TypeResult = { readonly type: string } & Ensured;

export interface EnsureOptions extends ManifestOptions, Waiting {
  /** Told each result as soon as it is known. */
  readonly onResult?: (result: TypeResult) => void;
}

const tries = 5;

/**
 * Makes a workspace serve the SyncTarget type and the wished types of the cluster, side by side, and waits until it
 * does. Types never disappear or shrink by this, and a second run changes nothing.
 * @throws ApiError, ConnectionError when a server cannot be read at all; what fails for one type is in its result.
 */
export async function ensureWorkspaceApis(
  upstream: KubeClient,
  downstream: KubeClient,
  options: EnsureOptions,
): Promise<TypeResult[]> {
  // all types wait with this one signal
  setMaxListeners(0, options.signal);
  const wished = await manifestsOf(downstream, options);
  const context = { ...options, served: await servedUpstream(upstream, options.signal) };
  const all = [syncTargetManifests(options.publishedBy), ...wished];
  return await Promise.all(
    all.map(async (one) => {
      const ensured: Ensured =
        'crd' in one
          ? await withRetries(async () => await ensureType(upstream, one, context), context)
          : { outcome: 'failed', why: one.why };
      const result = { type: one.type, ...ensured };
      options.onResult?.(result);
      return result;
    }),
  );
}

/** Lost races, busy servers and broken connections pass; what does not is the type's own failure. */
async function withRetries(attempt: () => Promise<Ensured>, waiting: Waiting): Promise<Ensured> {
  for (let failures = 1; ; failures++) {
    try {
      return await attempt();
    } catch (error) {
      if (error instanceof NotServedError) return { outcome: 'failed', why: error.message };
      if (!(error instanceof ApiError) && !(error instanceof ConnectionError)) throw error;
      if (failures === tries || !mayPass(error)) return { outcome: 'failed', why: error.message };
      const asked = error instanceof ApiError ? error.retryAfterMs : undefined;
      await sleep(waiting.clock, asked ?? backoffMs(failures), waiting.signal);
    }
  }
}

function mayPass(error: ApiError | ConnectionError): boolean {
  return error instanceof ConnectionError || error.status === 409 || error.status === 429 || error.status >= 500;
}
