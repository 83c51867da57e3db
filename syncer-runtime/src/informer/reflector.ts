import { backoffMs, defaultBackoff } from '../base/backoff.js';
import { sleep, type Clock } from '../base/clock.js';
import { ApiError } from '../kube/api-error.js';
import type { KubeClient } from '../kube/client.js';
import { ConnectionError } from '../kube/connection-error.js';
import { Deadline, raceSignal } from '../kube/deadline.js';
import { isExpired, isNotFound, isResourceVersionTooLarge } from '../kube/error-class.js';
import { acceptOf, listPages, type ListScope } from '../kube/list.js';
import { collectionPath } from '../kube/paths.js';
import { watchEvents, type WatchEvent } from '../kube/watch-stream.js';
import { SinkFailure, type ReflectorSink } from './reflector-sink.js';

/** Watches are renewed at random after 4 to 8 minutes: an open one outlives the rights that it was opened with. */
const MIN_WATCH_SECONDS = 240;
const MAX_WATCH_SECONDS = 480;
/** A server that does not end the watch by then has forgotten it. */
const OVERDUE_SECONDS = 30;
/** A watch that ended sooner than this was no use. */
const SHORTEST_WATCH_MS = 1_000;
/** After so many failures in a row it is better to list again than to resume. */
const MAX_RESUMES = 8;
/** A server that just started may lag behind itself for some seconds. */
const TIME_TRAVEL_LOOKS = 3;

export interface ReflectorOptions {
  readonly client: KubeClient;
  readonly scope: ListScope;
  readonly sink: ReflectorSink;
  readonly clock: Clock;
  readonly random?: () => number;
}

/**
 * In: pages of a list, then the events of watches. Keeps a sink up to date with one type on one side: resumes watches
 * that end, lists again when the server has forgotten, and goes on after every failure until `signal` is aborted.
 * Out: calls of the sink (reflector-sink); the next reader is informer/pair-store.
 */
export async function runReflector(options: ReflectorOptions, signal: AbortSignal): Promise<void> {
  const reflector = new Reflector(options, signal);
  while (!signal.aborted) await reflector.round();
}

class Reflector {
  /** Where the watch resumes; undefined when a list is due. */
  private resumeAt: string | undefined;
  /** The newest resourceVersion that the server told us, whatever is listed next. */
  private newest: string | undefined;
  /** Failures in a row. */
  private failures = 0;
  /** `failed` was told, `recovered` not yet. */
  private troubled = false;
  private readonly random: () => number;

  constructor(
    private readonly options: ReflectorOptions,
    private readonly signal: AbortSignal,
  ) {
    this.random = options.random ?? Math.random;
  }

  /** One list when it is due, one watch until it ends, one wait when there is reason. */
  async round(): Promise<void> {
    let waitMs: number;
    try {
      waitMs = this.afterEnd(await this.listAndWatch());
    } catch (error) {
      if (this.signal.aborted) return;
      waitMs = this.afterFailure(error);
    }
    // Only an abort ends this sleep early, and with it the rounds.
    if (waitMs > 0) await sleep(this.options.clock, waitMs, this.signal).catch(() => undefined);
  }

  private async listAndWatch(): Promise<number> {
    // Whoever answers after a watch has ended may be another server, set up from a backup.
    if (this.newest !== undefined) await this.proveNotOlder(this.newest);
    return await this.watch(this.resumeAt ?? (await this.list()));
  }

  /** A watch that was of use is resumed at once. */
  private afterEnd(livedMs: number): number {
    return livedMs >= SHORTEST_WATCH_MS ? 0 : this.nextBackoff();
  }

  private afterFailure(error: unknown): number {
    if (isExpired(error)) this.resumeAt = undefined;
    // A server may forget; one that forgets again and again is in trouble.
    if (isExpired(error) && this.failures === 0) {
      this.failures = 1;
      return 0;
    }
    this.troubled = true;
    this.options.sink.failed(error);
    const asked = error instanceof ApiError ? (error.retryAfterMs ?? 0) : 0;
    const waitMs = Math.max(asked, this.nextBackoff());
    if (this.failures >= MAX_RESUMES) this.resumeAt = undefined;
    return waitMs;
  }

  private nextBackoff(): number {
    this.failures += 1;
    return backoffMs(this.failures, defaultBackoff, this.random);
  }

  private async list(): Promise<string> {
    const { client, scope, sink } = this.options;
    this.toSink(() => {
      sink.listStarted();
    });
    let resourceVersion = '';
    for await (const page of listPages(client, scope, this.signal)) {
      const pause = this.toSink(() => sink.page(page.items, page.bytes));
      if (pause) await raceSignal(pause.catch(asSinkFailure), this.signal, () => undefined);
      resourceVersion = page.resourceVersion;
    }
    this.toSink(() => {
      sink.listed(resourceVersion);
    });
    this.newest = resourceVersion;
    this.resumeAt = resourceVersion;
    return resourceVersion;
  }

