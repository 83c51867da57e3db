/** The kcp workspace is upstream, the physical cluster downstream: absolute, in both directions. */
export type Side = 'upstream' | 'downstream';

declare const sideMark: unique symbol;
interface Marked {
  readonly [sideMark]: Side;
}

/** A value that belongs to the workspace. */
export type Upstream<T> = T & { readonly [sideMark]: 'upstream' };
/** A value that belongs to the cluster. */
export type Downstream<T> = T & { readonly [sideMark]: 'downstream' };

/** A value that has no side yet: what has one cannot be given another. */
type Unmarked<T> = T extends Marked ? never : T;

/** Declares that `value` belongs to the workspace. No effect at run time. */
export function asUpstream<T>(value: Unmarked<T>): Upstream<T> {
  return value as Upstream<T>;
}

/** Declares that `value` belongs to the cluster. No effect at run time. */
export function asDownstream<T>(value: Unmarked<T>): Downstream<T> {
  return value as Downstream<T>;
}
