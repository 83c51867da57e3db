import { setTimeout } from 'node:timers/promises';
import { pathOf } from '../../harness/admin-client.js';
import type { AdminClient, KubeObject } from '../../harness/admin-client.js';
import type { AuditEntry } from '../../harness/audit.js';
import { eventually } from '../../harness/eventually.js';
import { atMost, median, type Figure } from '../figures.js';
import { fill } from '../filling.js';
import { configMap, configMaps } from '../objects.js';
import { repeat, using, type Scenario } from '../scenario.js';
import { createTenant, type Tenant } from '../tenant.js';

const COUNT = 5_000;
const RESYNCS_MS = 10_000;

interface Quiet {
  readonly seconds: number;
  readonly bareSeconds: number;
  readonly changed: number;
  readonly requests: number;
}

/** A restart with nothing to do, and resyncs with nothing to do. */
export const quiet: Scenario = {
  name: 'restart-resync',
  run: async (bench): Promise<Figure[]> => {
    const all = await repeat(bench, async () => await using(await createTenant(bench.servers), once));
    const of = (what: keyof Quiet): number => median(all.map((one) => one[what]));
    const [value, reference] = [of('seconds'), of('bareSeconds')];
    const what = `Restart with nothing to do, ${COUNT} ConfigMaps`;
    return [
      {
        what: `${what}, from launch until all is known to be in step (s)`,
        value,
        reference,
        budget: '≤ 2 × bare listing + 2 s',
        holds: value <= 2 * reference + 2,
      },
      atMost(`${what}: objects written`, 0, { value: of('changed') }),
      atMost('Five resyncs with nothing to do: requests about objects', 0, { value: of('requests') }),
    ];
  },
};

async function once(tenant: Tenant): Promise<Quiet> {
  await fill(tenant, configMap(), { count: COUNT });
  await tenant.start({ workers: 16, 'heartbeat-period': '1s' });
  await tenant.inStep(COUNT);
  await tenant.stop();
  const before = await versionsOf(tenant, { up: tenant.up, down: tenant.down });
  const begun = performance.now();
  await versionsOf(tenant, tenant.bare);
  const bareSeconds = (performance.now() - begun) / 1000;
  const seconds = await restart(tenant);
  const requests = await requestsOfResyncs(tenant);
  const after = await versionsOf(tenant, { up: tenant.up, down: tenant.down });
  return { seconds, bareSeconds, requests, changed: after.filter((version) => !before.includes(version)).length };
}

/** Until the first report of the new process that says so; what the former one reported does not count. */
async function restart(tenant: Tenant): Promise<number> {
  const launched = performance.now();
  const former = (await tenant.status())?.heartbeat?.count ?? 0;
  await tenant.start({ 'heartbeat-period': '1s', 'resync-period': '2s' });
  await eventually('a report says that all is in step', async () => {
    const status = await tenant.status();
    const { syncedResources, pendingResources } = status?.resourceSyncStatus ?? {};
    return status?.heartbeat?.count !== former && syncedResources === COUNT && pendingResources === 0;
  });
  return (performance.now() - launched) / 1000;
}

async function requestsOfResyncs(tenant: Tenant): Promise<number> {
  const { servers, accounts } = tenant.parts;
  const marks = [servers.kcp.audit.mark(), servers.cluster.audit.mark()] as const;
  await setTimeout(RESYNCS_MS);
  const isOurs = ({ user, verb, object }: AuditEntry): boolean =>
    (user === accounts.up.user || user === accounts.down.user) &&
    object.resource === configMaps.resource &&
    verb !== 'watch';
  return [...servers.kcp.audit.since(marks[0]), ...servers.cluster.audit.since(marks[1])].filter(isOurs).length;
}

/** Lists both sides to the end, by pages of 500. */
async function versionsOf(tenant: Tenant, sides: { up: AdminClient; down: AdminClient }): Promise<string[]> {
  const versions: string[] = [];
  for (const [side, client] of Object.entries(sides))
    for await (const { metadata } of pages(client, { ...configMaps, namespace: tenant.namespace }))
      versions.push(`${side} ${metadata.name} ${metadata.resourceVersion ?? ''}`);
  return versions;
}

async function* pages(client: AdminClient, collection: Parameters<typeof pathOf>[0]): AsyncGenerator<KubeObject> {
  let next = '';
  do {
    const query = { limit: '500', ...(next !== '' && { continue: next }) };
    const { text } = await client.request('GET', pathOf(collection), { query });
    const list = JSON.parse(text) as { items: KubeObject[]; metadata: { continue?: string } };
    yield* list.items;
    next = list.metadata.continue ?? '';
  } while (next !== '');
}
