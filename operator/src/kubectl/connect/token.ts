import { sleep } from '@kcp-syncer/syncer-runtime/base/clock.js';
import type { KubeClient } from '@kcp-syncer/syncer-runtime/kube/client.js';
import { isConflict } from '@kcp-syncer/syncer-runtime/kube/error-class.js';
import type { KubeObject } from '@kcp-syncer/syncer-runtime/object/types.js';
import { CredentialError } from '../../credentials/credential-error.js';
import { managedLabel, secretKey } from '../../credentials/managed-secret.js';
import { canReadSyncTarget } from '../../credentials/reads-sync-target.js';
import { strictKubeconfig } from '../../credentials/strict-kubeconfig.js';
import { requestToken } from '../../credentials/account.js';
import type { ConnectOptions } from './options.js';
import type { Plan } from './plan.js';
import { kubeconfigOf } from './credential.js';
import type { Io } from '../io.js';
import { secretManifest, secretRef } from '../manifests.js';
import { findObject, type Ref } from '@kcp-syncer/syncer-runtime/kube/find-object.js';
import { ensure, type Outcome } from '../objects.js';

type Secret = KubeObject & { readonly data?: Readonly<Record<string, string>> };

/** Thirty days; the operator renews it in the last fifth. */
const tokenSeconds = 30 * 86_400;
const patienceMs = 20_000;
const pollMs = 500;

export interface TokenOptions {
  readonly options: ConnectOptions;
  readonly plan: Plan;
  /** The identity workspace, its logical cluster, and the account there. */
  readonly identity: KubeClient;
  readonly identityCluster: string;
  readonly account: Ref;
}

/**
 * Puts a kubeconfig with a token into the Secret, unless the one that is there works. A new token must read the
 * SyncTarget before anything is written. A Secret that is not ours is not touched.
 * @throws Error in one line.
 */
export async function ensureToken(wish: TokenOptions, io: Io): Promise<Outcome> {
  const { options, plan, identity, account } = wish;
  const ref = secretRef(options);
  const live = await findObject<Secret>(plan.cluster.client, ref, io.signal);
  if (live && live.metadata.labels?.[managedLabel] !== 'true')
    throw new Error(
      `Secret ${ref.namespace}/${ref.name} was made by somebody else: label it ${managedLabel}=true to have it overwritten, or choose another --name`,
    );
  if (live && !options.renew && (await isGood(live, wish, io))) return 'unchanged';
  const token = await requestToken(identity, { account, seconds: tokenSeconds }, io.signal);
  const { workspace, kcpServer } = options;
  const kubeconfig = await kubeconfigOf({ access: plan.kcp.access, server: kcpServer, workspace, token });
  await assertWorks(kubeconfig, plan, io);
  try {
    const { logicalCluster, syncTarget } = plan;
    const record = { logicalCluster, syncTarget, identityCluster: wish.identityCluster };
    return await ensure(plan.cluster.client, secretManifest(options, { kubeconfig, record }), io.signal);
  } catch (error) {
    if (isConflict(error)) throw new Error(`Secret ${ref.namespace}/${ref.name} was changed just now: try again`);
    throw error;
  }
}

/** Whether the Secret leads to the workspace by the wished address, with a token that kcp takes. */
async function isGood({ data }: Secret, { options, plan }: TokenOptions, io: Io): Promise<boolean> {
  const text = Buffer.from(data?.[secretKey] ?? '', 'base64').toString('utf8');
  try {
    const known = JSON.parse(strictKubeconfig(text)) as Kubeconfig;
    const token = known.users[0]?.user.token ?? '';
    const wished = await kubeconfigOf({
      access: plan.kcp.access,
      server: options.kcpServer,
      workspace: options.workspace,
      token,
    });
    if (strictKubeconfig(wished) !== strictKubeconfig(text)) return false;
  } catch (error) {
    if (error instanceof CredentialError) return false;
    throw error;
  }
  return await canReadSyncTarget(text, { server: plan.workspace.server, syncTarget: plan.syncTarget }, io);
}

interface Kubeconfig {
  readonly users: readonly { readonly user: { readonly token?: string } }[];
}

/** A right that was just given may take kcp a moment. */
async function assertWorks(kubeconfig: string, { workspace, syncTarget }: Plan, io: Io): Promise<void> {
  const deadline = io.clock.monotonic() + patienceMs;
  while (!(await canReadSyncTarget(kubeconfig, { server: workspace.server, syncTarget }, io))) {
    if (io.clock.monotonic() > deadline)
      throw new Error(
        `kcp does not let the new account read SyncTarget ${syncTarget}: nothing was put into the Secret`,
      );
    await sleep(io.clock, pollMs, io.signal);
  }
}
