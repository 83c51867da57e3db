import { asDownstream, type Downstream, type Upstream } from '../base/sides.js';
import type { KubeObject } from '../object/types.js';
import type { TransformContext } from './context.js';
import { checkNames } from './limits.js';
import { transforms } from './list.js';
import { transformed } from './user.js';

export interface Desired {
  /** Without our marks. */
  readonly object: Downstream<KubeObject>;
  /** Names of the configuration's transformations that were applied. */
  readonly transformedBy: readonly string[];
}

/**
 * The object that shall be in the cluster (S8): what the built-in transforms make of the upstream object, and then the
 * configuration's transformations. Pure; the upstream object is not changed.
 * @throws TerminalError `NameTooLong`, `ObjectTooDeep`, `ObjectTooLarge`, `TransformationFailed`.
 */
export function desiredObject(up: Upstream<KubeObject>, context: TransformContext): Desired {
  const built = transforms.reduce<KubeObject>((object, transform) => transform(object, context), up);
  const { object, by } = transformed(built, up, context);
  checkNames(object, context.type);
  return { object: asDownstream(object), transformedBy: by };
}
