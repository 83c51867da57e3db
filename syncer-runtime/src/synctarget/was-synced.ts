/**
 * Whether a resource that was reported was ever worked on: the version that was worked on is told from then on, whatever
 * keeps the resource from being synced later. One that never could be has no copies and no finalizers, and nobody
 * misses it.
 */
export function wasSynced({ version = '' }: { readonly version?: string }): boolean {
  return version !== '';
}
