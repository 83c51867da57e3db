import { stringify } from 'yaml';
import { minimalRoles } from '../access/minimal-roles.js';
import type { SyncedType } from '../access/rule.js';
import { servedTypes } from '../access/synced-types.js';
import type { Side } from '../base/sides.js';
import { discover, type Discovered } from '../kube/discovery.js';
import type { KubeClient } from '../kube/client.js';
import type { PrintRbacOptions } from './print-rbac-options.js';
import { withClients } from './two-clients.js';

const headings: Readonly<Record<Side, string>> = {
  upstream: '# In the workspace, by an administrator of it: kubectl apply -f -',
  downstream: '# In the cluster: kubectl apply -f -',
};

/**
 * `workload-syncer print-rbac`: the least rights of a syncer on both sides, as YAML.
 * @throws Error in one line, also when a server does not tell all that it serves.
 */
export async function printRbacCommand(
  { types, access, sides }: PrintRbacOptions,
  io: { /** Takes one line of standard output. */ readonly out: (line: string) => void },
): Promise<void> {
  const known = 'servers' in types ? await askServers(types) : types;
  if (known.length === 0) throw new Error('no type is selected that both sides serve: nothing would be synced');
  const roles = minimalRoles({ ...access, types: known });
  for (const side of sides) {
    io.out(headings[side]);
    for (const manifest of roles[side]) io.out(`---\n${stringify(manifest, { lineWidth: 0 }).trimEnd()}`);
  }
}

async function askServers(types: Extract<PrintRbacOptions['types'], { servers: unknown }>): Promise<SyncedType[]> {
  const { signal } = new AbortController();
  return await withClients(types.servers, async (clients) => {
    const [upstream, downstream] = await Promise.all([
      complete(clients.upstream, signal),
      complete(clients.downstream, signal),
    ]);
    return servedTypes(types.selection, { upstream, downstream });
  });
}

async function complete(client: KubeClient, signal: AbortSignal): Promise<Discovered> {
  const served = await discover(client, signal);
  if (served.complete) return served;
  throw new Error(`${client.server} does not tell what it serves of ${served.failedGroups.join(', ')}: try again`);
}
