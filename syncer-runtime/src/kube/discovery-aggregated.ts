import { isRecord, type JsonRecord } from '../object/json.js';
import type { ResourceType } from '../object/types.js';
import { recordsIn, stringIn, stringsIn, type DiscoveredGroup } from './discovery-fields.js';

/** Reads an `APIGroupDiscoveryList`: all groups in one document. */
export function aggregatedGroups(document: JsonRecord): DiscoveredGroup[] {
  return recordsIn(document['items']).map((group) => {
    const name = isRecord(group['metadata']) ? stringIn(group['metadata']['name']) : '';
    const versions = recordsIn(group['versions']);
    return {
      name,
      types: versions.flatMap((version) => typesOf(name, version)),
      failed: versions.some((version) => version['freshness'] === 'Stale'),
    };
  });
}

function typesOf(group: string, version: JsonRecord): ResourceType[] {
  return recordsIn(version['resources']).flatMap((resource) => {
    const kind = isRecord(resource['responseKind']) ? stringIn(resource['responseKind']['kind']) : '';
    // An entry without a kind stands only for its subresources.
    if (kind === '') return [];
    return {
      group,
      version: stringIn(version['version']),
      resource: stringIn(resource['resource']),
      kind,
      namespaced: resource['scope'] === 'Namespaced',
      verbs: stringsIn(resource['verbs']),
      subresources: recordsIn(resource['subresources']).map((subresource) => stringIn(subresource['subresource'])),
    };
  });
}
