import { asDownstream, type Downstream, type Upstream } from '../base/sides.js';
import type { KubeObject } from '../object/types.js';
import type { TransformContext } from './context.js';
import { checkNames } from './limits.js';
import { transforms } from './list.js';

/**
 * The object that shall be in the cluster, without our marks (S8). Pure; the upstream object is not changed.
 * @throws TerminalError `NameTooLong`, `ObjectTooDeep`.
 */
export function desiredObject(up: Upstream<KubeObject>, context: TransformContext): Downstream<KubeObject> {
  const desired = transforms.reduce<KubeObject>((object, transform) => transform(object, context), up);
  checkNames(desired, context.type);
  return asDownstream(desired);
}
