import type { LabelSelector } from '../select/label-selector.js';

/** A transformation as the configuration writes it: which objects, and what is changed on their copies. */
export interface Transformation {
  /** Unique; messages name it. */
  readonly name: string;
  /** Which objects; each part that is missing fits all. */
  readonly match?: {
    /** Type patterns such as `deployments.apps`. */
    readonly resources?: readonly string[];
    /** Namespaces in the workspace, with `*` as wildcard. */
    readonly namespaces?: readonly string[];
    /** Labels that the object has in the workspace. */
    readonly selector?: LabelSelector;
  };
  /** RFC 6902. Either this or `mergePatch`. */
  readonly patch?: readonly PatchStep[];
  /** RFC 7386. */
  readonly mergePatch?: Readonly<Record<string, unknown>>;
}

/** One operation of a JSON Patch as it is written. */
export interface PatchStep {
  readonly op: 'add' | 'remove' | 'replace' | 'move' | 'copy' | 'test';
  readonly path: string;
  readonly from?: string;
  readonly value?: unknown;
}
