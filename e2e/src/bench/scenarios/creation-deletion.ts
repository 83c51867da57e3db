import { bareCreate, bareDelete } from '../bare-client.js';
import { delays, type Figure } from '../figures.js';
import { deployment, refOf } from '../objects.js';
import { numbered, paced } from '../pace.js';
import { repeat, using, type Scenario } from '../scenario.js';
import { Sightings } from '../sightings.js';
import { createTenant, type Tenant } from '../tenant.js';

const OBJECTS = 200;
const PER_SECOND = 10;

interface Delays {
  readonly creation: readonly number[];
  readonly deletion: readonly number[];
}

/** Deployments come and go one by one. */
export const lives: Scenario = {
  name: 'creation-deletion',
  run: async (bench): Promise<Figure[]> => {
    const all = await repeat(bench, async () => {
      return await using(await createTenant(bench.servers, deployment.publish), async (tenant) => {
        // The first object makes its namespace.
        await tenant.up.apply(refOf(deployment, tenant.namespace, 'first'), deployment.body('0'));
        await tenant.start({ 'heartbeat-period': '2s' });
        await tenant.inStep(1);
        return { bare: await delaysOf(tenant, 'bare'), values: await delaysOf(tenant, 'syncer') };
      });
    });
    const both = (what: keyof Delays): { values: number[]; bare: number[] } => ({
      values: all.flatMap(({ values }) => values[what]),
      bare: all.flatMap(({ bare }) => bare[what]),
    });
    return [
      ...delays('One creation down', { p50: 40 }, both('creation')),
      ...delays('A deletion up until gone on both sides', { p50: 100 }, both('deletion')),
    ];
  },
};

async function delaysOf(tenant: Tenant, by: 'bare' | 'syncer'): Promise<Delays> {
  const { servers, workspace } = tenant.parts;
  const collection = { ...deployment.collection, namespace: by === 'bare' ? tenant.bareNamespace : tenant.namespace };
  const open = async (credentials: Parameters<typeof Sightings.open>[0]): Promise<Sightings> =>
    await Sightings.open(credentials, collection, ({ metadata }, type) => `${type} ${metadata.name}`);
  const up = await open(servers.kcp.credentialsFor(workspace.path));
  const down = await open(servers.cluster.credentials());
  try {
    const names = numbered('object', OBJECTS);
    if (by === 'bare') await prepareBare(tenant, names);
    const created = await begin(names, async (name) => {
      await create(tenant, by, name);
    });
    await down.seen(names.map((name) => `ADDED ${name}`));
    if (by === 'bare') for (const name of names) await tenant.up.delete(refOf(deployment, tenant.bareNamespace, name));
    const deleted = await begin(names, async (name) => {
      await remove(tenant, by, name);
    });
    const gone = names.map((name) => `DELETED ${name}`);
    await Promise.all([up.seen(gone), down.seen(gone)]);
    const last = (tag: string): number => Math.max(up.when(tag), down.when(tag));
    const from = by === 'bare' ? 'sent' : 'acknowledged';
    return {
      creation: names.map((name, index) => Math.max(0, down.when(`ADDED ${name}`) - (created[index]?.[from] ?? NaN))),
      deletion: names.map((name, index) => Math.max(0, last(`DELETED ${name}`) - (deleted[index]?.[from] ?? NaN))),
    };
  } finally {
    await Promise.all([up.close(), down.close()]);
  }
}

interface Times {
  readonly sent: number;
  readonly acknowledged: number;
}

async function begin(names: readonly string[], act: (name: string) => Promise<void>): Promise<Times[]> {
  const times: Times[] = [];
  await paced({ perSecond: PER_SECOND, count: names.length }, async (index) => {
    const sent = performance.now();
    await act(names[index] ?? '');
    times[index] = { sent, acknowledged: performance.now() };
  });
  return times;
}

/** What users do is no work of the bare client: its objects are there before, and deleted before it comes to that. */
async function prepareBare({ up, bareNamespace }: Tenant, names: readonly string[]): Promise<void> {
  for (const name of names) await up.apply(refOf(deployment, bareNamespace, name), deployment.body('0'));
}

async function create(tenant: Tenant, by: 'bare' | 'syncer', name: string): Promise<void> {
  const body = deployment.body('0');
  if (by === 'syncer') await tenant.up.apply(refOf(deployment, tenant.namespace, name), body);
  else await bareCreate(tenant.bare, deployment, { ref: refOf(deployment, tenant.bareNamespace, name), body });
}

async function remove(tenant: Tenant, by: 'bare' | 'syncer', name: string): Promise<void> {
  if (by === 'syncer') await tenant.up.delete(refOf(deployment, tenant.namespace, name));
  else await bareDelete(tenant.bare, refOf(deployment, tenant.bareNamespace, name));
}
