import type { Side } from '../base/sides.js';
import { apiErrorOf } from '../kube/api-error.js';
import type { ApiReply, ApiRequest, KubeClient } from '../kube/client.js';
import { ConnectionError } from '../kube/connection-error.js';
import { raceSignal } from '../kube/deadline.js';
import { apiVersionOf, typeName, type KubeObject, type ResourceType } from '../object/types.js';
import { applied, withFreshEntries } from './fake-apply.fixture.js';

interface Change {
  readonly rv: number;
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED';
  readonly object: KubeObject;
  readonly before: KubeObject | undefined;
}

interface Target {
  readonly type: ResourceType;
  readonly namespace: string | undefined;
  readonly name: string;
  readonly subresource: string;
}

/** What comes before the server's own answer: an error in its place, a wait, or nothing. */
type Fault = (request: ApiRequest) => Error | Promise<void> | undefined;

export interface NamedObject {
  readonly namespace?: string;
  readonly name: string;
}

const verbs = ['get', 'list', 'watch', 'create', 'update', 'patch', 'delete'];

export const namespacesType = fakeType({ resource: 'namespaces', kind: 'Namespace', namespaced: false });
export const configMaps = fakeType({ resource: 'configmaps', kind: 'ConfigMap' });
export const deployments = fakeType({
  group: 'apps',
  resource: 'deployments',
  kind: 'Deployment',
  subresources: ['status'],
});

export function fakeType(type: Pick<ResourceType, 'resource' | 'kind'> & Partial<ResourceType>): ResourceType {
  return { group: '', version: 'v1', namespaced: true, verbs, subresources: [], ...type };
}

/**
 * An API server in memory that answers as the real ones were seen to answer, as far as the syncer asks: types,
 * versions, uids, generations, server-side apply with its guards, JSON and merge patches, deletion with finalizers,
 * lists in pages and watches. What people do to it directly asks for no permission and is not counted.
 */
export class FakeServer {
  readonly requests: ApiRequest[] = [];
  ready = true;
  /** Groups that discovery tells of only from memory. */
  readonly staleGroups = new Set<string>();
  fault: Fault = () => undefined;
  /** Of `/version`. */
  gitVersion = 'v1.36.3';
  /** What the server makes of an object before it stores it: it may default and prune, and it may refuse by throwing. */
  admission: (object: KubeObject) => KubeObject = (object) => object;
  /** Called when a request has had its effect, before its answer is on the way. */
  beforeReply: (request: ApiRequest) => Promise<void> | undefined = () => undefined;
  private readonly types = new Map<string, ResourceType>();
  private readonly objects = new Map<string, KubeObject>();
  private readonly history = new Map<string, Change[]>();
  private readonly watchers = new Set<() => void>();
  private readonly endings = new Set<() => void>();
  private rv = 100;
  private uids = 0;

  constructor(
    readonly side: Side,
    private readonly serverName = `https://${side}.example.com`,
  ) {
    this.serve(namespacesType);
    this.put(namespacesType, { metadata: { name: 'kube-system' } });
    this.put(namespacesType, { metadata: { name: 'default' } });
  }

  serve(type: ResourceType): void {
    this.types.set(`${typeName(type)}/${type.version}`, type);
  }

  /** The type and all its objects are gone, without an event: as when a workspace goes. */
  unserve(type: ResourceType): void {
    this.types.delete(`${typeName(type)}/${type.version}`);
    for (const id of this.objects.keys()) if (id.startsWith(`${typeName(type)} `)) this.objects.delete(id);
  }

  get(type: ResourceType, object: NamedObject | string): KubeObject | undefined {
    return this.objects.get(idOf(type, named(object)));
  }

  list(type: ResourceType): KubeObject[] {
    return [...this.objects].filter(([id]) => id.startsWith(`${typeName(type)} `)).map(([, object]) => object);
  }

  /** Somebody writes the object as a whole. uid, versions and marks of the server are kept, or made. */
  put(type: ResourceType, object: KubeObject): KubeObject {
    const { name, namespace } = object.metadata;
    const before = this.get(type, { name, ...(namespace !== undefined && { namespace }) });
    return this.commit(type, before, {
      apiVersion: apiVersionOf(type),
      kind: type.kind,
      ...object,
      metadata: { ...serverMetadata(before), ...object.metadata },
    });
  }

