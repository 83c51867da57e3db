/** What serves a type in the workspace. Its uid is the type's identity (S25). */
export type TypeDefinition =
  | { readonly kind: 'builtIn' }
  | { readonly kind: 'crd' | 'binding'; readonly name: string; readonly uid: string; readonly deleting: boolean }
  /** Nobody could say: nothing is deleted on such ground. */
  | { readonly kind: 'unknown'; readonly why: string };

/** What one look at workspace and type said (S25). */
export type ChainVerdict =
  | { readonly kind: 'intact' }
  /** Workspace or type is going, gone or another one: everything below it is one incident. */
  | { readonly kind: 'incident'; readonly cause: string }
  /** The workspace is intact; what serves the type may not be read. */
  | { readonly kind: 'unidentified'; readonly why: string }
  /** Not to be told now. */
  | { readonly kind: 'unknown'; readonly why: string };

/** What is known of one upstream object whose copy may have to go. */
export type DeletionVerdict =
  /** `identified`: what serves the type was looked at too. */
  | { readonly kind: 'proven'; readonly identified: boolean }
  /** The object is there after all. */
  | { readonly kind: 'present' }
  | Exclude<ChainVerdict, { kind: 'intact' | 'unidentified' }>;
