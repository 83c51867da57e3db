import { Bell } from '../../base/bell.js';
import { sleep, type Clock } from '../../base/clock.js';
import { ApiError } from '../../kube/api-error.js';
import { isForbidden } from '../../kube/error-class.js';
import type { KubeClient } from '../../kube/client.js';
import { fieldManager } from '../../object/marks.js';
import type { Logger } from '../../observe/logger.js';
import type { EventSink, UpstreamEvent } from './event.js';
import { eventBody, eventKey, eventPath, type CountedEvent } from './event-object.js';

/** So many Events may be written one after the other, and then two a second. */
const BURST = 25;
const REFILL_MS = 500;
/** The same Event is written at most this often; what comes between is counted. */
const REPEAT_MS = 60_000;
/** More than this many wait for nothing good. */
const MAX_WAITING = 500;
const MAX_REMEMBERED = 2_000;
/** How long nothing is written after the workspace refused it, and after it did not answer. */
const REFUSED_PAUSE_MS = 10 * 60_000;
const AWAY_PAUSE_MS = 5_000;

export interface EventWriterOptions {
  readonly client: Pick<KubeClient, 'request'>;
  readonly clock: Clock;
  readonly logger: Logger;
}

interface Entry extends CountedEvent {
  /** Monotonic, ms: when it may be written. */
  readonly dueAt: number;
}

/**
 * Writes Events upstream, beside the work: one Event for an object and reason, counted, at a bounded rate. An Event that
 * cannot be written is no reason for anything else to wait or to fail; when too many wait, the least important go.
 */
export class EventWriter implements EventSink {
  private readonly waiting = new Map<string, Entry>();
  /** What was written, newest last: its count goes on, and its next writing waits. */
  private readonly written = new Map<string, Entry>();
  private readonly bell: Bell;
  private tokens = BURST;
  private refilledAt: number;
  private refused = false;

  constructor(private readonly options: EventWriterOptions) {
    this.bell = new Bell(options.clock);
    this.refilledAt = options.clock.monotonic();
  }

  record(event: UpstreamEvent): void {
    const { clock } = this.options;
    const key = eventKey(event);
    const before = this.waiting.get(key) ?? this.written.get(key);
    const now = clock.now();
    const entry = {
      event,
      count: (before?.count ?? 0) + 1,
      firstMs: before?.firstMs ?? now,
      lastMs: now,
      dueAt: before?.dueAt ?? clock.monotonic(),
    };
    if (!this.waiting.has(key) && !this.makeRoom(event)) return;
    this.waiting.set(key, entry);
    this.bell.ring();
  }

  /** Writes until the signal is aborted; never throws. */
  async run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      const pauseMs = await this.round(signal);
      if (pauseMs === undefined) continue;
      await this.bell.wait(pauseMs, signal);
    }
  }

  /** Writes one Event if one is due. Returns how long nothing will be, undefined when there may be more. */
  private async round(signal: AbortSignal): Promise<number | undefined> {
    const { clock } = this.options;
    const now = clock.monotonic();
    const due = this.nextDue();
    if (!due) return REPEAT_MS;
    const [key, entry] = due;
    if (entry.dueAt > now) return entry.dueAt - now;
    const tokenMs = this.takeToken(now);
    if (tokenMs > 0) await sleep(clock, tokenMs, signal).catch(() => undefined);
    if (tokenMs > 0) return undefined;
    this.waiting.delete(key);
    const pauseMs = await this.write(entry, signal);
    if (pauseMs > 0) await sleep(clock, pauseMs, signal).catch(() => undefined);
    return undefined;
  }

  /** The first that is due, warnings before all else. */
  private nextDue(): [string, Entry] | undefined {
    let first: [string, Entry] | undefined;
    for (const one of this.waiting) if (!first || rank(one[1]) < rank(first[1])) first = one;
    return first;
  }

  /** 0 when one was taken, otherwise how long until there is one. */
  private takeToken(now: number): number {
    const refills = Math.floor((now - this.refilledAt) / REFILL_MS);
    this.tokens = Math.min(BURST, this.tokens + refills);
    this.refilledAt += refills * REFILL_MS;
    if (this.tokens === 0) return this.refilledAt + REFILL_MS - now;
    this.tokens--;
    return 0;
  }

  /** Returns how long to leave the workspace in peace. */
  private async write(entry: Entry, signal: AbortSignal): Promise<number> {
    const { client, clock, logger } = this.options;
    try {
      const path = `${eventPath(entry.event)}?fieldManager=${fieldManager}&force=true`;
      const contentType = 'application/apply-patch+yaml';
      await client.request({ method: 'PATCH', path, contentType, body: eventBody(entry), signal });
      this.refused = false;
      this.remember({ ...entry, dueAt: clock.monotonic() + REPEAT_MS });
      return 0;
    } catch (error) {
      if (signal.aborted) return 0;
      if (isForbidden(error)) return this.refuse(error);
      if (error instanceof ApiError && error.status < 500 && error.status !== 429) {
        // The object or its namespace is going: nobody will look.
        logger.log(3, 'an Event could not be written', { why: error.message });
        return 0;
      }
      this.putBack(entry);
      return AWAY_PAUSE_MS;
    }
  }

  /** Events need a right of their own, and nothing else depends on them: said once, tried again seldom. */
  private refuse(error: ApiError): number {
    this.waiting.clear();
    if (!this.refused)
      this.options.logger.warn('Events are not written: the credentials for kcp may not create and patch events', {
        why: error.message,
      });
    this.refused = true;
    return REFUSED_PAUSE_MS;
  }

  private putBack(entry: Entry): void {
    const key = eventKey(entry.event);
    if (!this.waiting.has(key)) this.waiting.set(key, entry);
  }

  private remember(entry: Entry): void {
    const key = eventKey(entry.event);
    this.written.delete(key);
    this.written.set(key, entry);
    const [oldest] = this.written.keys();
    if (this.written.size > MAX_REMEMBERED && oldest !== undefined) this.written.delete(oldest);
  }

  /** Whether another one may wait: when there are too many, a warning takes the place of news that is good. */
  private makeRoom({ type }: UpstreamEvent): boolean {
    if (this.waiting.size < MAX_WAITING) return true;
    if (type === 'Normal') return false;
    for (const [key, { event }] of this.waiting) {
      if (event.type === 'Warning') continue;
      this.waiting.delete(key);
      return true;
    }
    return false;
  }
}

/** What is due first is written first; of those that are due, warnings. */
function rank({ event, dueAt }: Entry): number {
  return event.type === 'Warning' ? dueAt - REPEAT_MS : dueAt;
}
