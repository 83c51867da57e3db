import { Agent, request } from 'undici';
import type { Dispatcher } from 'undici';
import type { Credentials } from './kubeconfig.js';

/** A collection of objects, for example {apiVersion: 'apps/v1', resource: 'deployments', namespace: 'default'}. */
export interface Collection {
  readonly apiVersion: string;
  readonly resource: string;
  readonly namespace?: string;
}

/** One object, or with `subresource` a part of it, for example its status. */
export interface Ref extends Collection {
  readonly name: string;
  readonly subresource?: string;
}

/** What every object has; tests narrow it with types of their own. */
export interface KubeObject {
  readonly apiVersion?: string;
  readonly kind?: string;
  readonly metadata: ObjectMeta;
}

export interface ObjectMeta {
  readonly name: string;
  readonly namespace?: string;
  readonly uid?: string;
  readonly resourceVersion?: string;
  readonly generation?: number;
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly finalizers?: readonly string[];
  readonly deletionTimestamp?: string;
  readonly managedFields?: readonly { manager: string; operation: string; subresource?: string; fieldsV1?: object }[];
}

/** The server's refusal. */
export class ApiFailure extends Error {
  constructor(
    readonly code: number,
    readonly reason: string,
    message: string,
  ) {
    super(message);
  }
}

export interface ApplyBody {
  readonly kind: string;
  readonly metadata?: object;
  readonly [field: string]: unknown;
}

export interface ApplyOptions {
  readonly fieldManager?: string;
  readonly force?: boolean;
}

export interface PatchOptions {
  readonly type?: 'json' | 'merge' | 'strategic';
  readonly fieldManager?: string;
}

export interface RawRequest {
  readonly body?: object | string;
  readonly contentType?: string;
  readonly query?: Readonly<Record<string, string>>;
}

const patchTypes = {
  json: 'application/json-patch+json',
  merge: 'application/merge-patch+json',
  strategic: 'application/strategic-merge-patch+json',
};

/** Sockets end soon after the last request, so that no test process waits for them. */
const keepAliveTimeoutMs = 500;

/** Sets up and looks at worlds in tests. It shares no code with the product, so that one cannot hide the other's errors. */
export class AdminClient {
  readonly #credentials: () => Credentials;
  #agent: { readonly ca: string; readonly dispatcher: Agent } | undefined;

  /** `credentials` is asked for each request, because kcp's administrator has a new token after every start. */
  constructor(credentials: () => Credentials) {
    this.#credentials = credentials;
  }

  async get<T = KubeObject>(ref: Ref): Promise<T> {
    return await this.#json<T>('GET', pathOf(ref));
  }

  /** Like get, but undefined when the server says 404. */
  async find<T = KubeObject>(ref: Ref): Promise<T | undefined> {
    try {
      return await this.get<T>(ref);
    } catch (error) {
      if (error instanceof ApiFailure && error.code === 404) return undefined;
      throw error;
    }
  }

  async list<T = KubeObject>(collection: Collection, query?: Readonly<Record<string, string>>): Promise<T[]> {
    const { items } = await this.#json<{ items: T[] }>('GET', pathOf(collection), query && { query });
    return items;
  }

  async create<T = KubeObject>(target: Collection | Ref, body: object): Promise<T> {
    return await this.#json<T>('POST', pathOf(target), { body });
  }

  /** Server-side apply; the body's apiVersion, name and namespace are filled in from `ref`. */
  async apply<T = KubeObject>(ref: Ref, body: ApplyBody, options: ApplyOptions = {}): Promise<T> {
    const { fieldManager = 'e2e', force = true } = options;
    const { apiVersion, name, namespace } = ref;
    const metadata = { name, ...(namespace !== undefined && { namespace }), ...body.metadata };
    return await this.#json<T>('PATCH', pathOf(ref), {
      query: { fieldManager, force: String(force) },
      body: { apiVersion, ...body, metadata },
      contentType: 'application/apply-patch+yaml',
    });
  }

  async patch<T = KubeObject>(ref: Ref, body: object, options: PatchOptions = {}): Promise<T> {
    const { type = 'merge', fieldManager = 'e2e' } = options;
    return await this.#json<T>('PATCH', pathOf(ref), { query: { fieldManager }, body, contentType: patchTypes[type] });
  }

  /** Deletes in the background manner; an object that is gone already is fine. */
  async delete(ref: Ref): Promise<void> {
    const body = { apiVersion: 'v1', kind: 'DeleteOptions', propagationPolicy: 'Background' };
    const { code, text } = await this.request('DELETE', pathOf(ref), { body });
    if (code >= 400 && code !== 404) throw failureOf(code, text);
  }

  /** Any request by its path; no answer is an error here. */
  async request(
    method: Dispatcher.HttpMethod,
    path: string,
    { body, contentType = 'application/json', query }: RawRequest = {},
  ): Promise<{ code: number; text: string }> {
    const { server, ca, token } = this.#credentials();
    const search = query === undefined ? '' : `?${new URLSearchParams(query).toString()}`;
    const answer = await request(`${server}${path}${search}`, {
      method,
      dispatcher: this.#dispatcher(ca),
      headers: { authorization: `Bearer ${token}`, accept: 'application/json', 'content-type': contentType },
      ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    });
    return { code: answer.statusCode, text: await answer.body.text() };
  }

  async #json<T>(method: Dispatcher.HttpMethod, path: string, raw?: RawRequest): Promise<T> {
    const { code, text } = await this.request(method, path, raw);
    if (code >= 400) throw failureOf(code, text);
    return JSON.parse(text) as T;
  }

  #dispatcher(ca: string): Agent {
    if (this.#agent?.ca !== ca) {
      this.#agent = { ca, dispatcher: new Agent({ connect: { ca }, keepAliveTimeout: keepAliveTimeoutMs }) };
    }
    return this.#agent.dispatcher;
  }
}

/** The path of a collection or an object, below the server's URL. */
export function pathOf(target: Collection | Ref): string {
  const { apiVersion, resource, namespace, name, subresource } = { name: undefined, subresource: undefined, ...target };
  const group = apiVersion.includes('/') ? ['apis', ...apiVersion.split('/')] : ['api', apiVersion];
  const parts = [...group, ...(namespace === undefined ? [] : ['namespaces', namespace]), resource, name, subresource];
  return parts.map((part) => (part === undefined ? '' : `/${encodeURIComponent(part)}`)).join('');
}

function failureOf(code: number, text: string): ApiFailure {
  try {
    const { reason, message } = JSON.parse(text) as { reason?: string; message?: string };
    return new ApiFailure(code, reason ?? '', `${code}: ${message ?? text}`);
  } catch {
    return new ApiFailure(code, '', `${code}: ${text.slice(0, 500)}`);
  }
}