  /** Somebody changes the object. */
  edit(type: ResourceType, object: NamedObject | string, change: (object: KubeObject) => KubeObject): KubeObject {
    const before = this.known(type, object);
    return this.commit(type, before, withFreshEntries(before, change(before)));
  }

  /** Somebody deletes the object; with finalizers it stays, going. */
  remove(type: ResourceType, object: NamedObject | string): void {
    this.beginDeletion(type, this.known(type, object));
  }

  /** The object is gone at once, finalizers or not, as when somebody strips them. */
  purge(type: ResourceType, object: NamedObject | string): void {
    this.drop(type, this.known(type, object));
  }

  /** Every open watch ends, as by its time-out. */
  endWatches(): void {
    for (const end of [...this.endings]) end();
  }

  /** Watches that are open. */
  get watching(): number {
    return this.endings.size;
  }

  /** Changes of the type after a version, as a watch of it would bring them. */
  changesSince(type: ResourceType, rv: number, labelSelector?: string): { type: Change['type']; object: KubeObject }[] {
    return (this.history.get(typeName(type)) ?? [])
      .filter((change) => change.rv > rv)
      .flatMap((change) => seenBy(change, undefined, labelSelector));
  }

  get version(): number {
    return this.rv;
  }

  /** Writes that were asked for over the wire, such as `PATCH /api/v1/…`. */
  writes(): string[] {
    return this.requests
      .filter(({ method }) => method !== 'GET')
      .map(({ method, path }) => `${method} ${path.replace(/\?.*/, '')}`);
  }

  client(): KubeClient {
    return {
      side: this.side,
      server: this.serverName,
      request: async (request) => await this.answer(request),
      watch: async (path, signal) => await this.openWatch(path, signal),
      at: () => this.client(),
      close: () => Promise.resolve(),
    };
  }

  /** The error that a server sends as a Status. */
  refusal(status: number, reason: string, more: { message?: string; details?: object } = {}): Error {
    return this.errorOf({ method: 'GET', path: '/' }, status, statusText(status, reason, more));
  }

  /** No answer at all. */
  unreachable(): ConnectionError {
    return new ConnectionError('nothing listens there', {
      side: this.side,
      server: this.serverName,
      code: 'ECONNREFUSED',
    });
  }

  private async answer(request: ApiRequest): Promise<ApiReply> {
    request.signal?.throwIfAborted();
    this.requests.push(request);
    await this.meetFault(request);
    await Promise.resolve();
    const reply = this.act(request);
    await this.beforeReply(request);
    return reply;
  }

  private async meetFault(request: ApiRequest): Promise<void> {
    const fault = this.fault(request);
    if (fault instanceof Error) throw fault;
    if (fault) await raceSignal(fault, request.signal ?? new AbortController().signal, () => undefined);
  }

  private act(request: ApiRequest): ApiReply {
    const url = new URL(request.path, 'https://server');
    if (url.pathname === '/readyz') {
      if (this.ready) return replyOf('ok');
      throw this.errorOf(request, 500, 'not ready');
    }
    if (url.pathname === '/version') return replyOf({ gitVersion: this.gitVersion });
    if (url.pathname === '/api' || url.pathname === '/apis') return replyOf(this.discovery(url.pathname));
    const target = this.targetOf(request, url.pathname);
    if (target.name === '')
      return request.method === 'GET' ? this.page(target, url.searchParams) : this.create(request, target);
    return replyOf(this.actOn(request, target, url.searchParams));
  }

  private actOn(request: ApiRequest, target: Target, query: URLSearchParams): KubeObject | object {
    const found = this.get(target.type, nameOf(target));
    if (request.method === 'PATCH' && request.contentType === 'application/apply-patch+yaml')
      return this.apply(request, target, query);
    if (!found) throw this.notFound(request, target);
    switch (request.method) {
      case 'GET':
        return found;
      case 'DELETE':
        return this.deleteAsAsked(request, target, found);
      default:
        return request.contentType === 'application/json-patch+json'
          ? this.jsonPatch(request, target, found)
          : this.mergePatch(request, target, found);
    }
  }

