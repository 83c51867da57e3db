// eslint-disable-next-line no-restricted-imports, @typescript-eslint/no-require-imports -- this is the adapter, and the library is CommonJS
import dotI = require('@dot-i/k8s-operator');
import { readFile } from 'node:fs/promises';
import { sharedAbort } from '@kcp-syncer/syncer-runtime/base/abort.js';
import type { Clock } from '@kcp-syncer/syncer-runtime/base/clock.js';
import type { KubeClient } from '@kcp-syncer/syncer-runtime/kube/client.js';
import { collectionPath, objectPath, subresourcePath } from '@kcp-syncer/syncer-runtime/kube/paths.js';
import { keyOf } from '@kcp-syncer/syncer-runtime/object/key.js';
import { parseJson } from '@kcp-syncer/syncer-runtime/object/parse.js';
import type { KubeObject } from '@kcp-syncer/syncer-runtime/object/types.js';
import type { Logger } from '@kcp-syncer/syncer-runtime/observe/logger.js';
import { parse } from 'yaml';
import { operatorLogger } from './operator-logger.js';
import { WatchedResource, type EventType } from './watched-resource.js';

export type ResourceMeta = dotI.ResourceMeta;
export type ResourceEvent = dotI.ResourceEvent;

type Definition = Awaited<ReturnType<dotI.default['registerCustomResourceDefinition']>>;

export interface BaseOperatorDeps {
  /** The cluster that the operator's own objects live in. */
  readonly client: KubeClient;
  readonly clock: Clock;
  readonly logger: Logger;
}

interface Type {
  readonly group: string;
  readonly version: string;
  readonly resource: string;
}

/** How many objects of one resource are handled at once. */
const workers = 8;
const fieldManager = 'kcp-syncer-operator';
const mergePatch = 'application/merge-patch+json';
const jsonPatch = 'application/json-patch+json';

/**
 * The one adapter around @dot-i/k8s-operator. The library gives the life of an operator and the order of its finalizer;
 * everything of it that talks to a server is replaced here, because its own ends the process when a watch breaks, loses
 * deletions and swallows what handlers throw. A contract test holds that none of its methods that do so is left.
 */
export abstract class BaseOperator extends dotI.default {
  private readonly types = new Map<string, Type>();
  private readonly watched = new Map<string, WatchedResource>();
  private readonly running: Promise<void>[] = [];
  private readonly ending = sharedAbort();

  constructor(protected readonly deps: BaseOperatorDeps) {
    super(operatorLogger(deps.logger));
  }

  /** Aborted when the operator stops. */
  protected get signal(): AbortSignal {
    return this.ending.signal;
  }

  override async start(): Promise<void> {
    await this.init();
  }

  /** Ends all watches and resolves when the handlers at work have ended. */
  // eslint-disable-next-line @typescript-eslint/no-misused-promises -- whoever stops an operator of ours waits for it
  override async stop(): Promise<void> {
    this.ending.abort(new Error('the operator stops'));
    await Promise.all(this.running);
  }

  /** Makes the cluster serve a CustomResourceDefinition as its file says; resolves when it is applied. */
  protected override async registerCustomResourceDefinition(crdFile: string): Promise<Definition> {
    const crd = parse(await readFile(crdFile, 'utf8')) as { metadata: { name: string }; spec: Spec };
    const type = { group: 'apiextensions.k8s.io', version: 'v1', resource: 'customresourcedefinitions' };
    await this.deps.client.request({
      method: 'PATCH',
      path: objectPath(type, { name: crd.metadata.name }, { fieldManager, force: true }),
      body: JSON.stringify(crd),
      contentType: 'application/apply-patch+yaml',
      signal: this.signal,
    });
    return { group: crd.spec.group, versions: crd.spec.versions, plural: crd.spec.names.plural };
  }

  protected override getCustomResourceApiUri(
    ...[group, version, resource, namespace]: Parameters<dotI.default['getCustomResourceApiUri']>
  ): string {
    return this.deps.client.server + collectionPath({ group, version, resource }, namespace);
  }

  /** Begins to watch; resolves at once. `onEvent` is called until the operator stops. */
  protected override async watchResource(
    ...[group, version, resource, onEvent, namespace]: Parameters<dotI.default['watchResource']>
  ): Promise<void> {
    const type = { group, version, resource };
    const id = idOf(type);
    this.types.set(id, type);
    const { client, clock, logger } = this.deps;
    const watched = new WatchedResource({
      client,
      clock,
      logger,
      workers,
      scope: { type, ...(namespace !== undefined && { namespace }) },
      onEvent: async (eventType, object) => {
        await onEvent(this.eventOf(type, eventType, object));
      },
    });
    this.watched.set(`${id}/${namespace ?? ''}`, watched);
    this.running.push(watched.run(this.signal));
    await Promise.resolve();
  }

