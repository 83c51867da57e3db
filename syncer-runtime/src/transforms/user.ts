import { TerminalError } from '../base/outcome.js';
import type { Upstream } from '../base/sides.js';
import { isRecord } from '../object/json.js';
import { reasons } from '../object/reasons.js';
import type { KubeObject } from '../object/types.js';
import type { TransformContext } from './context.js';
import { dropEmptyMetadata } from './empty-metadata.js';
import { PatchError } from './json-patch.js';
import { dropKcpKeys } from './kcp-keys.js';
import { identityIntact } from './limits.js';
import { dropNulls } from './nulls.js';
import type { UserTransform } from './compile.js';

/** What a transformation may change in metadata, and what it finds there besides. */
const metadataFields = new Set(['name', 'namespace', 'labels', 'annotations']);

export interface Transformed {
  readonly object: KubeObject;
  /** Names of the transformations that were applied, in order. */
  readonly by: readonly string[];
}

/**
 * Runs those of the user's transformations that are meant for the object, in their order, over what the built-in ones
 * made of it. One that fails holds the object back: a copy without what somebody requires of it is not made.
 * @throws TerminalError `TransformationFailed`, naming transformation and place; `ObjectTooLarge`, `ObjectTooDeep`.
 */
export function transformed(object: KubeObject, up: Upstream<KubeObject>, context: TransformContext): Transformed {
  const due = context.transformations.filter((one) => one.matches(up, context.type));
  const result = due.reduce((before, one) => checked(before, one), object);
  if (due.length === 0) return { object, by: [] };
  const clean = [dropNulls, dropKcpKeys, dropEmptyMetadata].reduce((one, step) => step(one, context), result);
  return { object: clean, by: due.map((one) => one.name) };
}

function checked(before: KubeObject, transformation: UserTransform): KubeObject {
  const after = apply(before, transformation);
  const fault = faultOf(before, after);
  if (fault !== undefined) throw failed(transformation, fault);
  return after as KubeObject;
}

function apply(before: KubeObject, transformation: UserTransform): unknown {
  try {
    return transformation.apply(before);
  } catch (error) {
    if (error instanceof PatchError) throw failed(transformation, error.message);
    throw error;
  }
}

function failed({ name }: UserTransform, why: string): TerminalError {
  return new TerminalError(reasons.TransformationFailed, `Transformation "${name}" cannot be applied: ${why}.`);
}

/** What a transformation may not make of an object: another one, or one that carries what only its server may say. */
function faultOf(before: KubeObject, after: unknown): string | undefined {
  if (!isRecord(after) || !isRecord(after['metadata'])) return 'the result has no metadata';
  const { metadata } = after;
  if (!identityIntact(before, after as KubeObject))
    return 'apiVersion, kind, name and namespace of an object cannot be changed';
  if (after['status'] !== undefined) return 'status comes from the cluster and cannot be set';
  const foreign = Object.keys(metadata).find((field) => !metadataFields.has(field));
  if (foreign !== undefined) return `metadata.${foreign} cannot be set, only labels and annotations`;
  const odd = (['labels', 'annotations'] as const).find((field) => !isTextMap(metadata[field]));
  return odd === undefined ? undefined : `metadata.${odd} must map names to strings`;
}

function isTextMap(value: unknown): boolean {
  if (value === undefined || value === null) return true;
  return isRecord(value) && Object.values(value).every((text) => typeof text === 'string' || text === null);
}
