import type { Side } from '../base/sides.js';

/** 'list' waits at the narrower gate for lists, 'heartbeat' has a connection of its own and waits at none. */
export type Lane = 'request' | 'list' | 'heartbeat';

/** One request. `path` starts with '/' and carries its query; the client puts the server's base before it. */
export interface ApiRequest {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  readonly path: string;
  readonly body?: string;
  /** Of the body; `application/json` unless given. */
  readonly contentType?: string;
  /** What the answer may look like; `application/json` unless given. */
  readonly accept?: string;
  readonly signal?: AbortSignal;
  readonly lane?: Lane;
}

export interface ApiReply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  /** The body, as text. JSON is parsed by who needs it, with object/parse. */
  readonly text: string;
}

/**
 * One server (or one logical cluster of kcp) under one credential. The only way to the wire.
 *
 * `request` resolves for 2xx only; every other answer is thrown as `ApiError`, and what never became an answer as
 * `ConnectionError`. Retry-After of 429 is obeyed by callers, through `ApiError.retryAfterMs`.
 * One credential refresh is made on 401. Redirects are not followed.
 */
export interface KubeClient {
  readonly side: Side;
  /** The server's URL as people know it, without credentials: for messages. */
  readonly server: string;
  request(request: ApiRequest): Promise<ApiReply>;
  /**
   * Opens a watch: resolves when the server has accepted it. What it resolves to yields the body as it comes and ends
   * when the server ends it; leaving the iteration closes the watch. It must be iterated, or the signal aborted.
   * `accept` says what the events may carry; whole objects unless given.
   * @throws ApiError, ConnectionError, or the signal's reason; the iteration throws ConnectionError or that reason.
   */
  watch(path: string, signal: AbortSignal, accept?: string): Promise<AsyncIterable<Buffer>>;
  /**
   * The same server and credential under another logical cluster: `/clusters/<name>` takes the place of a trailing
   * `/clusters/…` of the URL, or is appended. '' is the server itself, as for `/readyz`. Connections are shared.
   */
  at(clusterPath: string): KubeClient;
  /** Closes all connections, also those of clients made by `at`; requests in flight fail. */
  close(): Promise<void>;
}
