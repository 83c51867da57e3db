import type { Side } from '../base/sides.js';
import { apiErrorOf } from '../kube/api-error.js';
import type { ApiReply, ApiRequest, KubeClient } from '../kube/client.js';

/** What a path answers: a body with status 200, or a refusal. */
export type Answer = object | Refusal;

export class Refusal {
  constructor(
    readonly status: number,
    /** JSON Status, or plain text as a server that is not ready sends it. */
    readonly body: object | string = { kind: 'Status', code: status, message: `refused with ${status}` },
  ) {}
}

/** A server that knows some paths, keeps what is written to it, and remembers what it was asked. */
export class FakeServer implements KubeClient {
  readonly server = 'https://fake.example';
  readonly requests: ApiRequest[] = [];
  /** Runs before an answer is chosen: lets a test change the world meanwhile. */
  onRequest: (request: ApiRequest) => void = () => undefined;

  constructor(
    readonly side: Side,
    readonly answers: Map<string, Answer>,
  ) {}

  get writes(): { method: string; path: string; body: unknown }[] {
    return this.requests
      .filter(({ method }) => method !== 'GET')
      .map(({ method, path, body = 'null' }) => ({
        method,
        path: withoutQuery(path),
        body: JSON.parse(body) as unknown,
      }));
  }

  async request(request: ApiRequest): Promise<ApiReply> {
    request.signal?.throwIfAborted();
    this.requests.push(request);
    this.onRequest(request);
    const answer = this.answerTo(request);
    const text = answer instanceof Refusal ? textOf(answer.body) : JSON.stringify(answer);
    if (!(answer instanceof Refusal)) return await Promise.resolve({ status: 200, headers: {}, text });
    throw apiErrorOf({ side: this.side, ...request, status: answer.status, headers: {}, text });
  }

  private answerTo({ method, path, body }: ApiRequest): Answer {
    const known = this.answers.get(`${method} ${withoutQuery(path)}`) ?? this.answers.get(withoutQuery(path));
    if (method === 'GET') return known ?? new Refusal(404);
    if (known instanceof Refusal) return known;
    const written = JSON.parse(body ?? 'null') as { metadata: { name: string } };
    const place = method === 'POST' ? `${withoutQuery(path)}/${written.metadata.name}` : withoutQuery(path);
    this.answers.set(place, written);
    return written;
  }

  watch(): Promise<AsyncIterable<Buffer>> {
    return Promise.reject(new Error('nothing is watched here'));
  }

  at(): KubeClient {
    return this;
  }

  async close(): Promise<void> {
    await Promise.resolve();
  }
}

function withoutQuery(path: string): string {
  return path.replace(/\?.*$/s, '');
}

function textOf(body: object | string): string {
  return typeof body === 'string' ? body : JSON.stringify(body);
}
