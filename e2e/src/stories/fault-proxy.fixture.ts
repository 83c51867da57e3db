import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer, request } from 'node:https';
import type { Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { text } from 'node:stream/consumers';
import { selfSigned } from '@kcp-syncer/syncer-runtime/kube/certificate.fixture.js';
import { credentialsOf, kubeconfigOf } from '../harness/kubeconfig.js';
import type { Credentials } from '../harness/kubeconfig.js';

/** What the proxy does to requests whose path, with the query, fits. */
export interface Fault {
  readonly path: RegExp;
  /** What is answered in the server's place. */
  readonly reply?: string;
  /** Nothing is answered at all. */
  readonly silent?: boolean;
  /** What becomes of the server's answer. */
  readonly rewrite?: (body: string) => string;
  /** Default: until it is taken back. */
  readonly times?: number;
}

/** Stands in front of a server, with a certificate of its own, and lies when it is told to. */
export class FaultProxy {
  private readonly certificate = selfSigned();
  private readonly server: Server;
  private readonly sockets = new Set<Duplex>();
  private faults: { readonly fault: Fault; left: number }[] = [];

  /** @param target where requests go and as whom, asked for each. */
  constructor(public target: () => Credentials) {
    const { key, cert } = this.certificate;
    this.server = createServer({ key, cert }, (incoming, outgoing) => {
      this.answer(incoming, outgoing).catch(() => outgoing.destroy());
    });
    this.server.on('connection', (socket) => {
      this.sockets.add(socket);
      socket.once('close', () => this.sockets.delete(socket));
    });
  }

  async listen(): Promise<this> {
    this.server.listen(0, '127.0.0.1');
    await once(this.server, 'listening');
    return this;
  }

  /** From now on. The first that fits counts. */
  lie(...faults: readonly Fault[]): void {
    this.faults = faults.map((fault) => ({ fault, left: fault.times ?? Infinity }));
  }

  /** Each lie was told as often as it was to be. */
  get isSpent(): boolean {
    return this.faults.every(({ left }) => left === 0);
  }

  /** Breaks all connections; new ones are welcome. */
  cut(): void {
    for (const socket of this.sockets) socket.destroy();
  }

  async stop(): Promise<void> {
    this.server.close();
    this.cut();
    await once(this.server, 'close');
  }

  /** Writes a kubeconfig like that of `path` that leads through the proxy, and gives its path. */
  kubeconfig(path: string): string {
    const direct = credentialsOf(readFileSync(path, 'utf8'));
    const server = direct.server.replace(/^https:\/\/[^/]+/, this.url);
    writeFileSync(`${path}.proxied`, kubeconfigOf({ proxied: { ...direct, server, ca: this.certificate.cert } }));
    return `${path}.proxied`;
  }

  private get url(): string {
    return `https://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  private async answer(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
    const fault = this.faultFor(incoming.url ?? '');
    if (fault?.silent === true) return;
    if (fault?.reply !== undefined) {
      outgoing.writeHead(200, { 'content-type': 'application/json' }).end(fault.reply);
      return;
    }
    const reply = await this.forward(incoming, outgoing);
    if (fault?.rewrite === undefined) {
      outgoing.writeHead(reply.statusCode ?? 502, reply.headers);
      outgoing.flushHeaders();
      reply.pipe(outgoing);
      return;
    }
    const body = fault.rewrite(await text(reply));
    outgoing.writeHead(reply.statusCode ?? 502, { 'content-type': 'application/json' }).end(body);
  }

  private async forward(incoming: IncomingMessage, outgoing: ServerResponse): Promise<IncomingMessage> {
    const { server, ca, token } = this.target();
    const { method, headers, url } = incoming;
    const onward = request(new URL(url ?? '', server), {
      method,
      ca,
      headers: { ...headers, host: new URL(server).host, authorization: `Bearer ${token}` },
    });
    outgoing.once('close', () => onward.destroy());
    onward.on('error', () => outgoing.destroy());
    incoming.pipe(onward);
    const [reply] = (await once(onward, 'response')) as [IncomingMessage];
    reply.on('error', () => outgoing.destroy());
    return reply;
  }

  private faultFor(path: string): Fault | undefined {
    const found = this.faults.find(({ fault, left }) => left > 0 && fault.path.test(path));
    if (found !== undefined) found.left--;
    return found?.fault;
  }
}

/** A list's answer without its objects, the last page. */
export function emptied(body: string): string {
  const list = JSON.parse(body) as { metadata: object; items: unknown[] };
  return JSON.stringify({ ...list, metadata: { ...list.metadata, continue: '', remainingItemCount: 0 }, items: [] });
}

/** What a watch tells whose resourceVersion the server has forgotten. */
export const expired = `${JSON.stringify({
  type: 'ERROR',
  object: { kind: 'Status', apiVersion: 'v1', status: 'Failure', reason: 'Expired', code: 410, message: 'too old' },
})}\n`;
