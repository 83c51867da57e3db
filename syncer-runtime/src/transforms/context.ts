import type { KubeObject, ResourceType } from '../object/types.js';
import type { UserTransform } from './compile.js';

/** What a transform may know besides the object. */
export interface TransformContext {
  readonly type: ResourceType;
  /** The namespace that the upstream namespace is mapped to. */
  readonly downstreamNamespace: string;
  /** Those of the configuration, in order. */
  readonly transformations: readonly UserTransform[];
}

/** One pure step from the upstream object to the desired one. It leaves what it does not know as it is. */
export type Transform = (object: KubeObject, context: TransformContext) => KubeObject;
