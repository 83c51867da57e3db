import type { Clock } from '@kcp-syncer/syncer-runtime/base/clock.js';
import { version } from '@kcp-syncer/syncer-runtime/base/version.js';
import { readKubeconfig } from '@kcp-syncer/syncer-runtime/cli/kubeconfig-file.js';
import { resolveFlags, type Environment, type Given } from '@kcp-syncer/syncer-runtime/cli/resolve-flags.js';
import { serverAccess } from '@kcp-syncer/syncer-runtime/kube/access.js';
import { Gates } from '@kcp-syncer/syncer-runtime/kube/gates.js';
import { createKubeClient } from '@kcp-syncer/syncer-runtime/kube/http-client.js';
import { refuseAny, releaseAll } from '../syncerdeployment/release-all.js';
import { releaseFlags } from './flags.js';
import { inClusterKubeconfig } from './in-cluster.js';

export interface ReleaseAllIo {
  readonly env: Environment;
  readonly clock: Clock;
  /** Takes one line of standard output. */
  readonly out: (line: string) => void;
  /** Aborted when the command is asked to stop. */
  readonly stop: AbortSignal;
}

/**
 * `syncer-operator release-all`: ends all connections before the operator is removed, or refuses while there are any.
 * @throws UsageError, KubeconfigError; Error in one line.
 */
export async function releaseAllCommand(given: Given, { env, clock, out, stop }: ReleaseAllIo): Promise<void> {
  const { kubeconfig: path, policy } = resolveFlags(releaseFlags, { given, env });
  const kubeconfig = path === undefined ? inClusterKubeconfig(env) : await readKubeconfig('--kubeconfig', path);
  const access = serverAccess(kubeconfig, { clock });
  const client = createKubeClient({ side: 'downstream', access, gates: new Gates(), clock, version });
  try {
    if (policy === 'Refuse') await refuseAny(client, stop);
    else await releaseAll({ client, clock, tell: out }, stop);
    out('no SyncerDeployment is left');
  } finally {
    await client.close();
  }
}
