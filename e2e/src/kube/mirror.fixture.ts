import { systemClock } from '@kcp-syncer/syncer-runtime/base/clock.js';
import type { ReflectorSink } from '@kcp-syncer/syncer-runtime/informer/reflector-sink.js';
import { runReflector } from '@kcp-syncer/syncer-runtime/informer/reflector.js';
import type { KubeClient } from '@kcp-syncer/syncer-runtime/kube/client.js';
import type { ListScope } from '@kcp-syncer/syncer-runtime/kube/list.js';
import type { ObjectEvent } from '@kcp-syncer/syncer-runtime/kube/watch-stream.js';
import type { KubeObject } from '@kcp-syncer/syncer-runtime/object/types.js';
import type { AdminClient, Collection } from '../harness/admin-client.js';

/** A type's objects as a reflector tells of them: what a store would believe. */
export class Mirror implements ReflectorSink {
  /** resourceVersion by `namespace/name`. */
  objects = new Map<string, string>();
  readonly errors: unknown[] = [];
  lists = 0;
  recoveries = 0;
  timeTravels = 0;
  /** All that was ever believed gone. */
  readonly believedGone = new Set<string>();
  private incoming = new Map<string, string>();
  private readonly stop = new AbortController();
  private running: Promise<void> = Promise.resolve();

  /** Begins to follow `scope`. */
  follow(client: KubeClient, scope: ListScope): void {
    this.running = runReflector({ client, scope, sink: this, clock: systemClock }, this.stop.signal);
  }

  async end(): Promise<void> {
    this.stop.abort(new Error('the test is over'));
    await this.running;
  }

  listStarted(): void {
    this.incoming = new Map();
  }

  page(items: readonly KubeObject[]): void {
    for (const item of items) this.incoming.set(keyOf(item), item.metadata.resourceVersion ?? '');
  }

  listed(): void {
    this.lists += 1;
    for (const key of this.objects.keys()) if (!this.incoming.has(key)) this.believedGone.add(key);
    this.objects = this.incoming;
  }

  event({ type, object }: ObjectEvent): void {
    if (type === 'DELETED') {
      this.objects.delete(keyOf(object));
      this.believedGone.add(keyOf(object));
    } else this.objects.set(keyOf(object), object.metadata.resourceVersion ?? '');
  }

  failed(error: unknown): void {
    this.errors.push(error);
  }

  recovered(): void {
    this.recoveries += 1;
  }

  timeTravel(): void {
    this.timeTravels += 1;
  }

  /** Whether it shows what the server has: same objects in the same versions. */
  async shows(admin: AdminClient, collection: Collection, query?: Readonly<Record<string, string>>): Promise<boolean> {
    const items = await admin.list(collection, query);
    const truth = items.map(
      ({ metadata }) => [`${metadata.namespace ?? ''}/${metadata.name}`, metadata.resourceVersion] as const,
    );
    return truth.length === this.objects.size && truth.every(([key, version]) => this.objects.get(key) === version);
  }
}

function keyOf({ metadata }: KubeObject): string {
  return `${metadata.namespace ?? ''}/${metadata.name}`;
}