  private discovery(root: string): object {
    const groups = new Map<string, ResourceType[]>();
    for (const type of this.types.values())
      if ((type.group === '') === (root === '/api')) groups.set(type.group, [...(groups.get(type.group) ?? []), type]);
    for (const name of this.staleGroups)
      if ((name === '') === (root === '/api')) groups.set(name, groups.get(name) ?? []);
    return {
      kind: 'APIGroupDiscoveryList',
      items: [...groups].map(([name, types]) => ({
        metadata: { name },
        versions: [
          ...[...new Set(types.map(({ version }) => version))].map((version) => ({
            version,
            freshness: 'Current',
            resources: types.filter((type) => type.version === version).map(discovered),
          })),
          ...(this.staleGroups.has(name) ? [{ version: 'v9', freshness: 'Stale' }] : []),
        ],
      })),
    };
  }

  private targetOf(request: ApiRequest, pathname: string): Target {
    const [root, ...segments] = pathname.split('/').slice(1).map(decodeURIComponent);
    const group = root === 'api' ? '' : (segments.shift() ?? '');
    const version = segments.shift() ?? '';
    const namespace = segments[0] === 'namespaces' && segments.length > 2 ? segments.splice(0, 2)[1] : undefined;
    const [resource = '', name = '', subresource = ''] = segments;
    const type = this.types.get(`${typeName({ group, resource })}/${version}`);
    if (!type) throw this.errorOf(request, 404, '404 page not found\n');
    return { type, namespace, name, subresource };
  }

  private page(target: Target, query: URLSearchParams): ApiReply {
    const asked = Number(query.get('resourceVersion') ?? 0);
    if (asked > this.rv)
      throw this.refusal(504, 'Timeout', { details: { causes: [{ reason: 'ResourceVersionTooLarge' }] } });
    const [version, from] = (query.get('continue') ?? `${String(this.rv)}:0`).split(':').map(Number);
    const all = this.list(target.type).filter((object) =>
      isIn(object, target.namespace, query.get('labelSelector') ?? undefined),
    );
    const end = (from ?? 0) + Number(query.get('limit') ?? all.length);
    return replyOf({
      kind: `${target.type.kind}List`,
      metadata: {
        resourceVersion: String(version),
        ...(end < all.length && { continue: `${String(version)}:${String(end)}` }),
      },
      items: all.slice(from, end),
    });
  }

  private create(request: ApiRequest, { type, namespace }: Target): ApiReply {
    const body = bodyOf(request) as KubeObject;
    const name = { name: body.metadata.name, ...(namespace !== undefined && { namespace }) };
    if (this.get(type, name)) throw this.refusal(409, 'AlreadyExists');
    return replyOf(this.commit(type, undefined, { ...body, metadata: { ...body.metadata, ...name } }));
  }

  private apply(request: ApiRequest, target: Target, query: URLSearchParams): KubeObject {
    const manager = query.get('fieldManager') ?? 'unknown';
    const { type } = target;
    const body = bodyOf(request) as KubeObject;
    const found = this.get(type, nameOf(target));
    const { uid, resourceVersion } = body.metadata;
    if (!found && uid !== undefined)
      throw this.refusal(409, 'Conflict', {
        message: `Operation cannot be fulfilled on ${typeName(type)} "${target.name}": uid mismatch: the provided object specified uid ${uid}, and no existing object was found`,
      });
    if (found) this.checkPreconditions(found, { uid, resourceVersion });
    else this.checkNamespace(target);
    const after = applied(found, { ...body, metadata: { ...body.metadata, ...nameOf(target) } }, manager);
    this.checkFinalizers(found, after);
    if (query.get('dryRun') === 'All') return this.versioned(type, found, this.admission(structuredClone(after)));
    return this.commit(type, found, after);
  }

  private checkPreconditions(
    found: KubeObject,
    asked: { uid?: string | undefined; resourceVersion?: string | undefined },
  ): void {
    if (asked.uid !== undefined && asked.uid !== found.metadata.uid)
      throw this.refusal(422, 'Invalid', {
        details: {
          name: found.metadata.name,
          causes: [
            { reason: 'FieldValueInvalid', field: 'metadata.uid', message: 'Invalid value: "x": field is immutable' },
          ],
        },
      });
    if (asked.resourceVersion !== undefined && asked.resourceVersion !== found.metadata.resourceVersion)
      throw this.refusal(409, 'Conflict', { message: 'the object has been modified' });
  }

