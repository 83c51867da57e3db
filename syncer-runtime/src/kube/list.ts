import { isRecord } from '../object/json.js';
import { parseJson } from '../object/parse.js';
import type { KubeObject, ResourceType } from '../object/types.js';
import type { ApiReply, KubeClient } from './client.js';
import { ConnectionError } from './connection-error.js';
import { collectionPath } from './paths.js';
import { isJson } from './wire.js';

const FIRST_PAGE = 50;
const LARGEST_PAGE = 500;
const PAGE_BYTES = 1_000_000;

/** Which objects: all of a type, or those of one namespace, or with a label. */
export interface ListScope {
  readonly type: Pick<ResourceType, 'group' | 'version' | 'resource'>;
  readonly namespace?: string;
  readonly labelSelector?: string;
  /** Objects come with their metadata alone: where nothing else is read, and they are large. */
  readonly metadataOnly?: boolean;
}

/** What a list of the scope asks for by `Accept`, and a watch of it; undefined: whole objects. */
export function acceptOf({ metadataOnly }: ListScope): { list: string; watch: string } | undefined {
  if (metadataOnly !== true) return undefined;
  const form = (kind: string): string => `application/json;as=${kind};v=v1;g=meta.k8s.io`;
  return { list: form('PartialObjectMetadataList'), watch: form('PartialObjectMetadata') };
}

export interface ListPage {
  /** Items of built-in types come without kind and apiVersion. */
  readonly items: readonly KubeObject[];
  /** Of the page's text. */
  readonly bytes: number;
  /** Of the whole list, the same on each page. */
  readonly resourceVersion: string;
}

/**
 * Lists page by page, from the storage and never from a cache that may be behind. Pages begin with 50 objects and are
 * sized to about 1 MB by what was measured; a page over the client's limit is asked again with half as many.
 * @throws ApiError; one that `isExpired` in the middle of a list means: from the beginning. ConnectionError, also for
 *   an answer that is no list: an empty list is only what says of itself that it is one.
 */
export async function* listPages(client: KubeClient, scope: ListScope, signal: AbortSignal): AsyncGenerator<ListPage> {
  let limit = FIRST_PAGE;
  let next: string | undefined;
  do {
    const page = await pageOf(client, { scope, limit, next }, signal);
    yield { items: page.items, bytes: page.bytes, resourceVersion: page.resourceVersion };
    limit = nextLimit(page);
    next = page.next;
  } while (next !== undefined);
}

interface PageRequest {
  readonly scope: ListScope;
  readonly limit: number;
  readonly next: string | undefined;
}

async function pageOf(
  client: KubeClient,
  request: PageRequest,
  signal: AbortSignal,
): Promise<ReadList & { readonly asked: number }> {
  const { scope, next } = request;
  for (let { limit } = request; ; limit = Math.ceil(limit / 2)) {
    const path = collectionPath(scope.type, scope.namespace, {
      limit,
      continue: next,
      labelSelector: scope.labelSelector,
    });
    try {
      const accept = acceptOf(scope)?.list;
      const reply = await client.request({
        method: 'GET',
        path,
        lane: 'list',
        signal,
        ...(accept !== undefined && { accept }),
      });
      return { ...readList(client, reply), asked: limit };
    } catch (error) {
      if (!(error instanceof ConnectionError && error.code === 'BODY_TOO_LONG' && limit > 1)) throw error;
    }
  }
}

function nextLimit(page: ListPage & { readonly asked: number }): number {
  if (page.items.length === 0) return page.asked;
  const fitting = Math.floor((PAGE_BYTES * page.items.length) / page.bytes);
  return Math.max(1, Math.min(LARGEST_PAGE, fitting));
}

type ReadList = ListPage & { readonly next: string | undefined };

/** @throws ConnectionError unless the answer says of itself that it is a list. */
function readList(client: KubeClient, reply: ApiReply): ReadList {
  const list = isJson(reply.headers['content-type']) ? listOf(parsedOrUndefined(reply.text)) : undefined;
  if (list) return { ...list, bytes: Buffer.byteLength(reply.text) };
  throw new ConnectionError('it answered a list with something else', {
    side: client.side,
    server: client.server,
    code: 'NOT_A_LIST',
  });
}

function listOf(body: unknown): Omit<ReadList, 'bytes'> | undefined {
  if (!isRecord(body) || typeof body['kind'] !== 'string' || !body['kind'].endsWith('List')) return undefined;
  const metadata = isRecord(body['metadata']) ? body['metadata'] : {};
  const items = body['items'] === null ? [] : body['items'];
  const resourceVersion = text(metadata['resourceVersion']);
  if (!areObjects(items) || resourceVersion === undefined) return undefined;
  return { items, resourceVersion, next: text(metadata['continue']) };
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}

function parsedOrUndefined(text: string): unknown {
  try {
    return parseJson(text);
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

function areObjects(items: unknown): items is KubeObject[] {
  return Array.isArray(items) && items.every(isObject);
}

/** Whether a parsed value has what every Kubernetes object has. */
export function isObject(value: unknown): value is KubeObject {
  return (
    isRecord(value) &&
    isRecord(value['metadata']) &&
    typeof value['metadata']['name'] === 'string' &&
    value['metadata']['name'] !== ''
  );
}
