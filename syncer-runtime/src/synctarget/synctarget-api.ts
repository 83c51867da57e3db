import type { SyncTarget } from '@kcp-syncer/crds/generated/synctarget.js';
import type { Clock } from '../base/clock.js';
import { ApiError } from '../kube/api-error.js';
import type { ApiRequest, KubeClient } from '../kube/client.js';
import { ConnectionError } from '../kube/connection-error.js';
import { deadline } from '../kube/deadline.js';
import { objectPath, subresourcePath } from '../kube/paths.js';
import type { JsonPatchRemoval } from '../object/decisions.js';
import { isRecord, type JsonRecord } from '../object/json.js';
import { fieldManager } from '../object/marks.js';

export const syncTargetType = { group: 'workload.kcp.io', version: 'v1alpha1', resource: 'synctargets' } as const;

export interface JsonPatchOperation {
  readonly op: 'test' | 'add';
  readonly path: string;
  readonly value: unknown;
}

export interface SyncTargetApiOptions {
  /** At the workspace. */
  readonly client: KubeClient;
  readonly clock: Clock;
  readonly name: string;
  /** How long one request may take, however it dawdles. */
  readonly timeoutMs: number;
}

/** The requests about one SyncTarget, on the lane of heartbeats, each with an end in time. They throw what the client throws. */
export class SyncTargetApi {
  constructor(private readonly options: SyncTargetApiOptions) {}

  get name(): string {
    return this.options.name;
  }

  /** kcp's own address, without the workspace. */
  get server(): string {
    return this.options.client.at('').server;
  }

  async read(signal: AbortSignal): Promise<SyncTarget> {
    return await this.syncTarget({ method: 'GET', path: objectPath(syncTargetType, this.options) }, signal);
  }

  /** kcp ignores a uid in merge patches of `/status`, so JSON Patch with its `test` it is (S18). */
  async patchStatus(operations: readonly JsonPatchOperation[], signal: AbortSignal): Promise<SyncTarget> {
    const target = { name: this.options.name, subresource: 'status' };
    const path = subresourcePath(syncTargetType, target, { fieldManager });
    const body = JSON.stringify(operations);
    return await this.syncTarget({ method: 'PATCH', path, body, contentType: 'application/json-patch+json' }, signal);
  }

  /** JSON Patch of the SyncTarget itself. */
  async patch(operations: readonly JsonPatchRemoval[], signal: AbortSignal): Promise<void> {
    const path = objectPath(syncTargetType, this.options, { fieldManager });
    const body = JSON.stringify(operations);
    await this.syncTarget({ method: 'PATCH', path, body, contentType: 'application/json-patch+json' }, signal);
  }

  /** Whether kcp says that it is ready. Only then is anything that it denies to be believed (S24). */
  async serverReady(signal: AbortSignal): Promise<boolean> {
    try {
      await this.inTime(this.options.client.at(''), { method: 'GET', path: '/readyz' }, signal);
      return true;
    } catch (error) {
      if (error instanceof ApiError || error instanceof ConnectionError) return false;
      throw error;
    }
  }

  /** Any other object of the workspace. */
  async readOther(path: string, signal: AbortSignal): Promise<JsonRecord> {
    return await this.object({ method: 'GET', path }, signal);
  }

  private async syncTarget(request: ApiRequest, signal: AbortSignal): Promise<SyncTarget> {
    const object = await this.object(request, signal);
    const { metadata } = object as Partial<SyncTarget>;
    if (typeof metadata?.uid !== 'string')
      throw this.failure('it answered with something that is no SyncTarget', 'NO_OBJECT');
    return { ...object, metadata };
  }

  private async object(request: ApiRequest, signal: AbortSignal): Promise<JsonRecord> {
    const text = await this.inTime(this.options.client, request, signal);
    const parsed = jsonOf(text);
    if (!isRecord(parsed)) throw this.failure('it answered with something that is no object', 'NO_OBJECT');
    return parsed;
  }

  private async inTime(client: KubeClient, request: ApiRequest, signal: AbortSignal): Promise<string> {
    const late = (): Error => this.failure('it did not answer in time', 'DEADLINE');
    const time = deadline(this.options.clock, { ms: this.options.timeoutMs, signal, late });
    try {
      return (await client.request({ ...request, signal: time.signal, lane: 'heartbeat' })).text;
    } finally {
      time.clear();
    }
  }

  private failure(sentence: string, code: string): ConnectionError {
    return new ConnectionError(sentence, { side: 'upstream', server: this.server, code });
  }
}

/** Plain numbers will do: nothing is written back that was read, but a count. Undefined when the text is no JSON. */
function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
