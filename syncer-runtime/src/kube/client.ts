import type { Side } from '../base/sides.js';

/** One request. `path` starts with '/' and carries its query; the client puts the server's base before it. */
export interface ApiRequest {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  readonly path: string;
  readonly body?: string;
  /** Of the body; `application/json` unless given. */
  readonly contentType?: string;
  readonly signal?: AbortSignal;
  /** 'list' waits at the narrower gate for lists, 'heartbeat' has a connection of its own and waits at none. */
  readonly lane?: 'request' | 'list' | 'heartbeat';
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
 * `ConnectionError` (kube/api-error). Retry-After of 429 is obeyed by callers, through `ApiError.retryAfterMs`.
 * One credential refresh is made on 401. Redirects are not followed.
 */
export interface KubeClient {
  readonly side: Side;
  /** The server's URL as people know it, without credentials: for messages. */
  readonly server: string;
  request(request: ApiRequest): Promise<ApiReply>;
  /**
   * Opens a watch and yields the body as it comes; ends when the server ends it.
   * @throws ApiError, ConnectionError, or the signal's reason.
   */
  watch(path: string, signal: AbortSignal): AsyncIterable<Buffer>;
  /** Closes all connections; requests in flight fail. */
  close(): Promise<void>;
}
