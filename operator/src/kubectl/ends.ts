import type { Clock } from '@kcp-syncer/syncer-runtime/base/clock.js';
import type { Side } from '@kcp-syncer/syncer-runtime/base/sides.js';
import { version } from '@kcp-syncer/syncer-runtime/base/version.js';
import { UsageError } from '@kcp-syncer/syncer-runtime/cli/usage-error.js';
import { serverAccess, type ServerAccess } from '@kcp-syncer/syncer-runtime/kube/access.js';
import type { KubeClient } from '@kcp-syncer/syncer-runtime/kube/client.js';
import { Gates } from '@kcp-syncer/syncer-runtime/kube/gates.js';
import { isForbidden } from '@kcp-syncer/syncer-runtime/kube/error-class.js';
import { createKubeClient } from '@kcp-syncer/syncer-runtime/kube/http-client.js';
import { KubeconfigError } from '@kcp-syncer/syncer-runtime/kube/kubeconfig.js';
import { parseJson } from '@kcp-syncer/syncer-runtime/object/parse.js';
import { inWorkspace } from './workspaces.js';

/** A context of a kubeconfig, as somebody gave it. */
export interface ContextChoice {
  /** The flags that it came from, for messages: `--kcp-kubeconfig`. */
  readonly flag: string;
  readonly text: string;
  /** undefined: the current one. */
  readonly context: string | undefined;
}

/** A server, reached as an administrator. */
export interface End {
  readonly client: KubeClient;
  readonly access: ServerAccess;
}

/** kcp says so in its version, `v1.35.1+kcp-v0.31.2`. */
const kcpVersion = /\+kcp\b/;

const expected: Readonly<Record<Side, { isKcp: boolean; instead: string }>> = {
  upstream: { isKcp: true, instead: 'is no kcp: give the kubeconfig of kcp with --kcp-kubeconfig or --kcp-context' },
  downstream: {
    isKcp: false,
    instead: 'is kcp, and the cluster is meant: choose the cluster with --context or --kubeconfig',
  },
};

/**
 * Opens the way to a server after it has said that it is what is meant.
 * @throws UsageError that names the context when it is not, or when the kubeconfig cannot be used.
 */
export async function openEnd(
  side: Side,
  choice: ContextChoice,
  { clock, signal }: { readonly clock: Clock; readonly signal: AbortSignal },
): Promise<End> {
  const access = accessTo(choice, clock);
  const client = createKubeClient({ side, access, gates: new Gates(), clock, version });
  try {
    const { isKcp, instead } = expected[side];
    if (kcpVersion.test(await gitVersionOf(client, signal)) !== isKcp)
      throw new UsageError(`${nameOf(choice)} (${client.server}) ${instead}`);
    return { client, access };
  } catch (error) {
    await client.close();
    throw error;
  }
}

/** kcp tells nobody without a workspace in the URL; a cluster tells everybody. */
async function gitVersionOf(client: KubeClient, signal: AbortSignal): Promise<string> {
  const ask = async (at: KubeClient): Promise<string> => {
    const { text } = await at.request({ method: 'GET', path: '/version', signal });
    return (parseJson(text) as { gitVersion?: string }).gitVersion ?? '';
  };
  try {
    return await ask(client);
  } catch (error) {
    if (!isForbidden(error)) throw error;
    return await ask(inWorkspace(client, 'root'));
  }
}

function accessTo({ flag, text, context }: ContextChoice, clock: Clock): ReturnType<typeof serverAccess> {
  try {
    return serverAccess(text, { clock, ...(context !== undefined && { context }) });
  } catch (error) {
    if (error instanceof KubeconfigError) throw new UsageError(`${flag}: ${error.message}`);
    throw error;
  }
}

function nameOf({ flag, context }: ContextChoice): string {
  return context === undefined ? `the current context of ${flag}` : `context ${JSON.stringify(context)} of ${flag}`;
}
