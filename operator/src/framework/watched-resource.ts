import { backoffMs } from '@kcp-syncer/syncer-runtime/base/backoff.js';
import type { Clock } from '@kcp-syncer/syncer-runtime/base/clock.js';
import { runReflector } from '@kcp-syncer/syncer-runtime/informer/reflector.js';
import type { ReflectorSink } from '@kcp-syncer/syncer-runtime/informer/reflector-sink.js';
import type { KubeClient } from '@kcp-syncer/syncer-runtime/kube/client.js';
import type { ListScope } from '@kcp-syncer/syncer-runtime/kube/list.js';
import type { ObjectEvent } from '@kcp-syncer/syncer-runtime/kube/watch-stream.js';
import { keyOf, type Key } from '@kcp-syncer/syncer-runtime/object/key.js';
import type { KubeObject } from '@kcp-syncer/syncer-runtime/object/types.js';
import type { Logger } from '@kcp-syncer/syncer-runtime/observe/logger.js';
import { WorkQueue } from '@kcp-syncer/syncer-runtime/queue/work-queue.js';

export type EventType = 'ADDED' | 'MODIFIED' | 'DELETED';

export interface WatchedResourceOptions {
  readonly client: KubeClient;
  readonly scope: ListScope;
  /**
   * Told the newest state of an object, one call at a time for each. The object is a copy of its own. What it throws is
   * logged, and the state of then is told again after a while.
   */
  readonly onEvent: (type: EventType, object: KubeObject) => Promise<void>;
  readonly workers: number;
  readonly clock: Clock;
  readonly logger: Logger;
}

/**
 * The objects of one resource, told one by one to a handler: none is lost when a watch breaks, a deletion in particular;
 * one that changes many times while it is handled is told once more. Level-based, as the whole product is.
 */
export class WatchedResource implements ReflectorSink {
  private readonly objects = new Map<Key, KubeObject>();
  /** As they were last, until their end has been told. */
  private readonly ended = new Map<Key, KubeObject>();
  private readonly told = new Set<Key>();
  private readonly failures = new Map<Key, number>();
  private readonly queue: WorkQueue;
  private unseen = new Set<Key>();
  private inTrouble = false;

  constructor(private readonly options: WatchedResourceOptions) {
    const { clock, workers } = options;
    this.queue = new WorkQueue({ clock, workers });
  }

  /** Watches and tells until `signal` is aborted; then resolves, when the handlers at work have ended. */
  async run(signal: AbortSignal): Promise<void> {
    const { client, scope, clock, workers } = this.options;
    const work = Array.from({ length: workers }, async () => {
      await this.work(signal);
    });
    await Promise.all([runReflector({ client, scope, clock, sink: this }, signal), ...work]);
    this.queue.clear();
  }

  /** Tells the object again after `ms` milliseconds, unless it changes before. */
  lookAgain(key: Key, ms: number): void {
    if (this.objects.has(key)) this.queue.addAfter(key, ms, 'fresh');
  }

  listStarted(): void {
    this.unseen = new Set(this.objects.keys());
  }

  page(items: readonly KubeObject[]): void {
    for (const item of items) {
      this.unseen.delete(keyOf(item));
      this.keep(item);
    }
  }

  listed(): void {
    for (const key of this.unseen) this.end(key);
  }

  event({ type, object }: ObjectEvent): void {
    if (type === 'DELETED') this.end(keyOf(object), object);
    else this.keep(object);
  }

  failed(error: unknown): void {
    const { logger, scope } = this.options;
    if (!this.inTrouble) logger.error(`${scope.type.resource} cannot be watched`, error);
    this.inTrouble = true;
  }

  recovered(): void {
    this.inTrouble = false;
    this.options.logger.log(1, `${this.options.scope.type.resource} are watched again`);
  }

  timeTravel(): void {
    this.options.logger.warn('the cluster is older than it was: it seems to be restored from a backup');
  }

  private keep(object: KubeObject): void {
    const key = keyOf(object);
    const before = this.objects.get(key);
    if (before?.metadata.resourceVersion === object.metadata.resourceVersion && before) return;
    // One that was made again while nobody looked is another.
    if (before && before.metadata.uid !== object.metadata.uid) this.end(key);
    this.objects.set(key, object);
    this.queue.add(key);
  }

  private end(key: Key, last?: KubeObject): void {
    const known = this.objects.get(key);
    this.objects.delete(key);
    const object = last ?? known;
    if (object && this.told.has(key)) this.ended.set(key, object);
    this.queue.add(key);
  }

  private async work(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      const key = await this.queue.next(signal).catch(() => undefined);
      if (key === undefined) return;
      await this.tell(key);
      this.queue.done(key);
    }
  }

  private async tell(key: Key): Promise<void> {
    try {
      await this.tellEnd(key);
      await this.tellState(key);
      this.failures.delete(key);
    } catch (error) {
      const failures = (this.failures.get(key) ?? 0) + 1;
      this.failures.set(key, failures);
      this.options.logger.error(`handling ${this.options.scope.type.resource} ${key}`, error, { failures });
      this.queue.addAfter(key, backoffMs(failures));
    }
  }

  private async tellEnd(key: Key): Promise<void> {
    const ended = this.ended.get(key);
    if (!ended) return;
    await this.options.onEvent('DELETED', structuredClone(ended));
    this.told.delete(key);
    if (this.ended.get(key) === ended) this.ended.delete(key);
  }

  private async tellState(key: Key): Promise<void> {
    const object = this.objects.get(key);
    if (!object) return;
    const type = this.told.has(key) ? 'MODIFIED' : 'ADDED';
    this.told.add(key);
    await this.options.onEvent(type, structuredClone(object));
  }
}
