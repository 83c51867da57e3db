import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Logger } from './logger.js';

export interface Answer {
  readonly status: number;
  readonly contentType: string;
  readonly body: string;
}

export type Route = () => Answer | Promise<Answer>;

export interface HttpServerOptions {
  /** What it serves, in one word. */
  readonly name: string;
  /** The flag that chooses its port: a message names it. */
  readonly portFlag: string;
  readonly address: string;
  readonly port: number;
  /** By exact path. Everything else is 404. */
  readonly routes: Readonly<Record<string, Route>>;
  readonly logger: Logger;
}

export interface HttpServer {
  /** Where it listens. */
  readonly port: number;
  /** Ends at once; answers under way are cut. */
  close(): Promise<void>;
}

/** A server that could not be started: one line that says which port or address, and what to change. */
export class ListenError extends Error {
  override readonly name = 'ListenError';
}

/**
 * Limits for whoever can reach the port: small heads, seconds to send them, a bounded number of connections, and no
 * bodies. `requestTimeout` also ends a client that dribbles a body, `timeout` one that does not read its answer.
 */
const limits = {
  maxHeaderSize: 8 * 1024,
  headersTimeout: 3_000,
  requestTimeout: 10_000,
  keepAliveTimeout: 15_000,
  connectionsCheckingInterval: 1_000,
} as const;
const maxConnections = 128;
const silentSocketMs = 30_000;

/**
 * Serves GET and HEAD on the given paths.
 * @throws ListenError when the port or address cannot be used.
 */
export async function startHttpServer(options: HttpServerOptions): Promise<HttpServer> {
  const routes = new Map(Object.entries(options.routes));
  const server = createServer(limits, (request, response) => {
    void respond({ request, response, routes, logger: options.logger });
  });
  server.maxConnections = maxConnections;
  server.timeout = silentSocketMs;
  await listen(server, options);
  server.on('error', (error) => {
    options.logger.error(`${options.name} server`, error);
  });
  return {
    port: (server.address() as AddressInfo).port,
    close: async () => {
      await new Promise<void>((resolve) => {
        server.close(() => {
          resolve();
        });
        server.closeAllConnections();
      });
    },
  };
}

async function listen(server: Server, options: HttpServerOptions): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    const onError = (error: NodeJS.ErrnoException): void => {
      reject(new ListenError(listenProblem(error, options)));
    };
    server.once('error', onError);
    server.listen(options.port, options.address, () => {
      server.off('error', onError);
      resolve();
    });
  });
}

function listenProblem(error: NodeJS.ErrnoException, { name, portFlag, address, port }: HttpServerOptions): string {
  const where = `port ${port} on ${address}`;
  switch (error.code) {
    case 'EADDRINUSE':
      return `${where} is taken: choose another for the ${name} server with ${portFlag}, or 0 to switch it off`;
    case 'EACCES':
      return `${where} is not permitted to this user: choose one above 1023 for the ${name} server with ${portFlag}`;
    case 'EADDRNOTAVAIL':
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
    case 'EINVAL':
      return `${address} is no address of this machine: choose another with --bind-address`;
    default:
      return `the ${name} server cannot listen at ${where} (${error.code ?? 'unknown error'}): see ${portFlag}`;
  }
}

interface Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly routes: ReadonlyMap<string, Route>;
  readonly logger: Logger;
}

/** Never rejects: what a route throws becomes a 500 without details. */
async function respond({ request, response, routes, logger }: Exchange): Promise<void> {
  if (hasBody(request)) response.setHeader('connection', 'close');
  try {
    send(response, await answerTo(request, routes));
  } catch (error) {
    logger.error('answering a probe or scrape', error);
    send(response, plain(500, 'internal error'));
  }
}

async function answerTo(request: IncomingMessage, routes: ReadonlyMap<string, Route>): Promise<Answer> {
  if (request.method !== 'GET' && request.method !== 'HEAD') return plain(405, 'only GET and HEAD are served');
  const path = (request.url ?? '').split('?', 1)[0] ?? '';
  const route = routes.get(path);
  return route ? await route() : plain(404, `served here: ${[...routes.keys()].join(' ')}`);
}

function send(response: ServerResponse, answer: Answer): void {
  if (response.headersSent || response.destroyed) return;
  const headers = {
    'content-type': answer.contentType,
    'content-length': Buffer.byteLength(answer.body),
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
    ...(answer.status === 405 ? { allow: 'GET, HEAD' } : {}),
  };
  response.writeHead(answer.status, headers);
  response.end(answer.body);
}

/** A body is never read, so its connection cannot be used again. */
function hasBody(request: IncomingMessage): boolean {
  return request.headers['content-length'] !== undefined || request.headers['transfer-encoding'] !== undefined;
}

/** A short answer for people and probes. */
export function plain(status: number, text: string): Answer {
  return { status, contentType: 'text/plain; charset=utf-8', body: `${text}\n` };
}
