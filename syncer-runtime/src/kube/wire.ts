import type { Clock } from '../base/clock.js';
import type { Side } from '../base/sides.js';
import type { Timeouts } from './agents.js';
import type { ApiRequest, Lane } from './client.js';
import { ConnectionError, connectionErrorOf } from './connection-error.js';
import type { Credentials } from './auth.js';
import { deadline, raceSignal, type Deadline } from './deadline.js';
import { exchange, readChunks, readText, type WireReply } from './exchange.js';
import type { Connections, Transport } from './transport.js';

/** A reply may be this long; lists ask again for less. */
const MAX_REPLY_BYTES = 64 * 1024 * 1024;
/** From admission to the last byte, however slowly it drips. Watches have no such end. */
const REQUEST_DEADLINE_MS = 60_000;
/** `timeoutSeconds` of a watch that does not say. */
const WATCH_SECONDS = 480;

/** One request as metrics see it: either a status came, or a code says why none did. */
export interface RequestRecord {
  readonly side: Side;
  readonly method: string;
  readonly lane: Lane | 'watch';
  /** Name and port of the server. */
  readonly host: string;
  readonly status?: number;
  /** Of a ConnectionError; `ABORTED` when the caller gave up. */
  readonly code?: string;
  /** Until the answer was read, for a watch until it was open. Waiting for admission is not counted. */
  readonly ms: number;
}

/** What came, whatever its status. `text` is the body, but for a watch that is open: it has `chunks`. */
export interface Answer {
  readonly status: number;
  readonly headers: WireReply['headers'];
  readonly text: string;
  readonly chunks?: AsyncIterable<Buffer>;
  readonly credentials: Credentials;
}

export interface WireOptions {
  readonly side: Side;
  readonly clock: Clock;
  readonly version: string;
  readonly transport: Transport;
  readonly timeouts: Timeouts;
  readonly onRequest?: (record: RequestRecord) => void;
}

interface Call extends Omit<ApiRequest, 'lane'> {
  readonly lane: Lane | 'watch';
  readonly bodyTimeoutMs?: number;
}

/** One attempt at one request: credentials, deadline, record, and errors that name the server. */
export class Wire {
  private readonly base: { readonly origin: string; readonly path: string; readonly host: string };

  constructor(
    private readonly options: WireOptions,
    private readonly server: string,
  ) {
    const { origin, pathname, host } = new URL(server);
    this.base = { origin, host, path: pathname.replace(/\/+$/, '') };
  }

  /** The whole answer. @throws ConnectionError, or the signal's reason. */
  async answer(request: ApiRequest): Promise<Answer> {
    return await this.attempt({ ...request, lane: request.lane ?? 'request' });
  }

  /** The answer's headers, and its body as it comes. @throws ConnectionError, or the signal's reason. */
  async open(watch: {
    readonly path: string;
    readonly signal: AbortSignal;
    readonly accept?: string;
  }): Promise<Answer> {
    const { path } = watch;
    const seconds = Number(/[?&]timeoutSeconds=(\d+)/.exec(path)?.[1] ?? WATCH_SECONDS);
    return await this.attempt({
      ...watch,
      method: 'GET',
      lane: 'watch',
      bodyTimeoutMs: seconds * 1000 + this.options.timeouts.watchGraceMs,
    });
  }

  private async attempt(call: Call): Promise<Answer> {
    const { clock } = this.options;
    const started = clock.monotonic();
    const late = (): Error => this.failure('it did not answer completely in time', 'DEADLINE');
    const time = deadline(clock, { ms: REQUEST_DEADLINE_MS, signal: call.signal, late });
    try {
      const { dispatcher, credentials } = await raceSignal(
        this.options.transport.ready(connectionsOf(call.lane)),
        time.signal,
        () => undefined,
      );
      const headers = { ...this.headersOf(call), ...credentials.headers };
      const path = `${this.base.path}${call.path}`;
      const reply = await exchange({
        ...call,
        dispatcher,
        origin: this.base.origin,
        path,
        headers,
        signal: time.signal,
      });
      const answer = {
        status: reply.status,
        headers: reply.headers,
        credentials,
        ...(await this.bodyOf(call, reply, time)),
      };
      this.record(call, started, { status: reply.status });
      return answer;
    } catch (error) {
      time.clear();
      const thrown = call.signal?.aborted === true ? (call.signal.reason as Error) : this.asConnectionError(error);
      this.record(call, started, { code: thrown instanceof ConnectionError ? thrown.code : 'ABORTED' });
      throw thrown;
    }
  }

  private headersOf(call: Call): Record<string, string> {
    return {
      'user-agent': `kcp-workload-syncer/${this.options.version}`,
      accept: call.accept ?? 'application/json',
      ...(call.body !== undefined && { 'content-type': call.contentType ?? 'application/json' }),
    };
  }

  private async bodyOf(call: Call, reply: WireReply, time: Deadline): Promise<Pick<Answer, 'text' | 'chunks'>> {
    if ((reply.headers['content-encoding'] ?? 'identity') !== 'identity') {
      reply.body.destroy();
      throw this.failure('its answer is compressed, which was not asked for', 'ENCODING');
    }
    if (call.lane === 'watch' && reply.status === 200) {
      this.checkWatch(reply);
      time.disarm();
      return { text: '', chunks: this.chunksOf(reply, call, time) };
    }
    const text = await readText(reply, { bytes: MAX_REPLY_BYTES, signal: time.signal });
    time.clear();
    return { text };
  }

  private checkWatch(reply: WireReply): void {
    if (isJson(reply.headers['content-type'])) return;
    reply.body.destroy();
    throw this.failure('it answered a watch with something that is not JSON', 'CONTENT_TYPE');
  }

  private async *chunksOf(reply: WireReply, call: Call, time: Deadline): AsyncGenerator<Buffer> {
    try {
      yield* readChunks(reply);
    } catch (error) {
      throw call.signal?.aborted === true ? (call.signal.reason as Error) : this.asConnectionError(error);
    } finally {
      time.clear();
    }
  }

  private record(call: Call, started: number, end: { status?: number; code?: string }): void {
    const { side, clock, onRequest } = this.options;
    onRequest?.({
      side,
      method: call.method,
      lane: call.lane,
      host: this.base.host,
      ms: clock.monotonic() - started,
      ...end,
    });
  }

  private failure(sentence: string, code: string): ConnectionError {
    return new ConnectionError(sentence, { side: this.options.side, server: this.server, code });
  }

  private asConnectionError(error: unknown): ConnectionError {
    return connectionErrorOf(error, { side: this.options.side, server: this.server });
  }
}

function connectionsOf(lane: Call['lane']): Connections {
  if (lane === 'watch') return 'watches';
  return lane === 'heartbeat' ? 'heartbeat' : 'requests';
}

/** Whether a content type is JSON, with parameters or without. */
export function isJson(contentType: string | string[] | undefined): boolean {
  return typeof contentType === 'string' && /^application\/json\s*(;|$)/i.test(contentType);
}
