import { createHash } from 'node:crypto';
import { TerminalError } from '../base/outcome.js';
import type { Downstream, Upstream } from '../base/sides.js';
import { canonicalJson } from './canonical.js';
import { fastHash } from './fast-hash.js';
import type { KubeObject } from './types.js';

/** kubectl's copy of the whole object: never copied, and no content. */
export const lastAppliedAnnotation = 'kubectl.kubernetes.io/last-applied-configuration';

/**
 * What the copy is made from, as 12 characters: everything that the user wrote, and the generation, which is shown on
 * the copy. Status, server metadata and `apiVersion` and `kind` (which lists of built-in types leave out) do not
 * count. Only compared with other values of this function. Never throws: an object that is too deep counts as changed
 * whenever its resourceVersion is.
 */
export function contentHash(object: Upstream<KubeObject>): string {
  const { labels, annotations, generation, resourceVersion } = object.metadata;
  const metadata = { labels, annotations: { ...annotations, [lastAppliedAnnotation]: undefined }, generation };
  const content = { ...object, apiVersion: undefined, kind: undefined, status: undefined, metadata };
  return hashUnlessDeep(content, `deep:${resourceVersion ?? ''}`);
}

/**
 * A status as 12 characters, '' when there is none. Fields that are null count as absent, so that a status means the
 * same on both sides. Never throws: a status that is too deep, which cannot be written either, hashes to 'deep'.
 */
export function statusHash(status: unknown): string {
  return status === undefined || status === null ? '' : hashUnlessDeep(status, 'deep');
}

/**
 * The value of the `applied` annotation: version and hash of the desired object before our marks are on it. Frozen
 * (S9, S40): another formula needs another version.
 * @throws TerminalError `ObjectTooDeep`.
 */
export function sentHash(desired: Downstream<KubeObject>): string {
  return `v1:${createHash('sha1').update(canonicalJson(desired)).digest('hex')}`;
}

function hashUnlessDeep(value: unknown, whenDeep: string): string {
  try {
    return fastHash(value, { dropNulls: true });
  } catch (error) {
    if (error instanceof TerminalError) return whenDeep;
    throw error;
  }
}