  /** How long the watch lived, in ms. */
  private async watch(resourceVersion: string): Promise<number> {
    const { client, clock } = this.options;
    const seconds = Math.round(MIN_WATCH_SECONDS + this.random() * (MAX_WATCH_SECONDS - MIN_WATCH_SECONDS));
    const path = this.watchPath(resourceVersion, seconds);
    const time = new Deadline(this.signal);
    try {
      const chunks = await this.opened(path, time.signal);
      const openedAt = clock.monotonic();
      time.arm(clock, (seconds + OVERDUE_SECONDS) * 1000, () => overdue(client));
      await this.follow(watchEvents(chunks, client, path)).finally(() => {
        if (clock.monotonic() - openedAt >= SHORTEST_WATCH_MS) this.failures = 0;
      });
      return clock.monotonic() - openedAt;
    } finally {
      time.clear();
    }
  }

  private watchPath(resourceVersion: string, timeoutSeconds: number): string {
    const { type, namespace, labelSelector } = this.options.scope;
    return collectionPath(type, namespace, {
      watch: true,
      allowWatchBookmarks: true,
      resourceVersion,
      timeoutSeconds,
      labelSelector,
    });
  }

  private async opened(path: string, signal: AbortSignal): Promise<AsyncIterable<Buffer>> {
    try {
      const chunks = await this.options.client.watch(path, signal, acceptOf(this.options.scope)?.watch);
      if (this.troubled) this.options.sink.recovered();
      this.troubled = false;
      return chunks;
    } catch (error) {
      // The type may be another one when it is served again.
      if (isNotFound(error)) this.resumeAt = undefined;
      throw error;
    }
  }

  private async follow(events: AsyncIterable<WatchEvent>): Promise<void> {
    try {
      for await (const event of events) this.take(event);
    } catch (error) {
      if (!canResume(error)) this.resumeAt = undefined;
      throw error;
    }
  }

  private take(event: WatchEvent): void {
    if (event.type !== 'BOOKMARK')
      this.toSink(() => {
        this.options.sink.event(event);
      });
    const seen = event.type === 'BOOKMARK' ? event.resourceVersion : event.object.metadata.resourceVersion;
    if (seen === undefined) return;
    this.resumeAt = seen;
    this.newest = seen;
  }

  /** A server that is older than we are, or cannot say, is listed anew. @throws what else it answers. */
  private async proveNotOlder(resourceVersion: string): Promise<void> {
    const proof = await this.proofOf(resourceVersion);
    if (proof === 'notOlder') return;
    this.newest = undefined;
    this.resumeAt = undefined;
    if (proof === 'older') this.options.sink.timeTravel();
  }

  private async proofOf(resourceVersion: string): Promise<'notOlder' | 'older' | 'unknown'> {
    const { client, scope, clock } = this.options;
    const query = { limit: 1, resourceVersion, resourceVersionMatch: 'NotOlderThan' };
    const path = collectionPath(scope.type, scope.namespace, query);
    for (let look = 1; ; look++) {
      try {
        await client.request({ method: 'GET', path, lane: 'list', signal: this.signal });
        return 'notOlder';
      } catch (error) {
        if (cannotProve(error)) return 'unknown';
        if (!isResourceVersionTooLarge(error)) throw error;
        if (look === TIME_TRAVEL_LOOKS) return 'older';
        await sleep(clock, error.retryAfterMs ?? backoffMs(look), this.signal);
      }
    }
  }

  private toSink<T>(call: () => T): T {
    try {
      return call();
    } catch (error) {
      throw new SinkFailure(error);
    }
  }
}

/** Whether the watch can go on where it was: the connection broke, and no line was bad. */
function canResume(error: unknown): boolean {
  return error instanceof ConnectionError && error.code !== 'LINE_TOO_LONG' && error.code !== 'NOT_AN_EVENT';
}

/** A server that does not know the question, as some aggregated APIs, must not be asked for ever. */
function cannotProve(error: unknown): boolean {
  return error instanceof ApiError && [400, 405, 410, 422].includes(error.status);
}

function overdue(client: KubeClient): ConnectionError {
  return new ConnectionError('it did not end a watch in time', {
    side: client.side,
    server: client.server,
    code: 'WATCH_OVERDUE',
  });
}

function asSinkFailure(error: unknown): never {
  throw new SinkFailure(error);
}
