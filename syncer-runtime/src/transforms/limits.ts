import { TerminalError } from '../base/outcome.js';
import type { Downstream } from '../base/sides.js';
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
  const message = `The object has ${bytes} bytes; the cluster takes at most ${largestBody}.`;
  throw new TerminalError(reasons.ObjectTooLarge, message);
}

/** Whether a transformation left alone which object it is. */
export function identityIntact(before: Downstream<KubeObject>, after: Downstream<KubeObject>): boolean {
  return (
    before.apiVersion === after.apiVersion &&
    before.kind === after.kind &&
    before.metadata.name === after.metadata.name &&
    before.metadata.namespace === after.metadata.namespace
  );
}