  private checkNamespace({ type, namespace }: Target): void {
    if (!type.namespaced || namespace === undefined) return;
    const found = this.get(namespacesType, namespace);
    if (!found) throw this.refusal(404, 'NotFound', { details: { name: namespace, kind: 'namespaces' } });
    if (found.metadata.deletionTimestamp !== undefined)
      throw this.refusal(403, 'Forbidden', { details: { causes: [{ reason: 'NamespaceTerminating' }] } });
  }

  private checkFinalizers(found: KubeObject | undefined, after: KubeObject): void {
    if (found?.metadata.deletionTimestamp === undefined) return;
    const known = found.metadata.finalizers ?? [];
    if ((after.metadata.finalizers ?? []).every((finalizer) => known.includes(finalizer))) return;
    throw this.refusal(422, 'Invalid', {
      details: {
        name: found.metadata.name,
        causes: [
          {
            reason: 'FieldValueForbidden',
            field: 'metadata.finalizers',
            message:
              'Forbidden: no new finalizers can be added if the object is being deleted, found new finalizers []string{"x"}',
          },
        ],
      },
    });
  }

  private jsonPatch(request: ApiRequest, { type, subresource }: Target, found: KubeObject): KubeObject {
    const patched = patchedByJson(found, bodyOf(request) as Operation[]);
    if (!patched)
      throw this.refusal(422, 'Invalid', {
        message: 'the server rejected our request due to an error in our request',
        details: {},
      });
    this.checkPreconditions(found, { resourceVersion: patched.metadata.resourceVersion });
    const after =
      subresource === 'status' ? { ...found, status: patched['status'] } : { ...patched, status: found['status'] };
    this.checkFinalizers(found, after);
    return this.commit(type, found, withFreshEntries(found, after));
  }

  private mergePatch(request: ApiRequest, { type }: Target, found: KubeObject): KubeObject {
    const patch = bodyOf(request) as KubeObject;
    this.checkPreconditions(found, patch.metadata);
    return this.commit(type, found, withFreshEntries(found, merged(found, patch) as KubeObject));
  }

  private deleteAsAsked(request: ApiRequest, { type }: Target, found: KubeObject): object {
    const { preconditions } = bodyOf(request) as { preconditions?: { uid?: string; resourceVersion?: string } };
    if (preconditions?.uid !== undefined && preconditions.uid !== found.metadata.uid)
      throw this.refusal(409, 'Conflict', {
        message: `Operation cannot be fulfilled on ${typeName(type)} "${found.metadata.name}": Precondition failed: UID in precondition: ${preconditions.uid}, UID in object meta: ${found.metadata.uid ?? ''}`,
      });
    this.checkPreconditions(found, { resourceVersion: preconditions?.resourceVersion });
    this.beginDeletion(type, found);
    return { kind: 'Status', status: 'Success' };
  }

  private beginDeletion(type: ResourceType, found: KubeObject): void {
    if ((found.metadata.finalizers ?? []).length === 0) this.drop(type, found);
    else
      this.commit(type, found, {
        ...found,
        metadata: { deletionTimestamp: '2026-01-01T00:00:00Z', ...found.metadata },
      });
  }

  private drop(type: ResourceType, found: KubeObject): void {
    this.objects.delete(idOf(type, found.metadata));
    const object = { ...found, metadata: { ...found.metadata, resourceVersion: String(++this.rv) } };
    this.tell(type, { rv: this.rv, type: 'DELETED', object, before: found });
  }

  /** Stores a version, unless it is the one that is stored. An object that goes and has no finalizer left is gone. */
  private commit(type: ResourceType, before: KubeObject | undefined, after: KubeObject): KubeObject {
    const object = this.versioned(type, before, this.admission(structuredClone(after)));
    if (before && sameButVersion(before, object)) return before;
    if (object.metadata.deletionTimestamp !== undefined && (object.metadata.finalizers ?? []).length === 0) {
      this.drop(type, object);
      return object;
    }
    const stored = { ...object, metadata: { ...object.metadata, resourceVersion: String(++this.rv) } };
    this.objects.set(idOf(type, stored.metadata), stored);
    this.tell(type, { rv: this.rv, type: before ? 'MODIFIED' : 'ADDED', object: stored, before });
    return stored;
  }

