import type { Upstream } from '../base/sides.js';
import type { KubeObject, ResourceType } from '../object/types.js';
import { matchesLabels } from '../select/label-selector.js';
import { matchesType, parseTypePattern } from '../select/patterns.js';
import { matchesWildcard } from '../select/wildcard.js';
import { applyOperation, PatchError, type PatchOperation } from './json-patch.js';
import { mergePatched } from './merge-patch.js';
import { parsePointer } from './pointer.js';
import { checkSize } from './limits.js';
import type { PatchStep, Transformation } from './transformation.js';

const maxOperations = 32;

/** A transformation ready for use. */
export interface UserTransform {
  readonly name: string;
  /** Whether it is meant for this object, by how the object is in the workspace. */
  matches(object: Upstream<KubeObject>, type: ResourceType): boolean;
  /** @throws PatchError when an operation does not fit; TerminalError when the result grows beyond all limits. */
  apply(desired: unknown): unknown;
}

/**
 * Makes the configuration's transformations ready, in their order.
 * @throws Error of one line that names the transformation, the place in it, and what to write.
 */
export function compileTransformations(transformations: readonly Transformation[]): readonly UserTransform[] {
  const names = new Set<string>();
  return transformations.map((transformation, i) => {
    const { name } = transformation;
    if (names.has(name))
      throw new Error(`transformations[${i}].name: "${name}" is the name of another one: names are unique`);
    names.add(name);
    return inContext(`transformation "${name}"`, () => compile(transformation));
  });
}

function compile({ name, match = {}, patch, mergePatch }: Transformation): UserTransform {
  if ((patch === undefined) === (mergePatch === undefined)) throw new Error('give either patch or mergePatch');
  const types = match.resources?.map((text, i) => inContext(`match.resources[${i}]`, () => parseTypePattern(text)));
  const { namespaces, selector } = match;
  return {
    name,
    matches: ({ metadata }, type) =>
      (types?.some((pattern) => matchesType(pattern, type)) ?? true) &&
      (namespaces?.some((pattern) => matchesWildcard(pattern, metadata.namespace ?? '')) ?? true) &&
      (selector === undefined || matchesLabels(selector, metadata.labels)),
    apply: patch ? patcher(patch) : (desired) => mergePatched(desired, mergePatch),
  };
}

function patcher(steps: readonly PatchStep[]): (desired: unknown) => unknown {
  if (steps.length > maxOperations)
    throw new Error(`patch: has ${steps.length} operations; at most ${maxOperations} are run`);
  const operations = steps.map((step, i) => inContext(`patch[${i}]`, () => operationOf(step)));
  return (desired) => operations.reduce((object, operation, i) => run(object, operation, { i, ...steps[i] }), desired);
}

function run(object: unknown, operation: PatchOperation, { i, op, path }: Partial<PatchStep> & { i: number }): unknown {
  try {
    const result = applyOperation(object, operation);
    // What is copied into itself doubles each time; shared memory hides that until somebody writes it down.
    if (operation.op === 'copy') checkSize(result);
    return result;
  } catch (error) {
    if (!(error instanceof PatchError)) throw error;
    throw new PatchError(`patch[${i}] (${op ?? ''} ${path ?? ''}): ${error.message}`);
  }
}

function operationOf(step: PatchStep): PatchOperation {
  const path = parsePointer(step.path);
  switch (step.op) {
    case 'remove':
      return { op: step.op, path };
    case 'move':
    case 'copy':
      if (step.from === undefined) throw new Error(`${step.op} needs "from"`);
      return { op: step.op, from: parsePointer(step.from), path };
    default:
      if (step.value === undefined) throw new Error(`${step.op} needs "value"`);
      return { op: step.op, path, value: step.value };
  }
}

/** What `make` makes; the message of its error says where. */
function inContext<T>(where: string, make: () => T): T {
  try {
    return make();
  } catch (error) {
    throw new Error(`${where}: ${error instanceof Error ? error.message : String(error)}`, { cause: error });
  }
}
