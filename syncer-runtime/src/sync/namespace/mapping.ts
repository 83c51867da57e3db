/** How upstream namespaces are named downstream, as the field `namespaceMapping` of a SyncerDeployment says it. */
export interface NamespaceMappingRules {
  readonly strategy: 'Identity' | 'Prefix' | 'Map';
  /** With strategy Prefix. */
  readonly prefix?: string;
  /** With strategy Map: downstream names by upstream names. */
  readonly map?: Readonly<Record<string, string>>;
}

/** How upstream namespaces are named downstream: one-to-one, and never changed while copies are there. */
export interface NamespaceMapping {
  /** undefined: nothing of this namespace goes down. */
  toDownstream(upstreamNamespace: string): string | undefined;
  /** undefined when no upstream namespace maps to it. */
  toUpstream(downstreamNamespace: string): string | undefined;
  /** Upstream namespaces that the rules name one by one. */
  readonly named: readonly string[];
}

export function createMapping({ strategy, prefix = '', map = {} }: NamespaceMappingRules): NamespaceMapping {
  switch (strategy) {
    case 'Identity':
      return { toDownstream: (namespace) => namespace, toUpstream: (namespace) => namespace, named: [] };
    case 'Prefix':
      return {
        toDownstream: (namespace) => `${prefix}${namespace}`,
        toUpstream: (namespace) =>
          namespace.startsWith(prefix) && namespace !== prefix ? namespace.slice(prefix.length) : undefined,
        named: [],
      };
    case 'Map': {
      const down = new Map(Object.entries(map));
      const up = new Map([...down].map(([upstream, downstream]) => [downstream, upstream]));
      return {
        toDownstream: (namespace) => down.get(namespace),
        toUpstream: (namespace) => up.get(namespace),
        named: [...down.keys()],
      };
    }
  }
}

/** The downstream namespace of an upstream one of which objects are, or were, synced. */
export function mappedNamespace(mapping: NamespaceMapping, upstreamNamespace: string): string {
  const namespace = mapping.toDownstream(upstreamNamespace);
  if (namespace === undefined) throw new Error(`namespaceMapping does not name namespace ${upstreamNamespace}`);
  return namespace;
}
