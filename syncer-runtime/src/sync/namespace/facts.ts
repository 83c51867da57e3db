import { annotations } from '../../object/marks.js';
import type { KubeObject } from '../../object/types.js';

/** What is remembered of a namespace, of either side. */
export interface NamespaceFacts {
  readonly name: string;
  readonly uid: string;
  readonly rv: string;
  readonly deleting: boolean;
  /** The claim annotation; '' when unclaimed. */
  readonly claim: string;
  /** The claim that it had when it was let go; '' when it never was. */
  readonly released: string;
  /** A syncer created it. */
  readonly created: boolean;
}

export function namespaceFactsOf({ metadata }: KubeObject): NamespaceFacts {
  return {
    name: metadata.name,
    uid: metadata.uid ?? '',
    rv: metadata.resourceVersion ?? '',
    deleting: metadata.deletionTimestamp !== undefined,
    claim: metadata.annotations?.[annotations.namespaceClaim] ?? '',
    released: metadata.annotations?.[annotations.namespaceReleased] ?? '',
    created: metadata.annotations?.[annotations.namespaceCreated] !== undefined,
  };
}

/** The claim of one upstream namespace of one SyncTarget. */
export function claimOf(owner: string, syncTarget: string, upstreamNamespace: string): string {
  return `${owner}/${syncTarget}/${upstreamNamespace}`;
}

/** The upstream namespace of a claim by `owner`; undefined when it is another's, or none. */
export function claimedFor(claim: string, owner: string): string | undefined {
  const [claimant, , namespace] = claim.split('/');
  return claimant === owner ? namespace : undefined;
}
