import type { Dispatcher } from 'undici';
import { raceSignal } from './deadline.js';

export interface WireRequest {
  readonly dispatcher: Dispatcher;
  readonly origin: string;
  /** Complete, with the query. */
  readonly path: string;
  readonly method: Dispatcher.HttpMethod;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string | undefined;
  /** How long the body may be silent, when it is not what the connections say. */
  readonly bodyTimeoutMs?: number;
  readonly signal: AbortSignal;
}

export interface WireReply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: Dispatcher.ResponseData['body'];
}

/** One request over undici. Resolves with the headers; whatever comes after the signal's abort is thrown away. */
export async function exchange(wire: WireRequest): Promise<WireReply> {
  const answer = wire.dispatcher.request({
    origin: wire.origin,
    path: wire.path,
    method: wire.method,
    headers: wire.headers,
    body: wire.body ?? null,
    signal: wire.signal,
    ...(wire.bodyTimeoutMs !== undefined && { bodyTimeout: wire.bodyTimeoutMs }),
  });
  const { statusCode, headers, body } = await raceSignal(answer, wire.signal, discard);
  // A body that is destroyed reports an error, also when nobody reads it any more.
  body.on('error', () => undefined);
  return { status: statusCode, headers, body };
}

/** The body is longer than its reader takes. */
export class BodyTooLong extends Error {
  override readonly name = 'BodyTooLong';
  readonly code = 'BODY_TOO_LONG';
}

/** The whole body as text. @throws BodyTooLong, with the connection closed, as soon as it is longer than `limit` bytes. */
export async function readText(
  reply: WireReply,
  limits: { readonly bytes: number; readonly signal: AbortSignal },
): Promise<string> {
  return await raceSignal(collect(reply, limits.bytes), limits.signal, () => undefined);
}

async function collect(reply: WireReply, limit: number): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of readChunks(reply)) {
    bytes += chunk.length;
    if (bytes > limit) throw new BodyTooLong();
    chunks.push(chunk);
  }
  return Buffer.concat(chunks, bytes).toString('utf8');
}

/** The body as it comes. Leaving the iteration closes the connection. */
export async function* readChunks(reply: WireReply): AsyncGenerator<Buffer> {
  // Ends with the body destroyed, however it ends.
  for await (const chunk of reply.body) yield chunk as Buffer;
}

function discard(late: Dispatcher.ResponseData): void {
  late.body.on('error', () => undefined);
  late.body.destroy();
}
