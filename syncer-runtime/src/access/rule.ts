/** A rule of a Role or ClusterRole, as Kubernetes writes it. */
export interface Rule {
  readonly apiGroups?: readonly string[];
  readonly resources?: readonly string[];
  readonly resourceNames?: readonly string[];
  readonly nonResourceURLs?: readonly string[];
  readonly verbs: readonly string[];
}

/** A type to be synced, as far as rights depend on it. */
export interface SyncedType {
  readonly group: string;
  readonly resource: string;
  /** Whether the workspace serves a status subresource of it: only then the syncer writes anything there (S23). */
  readonly hasStatus: boolean;
}

/** What following a type takes, on either side. */
export const readVerbs: readonly string[] = ['get', 'list', 'watch'];

/** One rule for each API group, groups and resources in alphabetical order. */
export function rulesFor(types: readonly Pick<SyncedType, 'group' | 'resource'>[], verbs: readonly string[]): Rule[] {
  const groups = [...new Set(types.map(({ group }) => group))].sort();
  return groups.map((group) => {
    const resources = types.filter((type) => type.group === group).map(({ resource }) => resource);
    return { apiGroups: [group], resources: [...new Set(resources)].sort(), verbs };
  });
}
