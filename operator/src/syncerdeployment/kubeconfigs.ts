import type { Side } from '@kcp-syncer/syncer-runtime/base/sides.js';
import type { KubeClient } from '@kcp-syncer/syncer-runtime/kube/client.js';
import { CredentialError } from '../credentials/credential-error.js';
import { readKubeconfigSecret } from '../credentials/kubeconfig-secret.js';
import type { Spec } from './syncer-deployment.js';

export interface KubeconfigsOptions {
  readonly client: KubeClient;
  readonly namespace: string;
  /** Of the cluster that the operator runs in. */
  readonly ownKubeconfig: string;
}

type SecretRef = Spec['kcp']['kubeconfigSecretRef'];

export interface KubeconfigTexts {
  readonly upstreamKubeconfig: string;
  readonly downstreamKubeconfig: string;
}

/** The kubeconfigs of one SyncerDeployment, and what they were when they were read last. */
export class Kubeconfigs {
  private last: KubeconfigTexts | undefined;
  private ofWorkspace: string | undefined;

  constructor(private readonly options: KubeconfigsOptions) {}

  /** Whether one of them is in the Secret of this name. */
  areFrom(spec: Spec, secret: string): boolean {
    return spec.kcp.kubeconfigSecretRef.name === secret || spec.cluster?.kubeconfigSecretRef?.name === secret;
  }

  /** That of the workspace, as it was read last. */
  get knownOfWorkspace(): string | undefined {
    return this.ofWorkspace;
  }

  /** @throws CredentialError; what the client throws otherwise. */
  async read(spec: Spec, signal: AbortSignal): Promise<KubeconfigTexts> {
    const other = spec.cluster?.kubeconfigSecretRef ?? undefined;
    const upstreamKubeconfig = await this.text(spec.kcp.kubeconfigSecretRef, signal);
    this.ofWorkspace = upstreamKubeconfig;
    const downstreamKubeconfig = other ? await this.text(other, signal) : this.options.ownKubeconfig;
    this.last = { upstreamKubeconfig, downstreamKubeconfig };
    return this.last;
  }

  /** As `read`; those that were read last where they cannot be read any more, as when their namespace is being deleted. */
  async readOrKnown(spec: Spec, signal: AbortSignal): Promise<KubeconfigTexts> {
    try {
      return await this.read(spec, signal);
    } catch (error) {
      if (this.last && error instanceof CredentialError) return this.last;
      throw error;
    }
  }

  /** Those that are not what they were, after reading them again. @throws as `read`. */
  async changed(spec: Spec, signal: AbortSignal): Promise<readonly (readonly [Side, string])[]> {
    const before = this.last;
    const now = await this.read(spec, signal);
    const sides = [
      ['upstream', now.upstreamKubeconfig, before?.upstreamKubeconfig],
      ['downstream', now.downstreamKubeconfig, before?.downstreamKubeconfig],
    ] as const;
    return sides.filter(([, text, former]) => text !== former).map(([side, text]) => [side, text]);
  }

  private async text({ name, key = 'kubeconfig' }: SecretRef, signal: AbortSignal): Promise<string> {
    const { client, namespace } = this.options;
    return await readKubeconfigSecret(client, { namespace, name, key }, signal);
  }
}
