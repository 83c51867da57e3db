import type { Clock } from '@kcp-syncer/syncer-runtime/base/clock.js';
import { version } from '@kcp-syncer/syncer-runtime/base/version.js';
import { serverAccess } from '@kcp-syncer/syncer-runtime/kube/access.js';
import type { KubeClient } from '@kcp-syncer/syncer-runtime/kube/client.js';
import { findObject } from '@kcp-syncer/syncer-runtime/kube/find-object.js';
import type { Gates } from '@kcp-syncer/syncer-runtime/kube/gates.js';
import { createKubeClient } from '@kcp-syncer/syncer-runtime/kube/http-client.js';
import { objectPath } from '@kcp-syncer/syncer-runtime/kube/paths.js';
import { kcpServer } from '@kcp-syncer/syncer-runtime/kube/server-url.js';
import type { KubeObject } from '@kcp-syncer/syncer-runtime/object/types.js';
import type { Logger } from '@kcp-syncer/syncer-runtime/observe/logger.js';
import { requestToken, serviceAccounts } from './account.js';
import { secrets, type SecretKey } from './kubeconfig-secret.js';
import { recordIn, type ConnectionRecord } from './managed-secret.js';
import { canReadSyncTarget } from './reads-sync-target.js';
import { strictKubeconfig } from './strict-kubeconfig.js';
import { claimsOf, type TokenClaims } from './token.js';

/** A token is renewed when less of its life is left. */
const DUE_SHARE = 0.2;
/** Of the rest of its life passes until a renewal that failed is tried again. */
const RETRY_SHARE = 0.05;
const SHORTEST_RETRY_MS = 5_000;

export interface RotationDeps {
  /** The cluster that the Secret is in. */
  readonly client: KubeClient;
  readonly clock: Clock;
  readonly gates: Gates;
  readonly mayWrite: () => boolean;
}

export interface RotationInput {
  readonly secret: SecretKey;
  /** As it is in use: judged, of one context. */
  readonly kubeconfig: string;
  readonly workspace: string;
  readonly syncTarget: string;
  readonly logger: Logger;
}

type Secret = KubeObject & { readonly data?: Readonly<Record<string, string>> };

interface Kubeconfig {
  readonly clusters: readonly { readonly cluster: { readonly server: string } }[];
  readonly users: readonly { readonly name: string; readonly user: { readonly token?: string } }[];
}

/** Renews the token of a Secret that `kubectl syncer connect` made, before it expires (product.md 7). */
export class TokenRotation {
  private notBeforeMs = -Infinity;

  constructor(private readonly deps: RotationDeps) {}

  /** Looks whether it is time, and renews the token then. Never rejects: what failed is tried again later. */
  async look(input: RotationInput, signal: AbortSignal): Promise<void> {
    const { clock } = this.deps;
    const kubeconfig = JSON.parse(input.kubeconfig) as Kubeconfig;
    const claims = claimsOf(kubeconfig.users[0]?.user.token ?? '');
    if (!claims || !isDue(claims, clock.now()) || clock.monotonic() < this.notBeforeMs) return;
    const leftMs = claims.expiresMs - clock.now();
    this.notBeforeMs = clock.monotonic() + Math.max(SHORTEST_RETRY_MS, leftMs * RETRY_SHARE);
    try {
      await this.renew(input, { kubeconfig, claims }, signal);
    } catch (error) {
      if (!signal.aborted)
        input.logger.error('the token could not be renewed, the present one stays in use', error, {
          expires: new Date(claims.expiresMs).toISOString(),
        });
    }
  }

  private async renew(
    { secret, workspace, syncTarget, logger }: RotationInput,
    { kubeconfig, claims }: { readonly kubeconfig: Kubeconfig; readonly claims: TokenClaims },
    signal: AbortSignal,
  ): Promise<void> {
    const { client, clock, mayWrite } = this.deps;
    const found = await findObject<Secret>(client, { type: secrets, ...secret }, signal);
    const record = found && recordIn(found);
    // Somebody else's, or already another one.
    if (!record || strictKubeconfig(textIn(found, secret.key)) !== JSON.stringify(kubeconfig)) return;
    const token = await this.newToken({ kubeconfig, claims, record }, signal);
    const text = JSON.stringify({
      ...kubeconfig,
      users: kubeconfig.users.map(({ name }) => ({ name, user: { token } })),
    });
    const server = kcpServer(kubeconfig.clusters[0]?.cluster.server ?? '', workspace);
    if (!(await canReadSyncTarget(text, { server, syncTarget }, { clock, signal })))
      throw new Error(`kcp does not let the new token read SyncTarget ${syncTarget}`);
    if (!mayWrite()) return;
    const { uid, resourceVersion } = found.metadata;
    await client.request({
      method: 'PATCH',
      path: objectPath(secrets, secret, { fieldManager: 'kcp-syncer-operator' }),
      contentType: 'application/merge-patch+json',
      body: JSON.stringify({
        metadata: { uid, resourceVersion },
        data: { [secret.key]: Buffer.from(text).toString('base64') },
      }),
      signal,
    });
    logger.log(1, 'the token was renewed', { secret: secret.name });
  }

  /** The account asks for itself: it may do so in the workspace that it lives in. */
  private async newToken(
    { kubeconfig, claims, record }: { kubeconfig: Kubeconfig; claims: TokenClaims; record: ConnectionRecord },
    signal: AbortSignal,
  ): Promise<string> {
    const { clock, gates } = this.deps;
    const access = serverAccess(JSON.stringify(kubeconfig), { clock });
    const server = kcpServer(access.server, record.identityCluster);
    const identity = createKubeClient({ side: 'upstream', access, server, gates, clock, version });
    const { namespace, name } = claims;
    const seconds = Math.round((claims.expiresMs - claims.issuedMs) / 1000);
    try {
      return await requestToken(identity, { account: { type: serviceAccounts, namespace, name }, seconds }, signal);
    } finally {
      await identity.close();
    }
  }
}

function isDue({ issuedMs, expiresMs }: TokenClaims, nowMs: number): boolean {
  return expiresMs - nowMs <= DUE_SHARE * (expiresMs - issuedMs);
}

function textIn({ data = {} }: Secret, key: string): string {
  return Buffer.from(Object.hasOwn(data, key) ? (data[key] ?? '') : '', 'base64').toString('utf8');
}
