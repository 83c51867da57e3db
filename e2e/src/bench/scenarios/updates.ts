import { bareCreate, bareStatus, bareUpdate } from '../bare-client.js';
import type { AuditEntry } from '../../harness/audit.js';
import { atMost, delays, type Figure } from '../figures.js';
import { fill } from '../filling.js';
import { configMap, deployment, refOf, type Kind } from '../objects.js';
import { paced } from '../pace.js';
import { repeat, using, type Bench, type Scenario } from '../scenario.js';
import { Sightings, type TagOf } from '../sightings.js';
import { createTenant, type Tenant } from '../tenant.js';

const OBJECTS = 50;
const PER_SECOND = 20;
const SAMPLES = 1_200;

/** Delays in ms, and requests of the syncer for each change. */
interface Measured {
  readonly values: readonly number[];
  readonly bare: readonly number[];
  readonly writes: number;
  readonly reads: number;
}

interface Direction {
  readonly what: string;
  readonly kind: Kind;
  /** Where the change shows. */
  readonly to: 'up' | 'down';
  readonly tagOf: TagOf<never>;
  /** A user's change, of the spec in the workspace or of the status in the cluster. */
  readonly change: (tenant: Tenant, name: string, step: number) => Promise<unknown>;
  /** The bare client's write. */
  readonly write: (tenant: Tenant, name: string, step: number) => Promise<unknown>;
}


const down: Direction = {
  what: 'One update down, 20/s',
  kind: configMap(),
  to: 'down',
  tagOf: ({ metadata, data }: { metadata: { name: string }; data?: { value?: string } }) =>
    `${metadata.name} ${data?.value ?? ''}`,
  change: async ({ up, namespace }, name, step) =>
    await up.apply(refOf(down.kind, namespace, name), down.kind.body(String(step))),
  write: async ({ bare, bareNamespace }, name, step) => {
    await bareUpdate(bare, { ref: refOf(down.kind, bareNamespace, name), body: down.kind.body(String(step)) });
  },
};

const up: Direction = {
  what: 'One status up, 20/s',
  kind: deployment,
  to: 'up',
  tagOf: ({ metadata, status }: { metadata: { name: string }; status?: { replicas?: number } }) =>
    `${metadata.name} ${status?.replicas ?? ''}`,
  change: async (tenant, name, step) => {
    const ref = { ...refOf(deployment, tenant.namespace, name), subresource: 'status' };
    return await tenant.down.patch(ref, { status: { replicas: step } });
  },
  write: async ({ bare, bareNamespace }, name, step) => {
    await bareStatus(bare, refOf(deployment, bareNamespace, name), { replicas: step });
  },
};

export const updatesDown: Scenario = { name: 'update-down', run: async (bench) => await measured(bench, down) };
export const statusesUp: Scenario = { name: 'status-up', run: async (bench) => await measured(bench, up) };

async function measured(bench: Bench, direction: Direction): Promise<Figure[]> {
  const { what, kind } = direction;
  const all = await repeat(bench, async () => {
    return await using(await createTenant(bench.servers, kind.publish), async (tenant) => {
      return await once(tenant, direction, Math.ceil(SAMPLES / bench.runs));
    });
  });
  const values = all.flatMap((one) => one.values);
  const perChange = (field: 'writes' | 'reads'): number => all.reduce((sum, one) => sum + one[field], 0) / values.length;
  return [
    ...delays(what, { p50: 25, p99: 250 }, { values, bare: all.flatMap(({ bare }) => bare) }),
    atMost(`${what}: writes per change`, 1, { value: perChange('writes') }),
    atMost(`${what}: reads per change`, 0, { value: perChange('reads') }),
  ];
}

async function once(tenant: Tenant, direction: Direction, samples: number): Promise<Measured> {
  const { kind } = direction;
  const names = await fill(tenant, kind, { count: OBJECTS });
  await fill(tenant, kind, { count: OBJECTS, namespace: tenant.bareNamespace });
  for (const name of names) {
    const ref = refOf(kind, tenant.bareNamespace, name);
    await bareCreate(tenant.bare, kind, { ref, body: kind.body('0') });
  }
  await tenant.start({ 'heartbeat-period': '1m' });
  await tenant.inStep(OBJECTS);
  const bare = await delaysOf(tenant, direction, { names, samples, by: 'bare' });
  const { kcp, cluster } = tenant.parts.servers;
  const marks = [kcp.audit.mark(), cluster.audit.mark()] as const;
  const values = await delaysOf(tenant, direction, { names, samples, by: 'syncer' });
  const { accounts } = tenant.parts;
  const mine = (entry: AuditEntry): boolean =>
    (entry.user === accounts.up.user || entry.user === accounts.down.user) &&
    entry.object.resource === kind.collection.resource &&
    entry.verb !== 'watch';
  const requests = [...kcp.audit.since(marks[0]), ...cluster.audit.since(marks[1])].filter(mine);
  const reads = requests.filter(({ verb }) => verb === 'get' || verb === 'list').length;
  return { values, bare, reads, writes: requests.length - reads };
}

interface Load {
  readonly names: readonly string[];
  readonly samples: number;
  readonly by: 'bare' | 'syncer';
}

/** From the acknowledged change, or the bare client's sending, to where the other side shows it. */
async function delaysOf(tenant: Tenant, direction: Direction, { names, samples, by }: Load): Promise<number[]> {
  const { servers, workspace } = tenant.parts;
  const credentials =
    direction.to === 'down' ? servers.cluster.credentials() : servers.kcp.credentialsFor(workspace.path);
  const namespace = by === 'bare' ? tenant.bareNamespace : tenant.namespace;
  const sightings = await Sightings.open(
    credentials,
    { ...direction.kind.collection, namespace },
    direction.tagOf as TagOf<{ metadata: { name: string } }>,
  );
  const from = new Map<string, number>();
  try {
    await paced({ perSecond: PER_SECOND, count: samples }, async (index) => {
      const name = names[index % names.length] ?? '';
      const tag = `${name} ${index + 1}`;
      if (by === 'bare') from.set(tag, performance.now());
      await direction[by === 'bare' ? 'write' : 'change'](tenant, name, index + 1);
      if (by === 'syncer') from.set(tag, performance.now());
    });
    await sightings.seen(from.keys());
    return [...from].map(([tag, at]) => Math.max(0, sightings.when(tag) - at));
  } finally {
    await sightings.close();
  }
}
