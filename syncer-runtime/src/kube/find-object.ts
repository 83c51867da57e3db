import { parseJson } from '../object/parse.js';
import type { KubeObject } from '../object/types.js';
import type { KubeClient } from './client.js';
import { isObjectNotFound } from './error-class.js';
import { objectPath } from './paths.js';

/** Where one object is. */
export interface Ref {
  readonly type: { readonly group: string; readonly version: string; readonly resource: string };
  readonly namespace?: string;
  readonly name: string;
}

/** The object; undefined when its server says that it is not there. @throws what the client throws otherwise. */
export async function findObject<T extends KubeObject>(
  client: KubeClient,
  ref: Ref,
  signal: AbortSignal,
): Promise<T | undefined> {
  try {
    return parseJson((await client.request({ method: 'GET', path: objectPath(ref.type, ref), signal })).text) as T;
  } catch (error) {
    if (isObjectNotFound(error, { ...ref.type, name: ref.name })) return undefined;
    throw error;
  }
}
