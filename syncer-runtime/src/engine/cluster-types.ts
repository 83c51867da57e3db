import type { Clock } from '../base/clock.js';
import { ObjectMap } from '../informer/object-map.js';
import { runReflector } from '../informer/reflector.js';
import { isForbidden } from '../kube/error-class.js';
import type { KubeClient } from '../kube/client.js';
import { crdType } from './type-definitions.js';

export interface ClusterTypesOptions {
  /** At the cluster. */
  readonly client: KubeClient;
  readonly clock: Clock;
  /** What the cluster serves may have changed. */
  readonly onChange: () => void;
  readonly onTrouble: (error: unknown) => void;
}

/**
 * Follows the cluster's CRDs until the signal is aborted, only to tell that one changed: what is served says discovery
 * alone. Credentials that may not read them are no trouble, types are then noticed at the next regular look.
 */
export async function watchClusterTypes(options: ClusterTypesOptions, signal: AbortSignal): Promise<void> {
  const { client, clock, onChange, onTrouble } = options;
  const sink = new ObjectMap({
    factsOf: () => true,
    onChange,
    onTrouble: (error) => {
      if (!isForbidden(error)) onTrouble(error);
    },
  });
  await runReflector({ client, clock, scope: { type: crdType, metadataOnly: true }, sink }, signal);
}
