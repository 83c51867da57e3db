import { sharedAbort } from '@kcp-syncer/syncer-runtime/base/abort.js';
import type { Clock } from '@kcp-syncer/syncer-runtime/base/clock.js';
import type { KubeClient } from '@kcp-syncer/syncer-runtime/kube/client.js';
import type { Logger } from '@kcp-syncer/syncer-runtime/observe/logger.js';
import { secrets } from '../credentials/kubeconfig-secret.js';
import { WatchedResource } from '../framework/watched-resource.js';

export interface SecretWatchesOptions {
  readonly client: KubeClient;
  readonly clock: Clock;
  readonly logger: Logger;
  /** A Secret was made, changed or deleted. */
  readonly onChange: (namespace: string, name: string) => void;
}

/** Watches the Secrets of those namespaces that hold SyncerDeployments: their metadata alone, no contents. */
export class SecretWatches {
  private readonly watches = new Map<string, AbortController>();
  private readonly running = new Set<Promise<void>>();

  constructor(private readonly options: SecretWatchesOptions) {}

  /** Watches these namespaces and no others. */
  follow(namespaces: ReadonlySet<string>): void {
    for (const [namespace, ending] of this.watches) {
      if (namespaces.has(namespace)) continue;
      ending.abort(new Error('no SyncerDeployment is left there'));
      this.watches.delete(namespace);
    }
    for (const namespace of namespaces) if (!this.watches.has(namespace)) this.watch(namespace);
  }

  /** Ends all watches. */
  async stop(): Promise<void> {
    this.follow(new Set());
    await Promise.all(this.running);
  }

  private watch(namespace: string): void {
    const { onChange } = this.options;
    const ending = sharedAbort();
    this.watches.set(namespace, ending);
    const watched = new WatchedResource({
      ...this.options,
      scope: { type: secrets, namespace, metadataOnly: true },
      workers: 1,
      onEvent: async (_, { metadata }) => {
        onChange(namespace, metadata.name);
        await Promise.resolve();
      },
    });
    const run = watched.run(ending.signal).finally(() => this.running.delete(run));
    this.running.add(run);
  }
}
