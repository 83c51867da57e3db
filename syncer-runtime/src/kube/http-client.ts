import type { Clock } from '../base/clock.js';
import type { Side } from '../base/sides.js';
import type { ServerAccess } from './access.js';
import { defaultTimeouts, type Timeouts } from './agents.js';
import { apiErrorOf } from './api-error.js';
import type { ApiReply, ApiRequest, KubeClient, Lane } from './client.js';
import { ConnectionError } from './connection-error.js';
import type { Gates, ServerGates } from './gates.js';
import { TokenBucket, type RateLimit } from './rate-limit.js';
import { underCluster } from './server-url.js';
import { Transport } from './transport.js';
import { Wire, type Answer, type RequestRecord } from './wire.js';

export interface KubeClientOptions {
  readonly side: Side;
  readonly access: ServerAccess;
  /** Where requests go: the access's own server, or a logical cluster on it. */
  readonly server?: string;
  /** One object for the whole process. */
  readonly gates: Gates;
  readonly clock: Clock;
  /** Of the product, for `User-Agent`. */
  readonly version: string;
  /** Asked before each write: one that is not allowed any more is not sent (S36). Always, where it is not given. */
  readonly mayWrite?: () => boolean;
  /** Our own limit for this side, besides what the server imposes. Heartbeats are exempt. */
  readonly rateLimit?: RateLimit;
  readonly onRequest?: (record: RequestRecord) => void;
  readonly timeouts?: Timeouts;
}

/** The client of one server under one credential (kube/client). Connections open with the first request. */
export function createKubeClient(options: KubeClientOptions): KubeClient {
  const timeouts = options.timeouts ?? defaultTimeouts;
  const transport = new Transport(options.access, timeouts);
  const bucket = options.rateLimit && new TokenBucket(options.rateLimit, options.clock);
  return new HttpClient({ ...options, timeouts, transport, bucket }, options.server ?? options.access.server);
}

interface Shared extends KubeClientOptions {
  readonly timeouts: Timeouts;
  readonly transport: Transport;
  readonly bucket: TokenBucket | undefined;
}

class HttpClient implements KubeClient {
  private readonly wire: Wire;
  private readonly gates: ServerGates;

  constructor(
    private readonly shared: Shared,
    readonly server: string,
  ) {
    this.wire = new Wire(shared, server);
    this.gates = shared.gates.of(server);
  }

  get side(): Side {
    return this.shared.side;
  }

  at(clusterPath: string): KubeClient {
    return new HttpClient(this.shared, underCluster(this.server, clusterPath));
  }

  async close(): Promise<void> {
    await this.shared.transport.close();
  }

  async request(request: ApiRequest): Promise<ApiReply> {
    const leave = await this.admitted(request.lane ?? 'request', request.signal);
    try {
      this.assertMaySend(request);
      const answer = await this.withRenewal(async () => await this.wire.answer(request));
      if (answer.status < 200 || answer.status > 299) throw apiErrorOf({ side: this.side, ...request, ...answer });
      return { status: answer.status, headers: answer.headers, text: answer.text };
    } finally {
      leave();
    }
  }

  async watch(path: string, signal: AbortSignal, accept?: string): Promise<AsyncIterable<Buffer>> {
    await this.shared.bucket?.take(signal);
    const leave = await this.gates.watches.enter(signal);
    try {
      const answer = await this.withRenewal(
        async () => await this.wire.open({ path, signal, ...(accept !== undefined && { accept }) }),
      );
      if (!answer.chunks) throw apiErrorOf({ side: this.side, method: 'GET', path, ...answer });
      return answer.chunks;
    } finally {
      leave();
    }
  }

  /** Waits until the lane has room; returns what gives the place back. */
  private async admitted(lane: Lane, signal: AbortSignal | undefined): Promise<() => void> {
    if (lane === 'heartbeat') return () => undefined;
    await this.shared.bucket?.take(signal);
    const leaveLists = lane === 'list' ? await this.gates.lists.enter(signal) : undefined;
    try {
      const leaveRequests = await this.gates.requests.enter(signal);
      return () => {
        leaveRequests();
        leaveLists?.();
      };
    } catch (error) {
      leaveLists?.();
      throw error;
    }
  }

  private assertMaySend({ method }: ApiRequest): void {
    if (method === 'GET' || this.shared.mayWrite?.() !== false) return;
    throw new ConnectionError('this process may not write any more', {
      side: this.side,
      server: this.server,
      code: 'MAY_NOT_WRITE',
    });
  }

  /** Tries once more after a 401 when the credentials could be renewed. */
  private async withRenewal(attempt: () => Promise<Answer>): Promise<Answer> {
    const first = await attempt();
    if (first.status !== 401) return first;
    const renewed = await this.shared.transport.renew(first.credentials).catch(() => false);
    return renewed ? await attempt() : first;
  }
}
