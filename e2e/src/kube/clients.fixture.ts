import type { Side } from '@kcp-syncer/syncer-runtime/base/sides.js';
import { systemClock } from '@kcp-syncer/syncer-runtime/base/clock.js';
import { serverAccess } from '@kcp-syncer/syncer-runtime/kube/access.js';
import type { ApiRequest, KubeClient } from '@kcp-syncer/syncer-runtime/kube/client.js';
import { Gates } from '@kcp-syncer/syncer-runtime/kube/gates.js';
import { createKubeClient } from '@kcp-syncer/syncer-runtime/kube/http-client.js';

/** The product's client, as the engine makes it. */
export function clientFor(side: Side, kubeconfig: string, anonymous = false): KubeClient {
  const access = serverAccess(kubeconfig, { clock: systemClock, anonymous });
  return createKubeClient({ side, access, gates: new Gates(), clock: systemClock, version: 'test' });
}

/** Server-side apply, as the product writes. */
export function apply(path: string, body: object): ApiRequest {
  return {
    method: 'PATCH',
    path: `${path}?fieldManager=kcp-syncer&force=true`,
    body: JSON.stringify(body),
    contentType: 'application/apply-patch+yaml',
  };
}

/** What the server refused with. */
export async function refusalOf(work: Promise<unknown>): Promise<unknown> {
  return await work.then(
    () => {
      throw new Error('it was not refused');
    },
    (error: unknown) => error,
  );
}
