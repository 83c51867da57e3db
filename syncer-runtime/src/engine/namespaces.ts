import type { Side } from '../base/sides.js';
import { isProtectedNamespace, mayUseExisting } from '../select/namespaces.js';
import type { SyncerContext, SyncerIdentity } from '../sync/context.js';
import { lookAtChain } from '../sync/evidence/chain.js';
import { NamespaceCleaner } from '../sync/namespace/cleaner.js';
import { NamespaceKeeper } from '../sync/namespace/keeper.js';
import type { NamespaceMapping } from '../sync/namespace/mapping.js';
import { mayHaveCopies } from './census.js';
import { namespaceType, type NamespaceWatch } from './namespace-watch.js';
import type { RunningParts } from './running-parts.js';
import type { TypeSet } from './type-set.js';

/** What makes downstream namespaces ready for writes. */
export function createKeeper(
  parts: RunningParts,
  identity: SyncerIdentity,
  { mapping, watch }: { mapping: NamespaceMapping; watch: NamespaceWatch },
): NamespaceKeeper {
  const { clients, options, signal } = parts;
  const { useExisting, template } = options.sync.namespaceMapping;
  return new NamespaceKeeper({
    downstream: clients.downstream,
    ...identity,
    mapping,
    template,
    isProtected: (namespace) => isProtectedNamespace(namespace, options.protectedNamespaces),
    mayUseExisting: (namespace) => mayUseExisting(namespace, useExisting),
    watched: (namespace) => watch.namespaces.get(namespace),
    signal,
  });
}

export interface CleanerParts {
  readonly shared: SyncerContext;
  readonly namespaces: Readonly<Record<Side, NamespaceWatch>>;
  readonly types: TypeSet;
}

/** What lets go of downstream namespaces that are not needed any more. */
export function createCleaner(parts: RunningParts, { shared, namespaces, types }: CleanerParts): NamespaceCleaner {
  const { registration, signal } = parts;
  const workspace = { uid: registration.logicalClusterUid, path: registration.workspacePath };
  const look = {
    upstream: shared.upstream,
    workspace,
    type: namespaceType,
    definition: { kind: 'builtIn' } as const,
    signal,
  };
  return new NamespaceCleaner({
    ...shared,
    owner: shared.identity.owner,
    upstreamNamespaces: namespaces.upstream.namespaces,
    downstreamNamespaces: namespaces.downstream.namespaces,
    isInUse: (namespace) => mayHaveCopies(types.controllers(), shared.mapping.toUpstream(namespace) ?? ''),
    look: async () => await lookAtChain(look),
  });
}
