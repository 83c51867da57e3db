import { isRecord } from '../object/json.js';
import { parseJson } from '../object/parse.js';
import type { KubeObject } from '../object/types.js';
import { apiErrorOfEvent } from './api-error.js';
import type { KubeClient } from './client.js';
import { ConnectionError } from './connection-error.js';
import { LineCut, lines, LineTooLong } from './lines.js';
import { isObject } from './list.js';

/** The longest event that is read, in bytes: etcd takes 1.5 MiB, JSON may need more for the same. */
const MAX_LINE_BYTES = 8 * 1024 * 1024;

export interface ObjectEvent {
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED';
  readonly object: KubeObject;
  /** Of the event's text. */
  readonly bytes: number;
}

export interface Bookmark {
  readonly type: 'BOOKMARK';
  readonly resourceVersion: string;
}

export type WatchEvent = ObjectEvent | Bookmark;

/**
 * In: the bytes of a watch that `client` opened on `path`. Out: its events, until the server ends the watch; the next
 * reader is informer/reflector.
 * @throws ApiError for an ERROR event (one that `isExpired`: list again); ConnectionError when the stream breaks, and
 *   with the codes LINE_TOO_LONG and NOT_AN_EVENT when resuming would meet the same line again.
 */
export async function* watchEvents(
  chunks: AsyncIterable<Buffer>,
  client: KubeClient,
  path: string,
): AsyncGenerator<WatchEvent> {
  try {
    for await (const line of lines(chunks, MAX_LINE_BYTES)) {
      const event = parsed(line);
      if (isRecord(event) && event['type'] === 'ERROR')
        throw apiErrorOfEvent({ side: client.side, path }, event['object']);
      yield checked(event, line.length) ?? failure(client, 'it sent a watch event that cannot be read', 'NOT_AN_EVENT');
    }
  } catch (error) {
    if (error instanceof LineCut) failure(client, 'the connection was closed in the middle of an event', 'LINE_CUT');
    if (error instanceof LineTooLong) failure(client, 'it sent a watch event of more than 8 MiB', 'LINE_TOO_LONG');
    throw error;
  }
}

function parsed(line: Buffer): unknown {
  try {
    return parseJson(line.toString('utf8'));
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

function checked(event: unknown, bytes: number): WatchEvent | undefined {
  if (!isRecord(event)) return undefined;
  const { type, object } = event;
  if (type === 'BOOKMARK') return bookmark(object);
  if (type !== 'ADDED' && type !== 'MODIFIED' && type !== 'DELETED') return undefined;
  return isObject(object) ? { type, object, bytes } : undefined;
}

function bookmark(object: unknown): Bookmark | undefined {
  const metadata = isRecord(object) ? object['metadata'] : undefined;
  const resourceVersion = isRecord(metadata) ? metadata['resourceVersion'] : undefined;
  return typeof resourceVersion === 'string' ? { type: 'BOOKMARK', resourceVersion } : undefined;
}

function failure(client: KubeClient, sentence: string, code: string): never {
  throw new ConnectionError(sentence, { side: client.side, server: client.server, code });
}
