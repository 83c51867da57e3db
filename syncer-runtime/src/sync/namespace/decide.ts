import { reasons, type Reason } from '../../object/reasons.js';
import type { NamespaceFacts } from './facts.js';

export type NamespaceDecision =
  | { readonly do: 'use' }
  | { readonly do: 'create' }
  | { readonly do: 'claim' }
  | { readonly do: 'refuse'; readonly reason: Reason; readonly message: string };

export interface NamespaceQuestion {
  readonly name: string;
  /** undefined: it does not exist. */
  readonly existing: NamespaceFacts | undefined;
  readonly claim: string;
  readonly isProtected: boolean;
  readonly mayUseExisting: boolean;
}

/** Whether the syncer may write into a downstream namespace, and what it has to do first (S6). Pure. */
export function decideNamespace({ name, existing, claim, ...rules }: NamespaceQuestion): NamespaceDecision {
  if (rules.isProtected)
    return refuse(
      reasons.NamespaceProtected,
      `Namespace ${name} of the cluster is protected; nothing is ever written there.`,
    );
  if (!existing) return { do: 'create' };
  if (existing.deleting)
    return refuse(
      reasons.NamespaceTerminating,
      `Namespace ${name} is being deleted in the cluster; waiting for its end to create it anew.`,
    );
  if (existing.claim === claim) return { do: 'use' };
  if (existing.claim !== '')
    return refuse(
      reasons.NamespaceClaimed,
      `Namespace ${name} of the cluster is in use by another workspace or SyncTarget; one namespace serves one of them.`,
    );
  // Whoever let it go may take it up again.
  if (rules.mayUseExisting || existing.released === claim) return { do: 'claim' };
  return refuse(
    reasons.NamespaceUnowned,
    `Namespace ${name} existed in the cluster before, and the syncer may not use it; name it in useExisting to allow that.`,
  );
}

function refuse(reason: Reason, message: string): NamespaceDecision {
  return { do: 'refuse', reason, message };
}
