import { isRecord, type JsonRecord } from '../object/json.js';
import { parseJson } from '../object/parse.js';
import type { ResourceType } from '../object/types.js';
import type { KubeClient } from './client.js';
import { ConnectionError } from './connection-error.js';
import { aggregatedGroups } from './discovery-aggregated.js';
import { stringIn, type Ask, type DiscoveredGroup } from './discovery-fields.js';
import { legacyGroups } from './discovery-legacy.js';

/** What a server serves. */
export interface Discovered {
  /** Every type in every version; the versions of a group in the server's order of preference. */
  readonly types: readonly ResourceType[];
  /** Whether all groups told what they have: only then is a type that is not here not served. */
  readonly complete: boolean;
  /** Groups that did not tell, or told from memory. */
  readonly failedGroups: readonly string[];
}

/** Asks for both forms; an older server, and kcp for groups, gives the old one. */
const aggregatedForm = 'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList,application/json';

/**
 * Asks a server for its types. kcp answers the aggregated form for the core group only, and leaves out of it the types
 * that CRDs and bindings add there: the form is used when the server has it for all groups, and otherwise for none.
 * @throws ApiError, ConnectionError when nothing can be learnt.
 */
export async function discover(client: KubeClient, signal: AbortSignal): Promise<Discovered> {
  const ask: Ask = async (what) => await discoveryDocument(client, what, signal);
  const named = await ask({ path: '/apis', accept: aggregatedForm, kinds: ['APIGroupDiscoveryList', 'APIGroupList'] });
  const groups =
    named['kind'] === 'APIGroupList'
      ? await legacyGroups(named, ask)
      : [...(await aggregatedCore(ask)), ...aggregatedGroups(named)];
  const failedGroups = groups.filter(({ failed }) => failed).map(({ name }) => name);
  return { types: groups.flatMap(({ types }) => types), complete: failedGroups.length === 0, failedGroups };
}

async function aggregatedCore(ask: Ask): Promise<DiscoveredGroup[]> {
  return aggregatedGroups(await ask({ path: '/api', accept: aggregatedForm, kinds: ['APIGroupDiscoveryList'] }));
}

async function discoveryDocument(
  client: KubeClient,
  { kinds, ...what }: Parameters<Ask>[0],
  signal: AbortSignal,
): Promise<JsonRecord> {
  const reply = await client.request({ method: 'GET', ...what, signal });
  const document = parsed(reply.text);
  if (document && kinds.includes(stringIn(document['kind']))) return document;
  throw new ConnectionError('it answered discovery with something else', {
    side: client.side,
    server: client.server,
    code: 'NOT_DISCOVERY',
  });
}

function parsed(text: string): JsonRecord | undefined {
  try {
    const document = parseJson(text);
    return isRecord(document) ? document : undefined;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}