  private versioned(type: ResourceType, before: KubeObject | undefined, after: KubeObject): KubeObject {
    const hasGeneration = type.subresources.includes('status');
    const changed = !before || !sameSpec(before, after);
    const generation = (before?.metadata.generation ?? 0) + (changed ? 1 : 0);
    return {
      ...after,
      metadata: {
        ...after.metadata,
        uid: before?.metadata.uid ?? after.metadata.uid ?? `${this.side}-uid-${String(++this.uids)}`,
        ...(hasGeneration && { generation }),
      },
    };
  }

  private tell(type: ResourceType, change: Change): void {
    const name = typeName(type);
    this.history.set(name, [...(this.history.get(name) ?? []), change]);
    for (const wake of [...this.watchers]) wake();
  }

  private async openWatch(path: string, signal: AbortSignal): Promise<AsyncIterable<Buffer>> {
    signal.throwIfAborted();
    const request: ApiRequest = { method: 'GET', path, signal };
    this.requests.push(request);
    await this.meetFault(request);
    const url = new URL(path, 'https://server');
    const { type, namespace } = this.targetOf(request, url.pathname);
    return this.stream(type, {
      after: Number(url.searchParams.get('resourceVersion')),
      namespace,
      selector: url.searchParams.get('labelSelector') ?? undefined,
      signal,
    });
  }

  private async *stream(
    type: ResourceType,
    watch: { after: number; namespace: string | undefined; selector: string | undefined; signal: AbortSignal },
  ): AsyncGenerator<Buffer> {
    let { after } = watch;
    const ended = new AbortController();
    const end = (): void => {
      ended.abort();
    };
    this.endings.add(end);
    try {
      while (!ended.signal.aborted) {
        const news = (this.history.get(typeName(type)) ?? []).filter(({ rv }) => rv > after);
        after = news.at(-1)?.rv ?? after;
        const events = news.flatMap((change) => seenBy(change, watch.namespace, watch.selector));
        for (const event of events) yield Buffer.from(`${JSON.stringify(event)}\n`);
        if (news.length === 0) await this.nextChange(watch.signal, ended.signal);
      }
    } finally {
      this.endings.delete(end);
    }
  }

  private async nextChange(signal: AbortSignal, ended: AbortSignal): Promise<void> {
    let wake = (): void => undefined;
    const woken = new Promise<void>((resolve) => {
      wake = resolve;
    });
    this.watchers.add(wake);
    ended.addEventListener('abort', wake, { once: true });
    try {
      await raceSignal(woken, signal, () => undefined);
    } finally {
      this.watchers.delete(wake);
      ended.removeEventListener('abort', wake);
    }
  }

  private known(type: ResourceType, object: NamedObject | string): KubeObject {
    const found = this.get(type, object);
    if (!found) throw new Error(`the test changes ${idOf(type, named(object))}, which does not exist`);
    return found;
  }

  private notFound(request: ApiRequest, { type, name }: Target): Error {
    const details = { name, group: type.group, kind: type.resource };
    return this.errorOf(request, 404, statusText(404, 'NotFound', { message: `"${name}" not found`, details }));
  }

  private errorOf(request: Pick<ApiRequest, 'method' | 'path'>, status: number, text: string): Error {
    return apiErrorOf({ side: this.side, method: request.method, path: request.path, status, headers: {}, text });
  }
}

interface Operation {
  readonly op: string;
  readonly path: string;
  readonly value?: unknown;
}

/** RFC 6902 as far as it is used: `test`, `add`, `replace`, `remove`. undefined: a test failed. */
function patchedByJson(object: KubeObject, operations: readonly Operation[]): KubeObject | undefined {
  const copy = structuredClone(object) as unknown as Record<string, unknown>;
  for (const { op, path, value } of operations) {
    const segments = path.split('/').slice(1);
    const last = segments.pop() ?? '';
    const parent = segments.reduce<unknown>(
      (at, segment) => (at as Record<string, unknown> | undefined)?.[segment],
      copy,
    ) as Record<string, unknown> | undefined;
    if (!parent) return undefined;
    if (op === 'test' && JSON.stringify(parent[last]) !== JSON.stringify(value)) return undefined;
    if (op === 'add' || op === 'replace') parent[last] = value;
    if (op === 'remove' && Array.isArray(parent)) parent.splice(Number(last), 1);
    else if (op === 'remove') Reflect.deleteProperty(parent, last);
  }
  return copy as unknown as KubeObject;
}