  /** Tells the object again after `ms` milliseconds, to whoever watches its resource, there or everywhere. */
  protected lookAgain(meta: ResourceMeta, ms: number): void {
    for (const scope of ['', meta.namespace ?? ''])
      this.watched.get(`${meta.id}/${scope}`)?.lookAgain(keyOf({ metadata: meta }), ms);
  }

  /** Replaces the finalizers, unless the object changed since the event. @throws what the server refuses. */
  protected override async setResourceFinalizers(meta: ResourceMeta, finalizers: string[]): Promise<void> {
    const operations = [
      { op: 'test', path: '/metadata/resourceVersion', value: meta.resourceVersion },
      { op: 'add', path: '/metadata/finalizers', value: finalizers },
    ];
    const path = objectPath(this.typeOf(meta), meta, { fieldManager });
    await this.patch(path, jsonPatch, operations);
  }

  /** Replaces the status, unless the object changed since the event. @throws what the server refuses. */
  protected override async setResourceStatus(meta: ResourceMeta, status: unknown): Promise<ResourceMeta> {
    const operations = [
      { op: 'test', path: '/metadata/resourceVersion', value: meta.resourceVersion },
      { op: 'add', path: '/status', value: status },
    ];
    return this.metaOf(this.typeOf(meta), await this.patch(this.statusPath(meta), jsonPatch, operations));
  }

  /** Merges into the status. @throws what the server refuses. */
  protected override async patchResourceStatus(meta: ResourceMeta, status: unknown): Promise<ResourceMeta> {
    return this.metaOf(this.typeOf(meta), await this.patch(this.statusPath(meta), mergePatch, { status }));
  }

  /** The library's own way to the wire; nothing here goes there. */
  protected override applyAxiosKubeConfigAuth(): Promise<void> {
    return unused();
  }

  /** The library's own way to the wire; nothing here goes there. */
  protected override applyGaxiosKubeConfigAuth(): Promise<void> {
    return unused();
  }

  private statusPath(meta: ResourceMeta): string {
    return subresourcePath(this.typeOf(meta), { ...meta, subresource: 'status' }, { fieldManager });
  }

  private async patch(path: string, contentType: string, body: unknown): Promise<KubeObject> {
    const { client } = this.deps;
    const request = { method: 'PATCH', path, body: JSON.stringify(body), contentType, signal: this.signal } as const;
    return parseJson((await client.request(request)).text) as KubeObject;
  }

  private typeOf({ id }: ResourceMeta): Type {
    const type = this.types.get(id);
    if (!type) throw new Error(`${id} is not watched`);
    return type;
  }

  private eventOf(type: Type, eventType: EventType, object: KubeObject): ResourceEvent {
    return {
      meta: this.metaOf(type, object),
      type: eventTypes[eventType],
      object: object as unknown as ResourceEvent['object'],
    };
  }

  private metaOf(type: Type, { kind = '', metadata }: KubeObject): ResourceMeta {
    const { name, namespace, resourceVersion = '' } = metadata;
    const meta = { id: idOf(type), name, resourceVersion, apiVersion: apiVersionOf(type), kind };
    return { ...meta, ...(namespace !== undefined && { namespace }) };
  }
}

/** Whether the event tells that the object is gone. */
export function isEnd({ type }: ResourceEvent): boolean {
  return type === dotI.ResourceEventType.Deleted;
}

interface Spec {
  readonly group: string;
  readonly versions: Definition['versions'];
  readonly names: { readonly plural: string };
}

const eventTypes: Readonly<Record<EventType, dotI.ResourceEventType>> = {
  ADDED: dotI.ResourceEventType.Added,
  MODIFIED: dotI.ResourceEventType.Modified,
  DELETED: dotI.ResourceEventType.Deleted,
};

function apiVersionOf({ group, version }: Type): string {
  return group === '' ? version : `${group}/${version}`;
}

function idOf(type: Type): string {
  return `${type.resource}.${apiVersionOf(type)}`;
}

function unused(): Promise<never> {
  return Promise.reject(new Error('the operator framework must not talk to servers itself'));
}
