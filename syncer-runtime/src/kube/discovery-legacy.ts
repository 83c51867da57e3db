import { isRecord, type JsonRecord } from '../object/json.js';
import type { ResourceType } from '../object/types.js';
import { ApiError } from './api-error.js';
import { recordsIn, stringIn, stringsIn, type Ask, type DiscoveredGroup } from './discovery-fields.js';

interface GroupVersion {
  readonly group: string;
  readonly version: string;
}

/**
 * Reads the old form of discovery, one document for each version of each group. A version that answers with an error
 * makes its group a failed one; a server that cannot be reached, or answers something else, fails the whole.
 * @param named the `APIGroupList` of `/apis`.
 */
export async function legacyGroups(named: JsonRecord, ask: Ask): Promise<DiscoveredGroup[]> {
  const core = await ask({ path: '/api', kinds: ['APIVersions'] });
  const groups = [
    { name: '', versions: stringsIn(core['versions']) },
    ...recordsIn(named['groups']).map((group) => ({ name: stringIn(group['name']), versions: preferredFirst(group) })),
  ];
  return await Promise.all(groups.map(async (group) => await groupOf(group, ask)));
}

function preferredFirst(group: JsonRecord): readonly string[] {
  const versions = recordsIn(group['versions']).map(({ version }) => stringIn(version));
  const preferred = isRecord(group['preferredVersion']) ? stringIn(group['preferredVersion']['version']) : '';
  return versions.includes(preferred) ? [preferred, ...versions.filter((version) => version !== preferred)] : versions;
}

async function groupOf(
  group: { readonly name: string; readonly versions: readonly string[] },
  ask: Ask,
): Promise<DiscoveredGroup> {
  const answers = await Promise.all(
    group.versions.map(async (version) => await typesOf({ group: group.name, version }, ask)),
  );
  return {
    name: group.name,
    types: answers.flatMap((types) => types ?? []),
    failed: answers.includes(undefined),
  };
}

async function typesOf({ group, version }: GroupVersion, ask: Ask): Promise<ResourceType[] | undefined> {
  try {
    const root = group === '' ? '/api' : `/apis/${encodeURIComponent(group)}`;
    const list = await ask({ path: `${root}/${encodeURIComponent(version)}`, kinds: ['APIResourceList'] });
    return readTypes(recordsIn(list['resources']), { group, version });
  } catch (error) {
    if (error instanceof ApiError) return undefined;
    throw error;
  }
}

/** Subresources come as entries of their own, named `deployments/status`. */
function readTypes(entries: readonly JsonRecord[], of: GroupVersion): ResourceType[] {
  const names = entries.map(({ name }) => stringIn(name));
  return entries.flatMap((entry) => {
    const resource = stringIn(entry['name']);
    if (resource === '' || resource.includes('/')) return [];
    return {
      ...of,
      resource,
      kind: stringIn(entry['kind']),
      namespaced: entry['namespaced'] === true,
      verbs: stringsIn(entry['verbs']),
      subresources: names
        .filter((name) => name.startsWith(`${resource}/`))
        .map((name) => name.slice(resource.length + 1)),
    };
  });
}