function merged(base: unknown, patch: unknown): unknown {
  if (typeof patch !== 'object' || patch === null || Array.isArray(patch)) return patch;
  const fields = typeof base === 'object' && base !== null ? { ...(base as Record<string, unknown>) } : {};
  for (const [key, value] of Object.entries(patch)) {
    if (value === null) Reflect.deleteProperty(fields, key);
    else fields[key] = merged(fields[key], value);
  }
  return fields;
}

/** What a watch of a scope sees of a change: an object that enters or leaves the selection comes or goes. */
function seenBy(
  { type, object, before }: Change,
  namespace: string | undefined,
  selector: string | undefined,
): { type: Change['type']; object: KubeObject }[] {
  const isNow = type !== 'DELETED' && isIn(object, namespace, selector);
  const was = before !== undefined && isIn(before, namespace, selector);
  if (isNow) return [{ type: was ? 'MODIFIED' : 'ADDED', object }];
  return was ? [{ type: 'DELETED', object }] : [];
}

function isIn({ metadata }: KubeObject, namespace: string | undefined, selector: string | undefined): boolean {
  if (namespace !== undefined && metadata.namespace !== namespace) return false;
  if (selector === undefined || selector === '') return true;
  const [label = '', value] = selector.split('=');
  return metadata.labels?.[label] === value;
}

function discovered(type: ResourceType): object {
  return {
    resource: type.resource,
    responseKind: { kind: type.kind },
    scope: type.namespaced ? 'Namespaced' : 'Cluster',
    verbs: type.verbs,
    subresources: type.subresources.map((subresource) => ({ subresource })),
  };
}

function sameButVersion(a: KubeObject, b: KubeObject): boolean {
  const plain = (object: KubeObject): string =>
    sorted({ ...object, metadata: { ...object.metadata, resourceVersion: '', managedFields: entriesOf(object) } });
  return plain(a) === plain(b);
}

function entriesOf(object: KubeObject): string[] {
  return (object.metadata.managedFields ?? []).map(sorted).sort();
}

function sameSpec(a: KubeObject, b: KubeObject): boolean {
  const spec = (object: KubeObject): string =>
    sorted({ ...object, status: undefined, metadata: object.metadata.deletionTimestamp });
  return spec(a) === spec(b);
}

function sorted(value: unknown): string {
  return JSON.stringify(value, (_, field: unknown) =>
    typeof field === 'object' && field !== null && !Array.isArray(field)
      ? Object.fromEntries(Object.entries(field).sort(([a], [b]) => (a < b ? -1 : 1)))
      : field,
  );
}

function serverMetadata(before: KubeObject | undefined): object {
  if (!before) return {};
  const { uid, generation, deletionTimestamp, managedFields } = before.metadata;
  return {
    uid,
    ...(generation !== undefined && { generation }),
    ...(deletionTimestamp !== undefined && { deletionTimestamp }),
    managedFields,
  };
}

function named(object: NamedObject | string): NamedObject {
  if (typeof object !== 'string') return object;
  const slash = object.indexOf('/');
  return slash < 0 ? { name: object } : { namespace: object.slice(0, slash), name: object.slice(slash + 1) };
}

function nameOf({ namespace, name }: Target): NamedObject {
  return { name, ...(namespace !== undefined && { namespace }) };
}

function idOf(type: ResourceType, { namespace = '', name }: NamedObject): string {
  return `${typeName(type)} ${namespace}/${name}`;
}

function bodyOf(request: ApiRequest): unknown {
  return JSON.parse(request.body ?? '{}');
}

function statusText(code: number, reason: string, more: { message?: string; details?: object }): string {
  return JSON.stringify({ kind: 'Status', status: 'Failure', reason, code, message: reason, ...more });
}

function replyOf(body: object | string): ApiReply {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  return { status: 200, headers: { 'content-type': 'application/json' }, text };
}
