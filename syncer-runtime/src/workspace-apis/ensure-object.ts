import { isDeepStrictEqual } from 'node:util';
import { isRecord } from '../object/json.js';
import { parseJson, stringifyJson } from '../object/parse.js';
import { annotations, fieldManager } from '../object/marks.js';
import type { KubeObject } from '../object/types.js';
import type { KubeClient } from '../kube/client.js';
import { isNotFound } from '../kube/error-class.js';
import { collectionPath, objectPath, type Query } from '../kube/paths.js';

export type Written = 'created' | 'updated' | 'unchanged';

/** One of the cluster-scoped types that a workspace serves from the start. */
export interface OwnType {
  readonly group: string;
  readonly version: string;
  readonly resource: string;
}

const writing: Query = { fieldManager, fieldValidation: 'Strict' };

/** The object as it is; undefined when the server says that it is not there. */
export async function readObject<T extends KubeObject>(
  upstream: KubeClient,
  where: { readonly type: OwnType; readonly name: string; readonly signal: AbortSignal },
): Promise<T | undefined> {
  try {
    const reply = await upstream.request({ method: 'GET', path: objectPath(where.type, where), signal: where.signal });
    return parseJson(reply.text) as T;
  } catch (error) {
    if (isNotFound(error)) return undefined;
    throw error;
  }
}

export interface ObjectWrite<T extends KubeObject> {
  readonly type: OwnType;
  readonly desired: T;
  /** What was read just before. */
  readonly live: T | undefined;
  readonly signal: AbortSignal;
}

/**
 * Creates the object, or updates the one that was read; nothing is sent when nothing would change. A plain create
 * never takes over what somebody made meanwhile, and an update carries the resourceVersion of what was judged: whoever
 * lost a race looks again (409).
 */
export async function writeObject<T extends KubeObject>(upstream: KubeClient, write: ObjectWrite<T>): Promise<Written> {
  const { type, desired, live, signal } = write;
  if (!live) {
    const path = collectionPath(type, undefined, writing);
    await upstream.request({ method: 'POST', path, body: stringifyJson(desired), signal });
    return 'created';
  }
  if (covers(live, desired)) return 'unchanged';
  const path = objectPath(type, { name: desired.metadata.name }, writing);
  await upstream.request({ method: 'PUT', path, body: stringifyJson(merged(live, desired)), signal });
  return 'updated';
}

/** Who published the object; undefined for what was made otherwise. */
export function publisherOf(object: KubeObject): string | undefined {
  return object.metadata.annotations?.[annotations.publishedBy];
}

/** Whether all that is desired is there: a server adds fields of its own. Schemas are compared whole. */
export function covers(live: unknown, desired: unknown, key = ''): boolean {
  if (key === 'openAPIV3Schema') return isDeepStrictEqual(live, desired);
  if (Array.isArray(desired)) {
    return Array.isArray(live) && live.length === desired.length && desired.every((item, i) => covers(live[i], item));
  }
  if (!isRecord(desired)) return isDeepStrictEqual(live, desired);
  return isRecord(live) && Object.entries(desired).every(([name, value]) => covers(live[name], value, name));
}

/** What others put on the object stays; lists are ours. */
function merged(live: unknown, desired: unknown): unknown {
  if (!isRecord(live) || !isRecord(desired)) return desired;
  const ours = Object.entries(desired).map(([name, value]) => [
    name,
    name === 'spec' ? value : merged(live[name], value),
  ]);
  return { ...live, ...(Object.fromEntries(ours) as object) };
}
