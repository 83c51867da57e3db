import { once } from 'node:events';
import { createServer as createHttp, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createServer as createHttps } from 'node:https';
import type { AddressInfo, Socket } from 'node:net';
import type { ServerOptions } from 'node:https';

/** One request that a fault server got, and everything that may be done to it. */
export class Call {
  readonly method: string;
  /** With the query. */
  readonly path: string;
  readonly query: URLSearchParams;

  constructor(
    readonly request: IncomingMessage,
    private readonly response: ServerResponse,
    readonly body: string,
  ) {
    this.method = request.method ?? '';
    this.path = request.url ?? '';
    this.query = new URL(this.path, 'http://server').searchParams;
  }

  get headers(): IncomingMessage['headers'] {
    return this.request.headers;
  }

  get isWatch(): boolean {
    return this.query.has('watch');
  }

  /** Whether the client has left. */
  get isClosed(): boolean {
    return this.response.destroyed;
  }

  json(status: number, value: unknown, headers: Record<string, string> = {}): void {
    this.text(status, JSON.stringify(value), { 'content-type': 'application/json', ...headers });
  }

  text(
    status: number,
    body: string,
    headers: Record<string, string> = { 'content-type': 'text/plain; charset=utf-8' },
  ): void {
    this.response.writeHead(status, headers).end(body);
  }

  /** A Kubernetes error. */
  status(
    code: number,
    reason: string,
    more: { message?: string; details?: unknown; headers?: Record<string, string> } = {},
  ): void {
    const { message = `${reason} it is`, details, headers } = more;
    this.json(code, { kind: 'Status', apiVersion: 'v1', status: 'Failure', reason, code, message, details }, headers);
  }

  list(resourceVersion: string, items: readonly unknown[], metadata: Record<string, unknown> = {}): void {
    this.json(200, { kind: 'ThingList', apiVersion: 'v1', metadata: { resourceVersion, ...metadata }, items });
  }

  /** Begins the answer of a watch. */
  open(headers: Record<string, string> = { 'content-type': 'application/json' }): void {
    this.response.writeHead(200, headers);
    this.response.flushHeaders();
  }

  event(type: string, object: unknown): void {
    this.write(`${JSON.stringify({ type, object })}\n`);
  }

  write(bytes: string | Buffer): void {
    this.response.write(bytes);
  }

  /** Ends the answer as it should end. */
  end(): void {
    this.response.end();
  }

  /** The connection breaks: TCP RST. */
  reset(): void {
    this.socket.resetAndDestroy();
  }

  /** Closes one direction: FIN in the middle of the answer, while the server would still read. */
  halfClose(): void {
    this.socket.end();
  }

  get socket(): Socket {
    return this.request.socket;
  }
}

type Respond = (call: Call) => void;

/** A server with real sockets that misbehaves as it is told. */
export class FaultServer {
  readonly calls: Call[] = [];
  private readonly sockets = new Set<Socket>();
  private respond: Respond = (call) => {
    call.json(200, {});
  };

  private constructor(
    private readonly server: Server,
    private readonly scheme: string,
  ) {
    server.on('connection', (socket: Socket) => {
      this.sockets.add(socket);
      socket.on('close', () => this.sockets.delete(socket));
      // A socket that is reset on purpose says so.
      socket.on('error', () => undefined);
    });
    server.on('request', (request: IncomingMessage, response: ServerResponse) => {
      void this.answer(request, response);
    });
  }

  static async start(tls?: ServerOptions): Promise<FaultServer> {
    const server = tls ? createHttps(tls) : createHttp();
    const fault = new FaultServer(server, tls ? 'https' : 'http');
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return fault;
  }

  get url(): string {
    return `${this.scheme}://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  /** Connections that are open. */
  get connections(): number {
    return this.sockets.size;
  }

  /** What is done to each request from now on; nothing at all lets it hang. */
  on(respond: Respond): void {
    this.respond = respond;
  }

  /** A kubeconfig with this server, plain HTTP unless `cluster` says otherwise. */
  kubeconfig(
    user: Record<string, unknown> = { token: 'secret-token' },
    cluster: Record<string, unknown> = { 'insecure-skip-tls-verify': true },
  ): string {
    return JSON.stringify({
      'current-context': 'c',
      contexts: [{ name: 'c', context: { cluster: 'c', user: 'u' } }],
      clusters: [{ name: 'c', cluster: { server: this.url, ...cluster } }],
      users: [{ name: 'u', user }],
    });
  }

  /** Takes no connections any more and drops all; `start` of another server may take the port. */
  async stop(): Promise<void> {
    if (!this.server.listening) return;
    const closed = once(this.server, 'close');
    this.server.close();
    for (const socket of this.sockets) socket.destroy();
    await closed;
  }

  /** Listens again where it listened. */
  async restart(port: number): Promise<void> {
    this.server.listen(port, '127.0.0.1');
    await once(this.server, 'listening');
  }

  get port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  private async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    response.on('error', () => undefined);
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const call = new Call(request, response, Buffer.concat(chunks).toString());
    this.calls.push(call);
    this.respond(call);
  }
}

/** Waits until `state` is true, as fast as sockets allow. @throws after ten seconds in vain. */
export async function until(state: () => boolean): Promise<void> {
  const end = performance.now() + 10_000;
  while (!state()) {
    if (performance.now() > end) throw new Error(`waited in vain until ${state.toString()}`);
    await new Promise<void>((resolve) => setImmediate(resolve));
  }
}
