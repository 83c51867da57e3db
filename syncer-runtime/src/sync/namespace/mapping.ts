/** How upstream namespaces are named downstream: one-to-one, and never changed while the syncer lives. */
export interface NamespaceMapping {
  toDownstream(upstreamNamespace: string): string;
  /** undefined when no upstream namespace maps to it. */
  toUpstream(downstreamNamespace: string): string | undefined;
}

export const identityMapping: NamespaceMapping = {
  toDownstream: (namespace) => namespace,
  toUpstream: (namespace) => namespace,
};
