import { TerminalError } from '../base/outcome.js';
import type { Downstream } from '../base/sides.js';
import { isRecord, maxDepth, tooDeep } from '../object/json.js';
import { stringifyJson } from '../object/parse.js';
import { reasons } from '../object/reasons.js';
import { typeName, type KubeObject, type ResourceType } from '../object/types.js';

/** What a server takes as name of any object, and as name of a namespace. */
const longestName = 253;
const longestNamespace = 63;

/** Types whose names the cluster wants shorter; kcp, which knows nothing of these types, takes any. */
const longestNames = new Map([
  ['services', 63],
  ['cronjobs.batch', 52],
]);

/** 1.5 MiB: what etcd takes in one piece. */
const largestBody = 1_572_864;

/**
 * Names are never cut: two could become one.
 * @throws TerminalError `NameTooLong`.
 */
export function checkNames({ metadata }: KubeObject, type: ResourceType): void {
  const limit = longestNames.get(typeName(type)) ?? longestName;
  refuseLonger('name', metadata.name, limit);
  refuseLonger('namespace', metadata.namespace ?? '', longestNamespace);
}

function refuseLonger(what: string, name: string, limit: number): void {
  if (name.length <= limit) return;
  const message = `The ${what} has ${name.length} characters; the cluster takes at most ${limit} here.`;
  throw new TerminalError(reasons.NameTooLong, message);
}

/**
 * The desired object as it goes to the wire.
 * @throws TerminalError `ObjectTooLarge`, `ObjectTooDeep`.
 */
export function bodyOf(desired: Downstream<KubeObject>): string {
  const body = stringifyJson(desired);
  const bytes = Buffer.byteLength(body);
  if (bytes <= largestBody) return body;
  throw tooLarge(`${bytes} bytes`);
}

function tooLarge(size: string): TerminalError {
  const message = `The object has ${size}; the cluster takes at most ${largestBody}.`;
  return new TerminalError(reasons.ObjectTooLarge, message);
}

/**
 * Refuses what is certainly too large to be written, without writing it: a value in which the same memory stands many
 * times may be far larger as text than it is in memory.
 * @throws TerminalError `ObjectTooLarge`, `ObjectTooDeep`.
 */
export function checkSize(value: unknown): void {
  let room = largestBody;
  const visit = (part: unknown, depth: number): void => {
    if (depth > maxDepth) throw tooDeep();
    room -= typeof part === 'string' ? part.length + 2 : 1;
    if (room < 0) throw tooLarge(`more than ${largestBody} bytes`);
    if (Array.isArray(part)) for (const item of part) visit(item, depth + 1);
    else if (isRecord(part))
      for (const [key, field] of Object.entries(part)) {
        room -= key.length + 2;
        visit(field, depth + 1);
      }
  };
  visit(value, 0);
}

/** Whether a transformation left alone which object it is. */
export function identityIntact(before: KubeObject, after: KubeObject): boolean {
  return (
    before.apiVersion === after.apiVersion &&
    before.kind === after.kind &&
    before.metadata.name === after.metadata.name &&
    before.metadata.namespace === after.metadata.namespace
  );
}
