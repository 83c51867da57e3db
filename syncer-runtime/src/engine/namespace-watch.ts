import type { Clock } from '../base/clock.js';
import type { Side } from '../base/sides.js';
import { ObjectMap } from '../informer/object-map.js';
import { runReflector } from '../informer/reflector.js';
import type { KubeClient } from '../kube/client.js';
import { namespaceFactsOf, type NamespaceFacts } from '../sync/namespace/facts.js';

export const namespaceType = { group: '', version: 'v1', resource: 'namespaces' };

export interface NamespaceWatchOptions {
  readonly side: Side;
  readonly client: KubeClient;
  readonly clock: Clock;
  readonly onChange: () => void;
  readonly onTrouble: (side: Side, error: unknown) => void;
}

/** The namespaces of one side. Where they may not be read, the map stays incomplete and empty. */
export class NamespaceWatch {
  readonly namespaces: ObjectMap<NamespaceFacts>;

  constructor(private readonly options: NamespaceWatchOptions) {
    this.namespaces = new ObjectMap({
      factsOf: namespaceFactsOf,
      onChange: options.onChange,
      onTrouble: (error) => {
        options.onTrouble(options.side, error);
      },
    });
  }

  async run(signal: AbortSignal): Promise<void> {
    const { client, clock } = this.options;
    await runReflector(
      { client, clock, scope: { type: namespaceType, metadataOnly: true }, sink: this.namespaces },
      signal,
    );
  }
}
