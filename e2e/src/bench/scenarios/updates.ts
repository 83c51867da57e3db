import { bareCreate } from '../bare-client.js';
import type { AuditEntry } from '../../harness/audit.js';
import { atMost, delays, median, type Figure } from '../figures.js';
import { fill } from '../filling.js';
import { delaysOf, specDown, statusUp, type Direction } from '../latency.js';
import { refOf } from '../objects.js';
import { repeat, using, type Bench, type Scenario } from '../scenario.js';
import { createTenant, type Tenant } from '../tenant.js';

const OBJECTS = 50;
const SAMPLES = 1_200;
const perSecond = 20;

/** Delays in ms, and requests of the syncer for all changes. */
interface Measured {
  readonly values: readonly number[];
  /** The whole way of a change, its own write included. */
  readonly whole: readonly number[];
  readonly bare: readonly number[];
  readonly writes: number;
  readonly reads: number;
}

export const updatesDown: Scenario = {
  name: 'update-down',
  run: async (bench) => await measured(bench, 'One update down, 20/s', specDown),
};

export const statusesUp: Scenario = {
  name: 'status-up',
  run: async (bench) => await measured(bench, 'One status up, 20/s', statusUp),
};

async function measured(bench: Bench, what: string, direction: Direction): Promise<Figure[]> {
  const all = await repeat(bench, async () => {
    return await using(await createTenant(bench.servers, direction.kind.publish), async (tenant) => {
      return await once(tenant, direction, Math.ceil(SAMPLES / bench.runs));
    });
  });
  const values = all.flatMap((one) => one.values);
  const perChange = (field: 'writes' | 'reads'): number =>
    all.reduce((sum, one) => sum + one[field], 0) / values.length;
  return [
    ...delays(what, { p50: 25, p99: 250 }, { values, bare: all.flatMap(({ bare }) => bare) }),
    { what: `${what}: P50 with the user's own write (ms)`, value: median(all.flatMap(({ whole }) => whole)) },
    atMost(`${what}: writes per change`, 1, { value: perChange('writes') }),
    atMost(`${what}: reads per change`, 0, { value: perChange('reads') }),
  ];
}

async function once(tenant: Tenant, direction: Direction, samples: number): Promise<Measured> {
  const { kind } = direction;
  const names = await fill(tenant, kind, { count: OBJECTS });
  await fill(tenant, kind, { count: OBJECTS, namespace: tenant.bareNamespace });
  for (const name of names)
    await bareCreate(tenant.bare, kind, { ref: refOf(kind, tenant.bareNamespace, name), body: kind.body('0') });
  await tenant.start({ 'heartbeat-period': '2s' });
  await tenant.inStep(OBJECTS);
  const { acknowledged: bare } = await delaysOf(tenant, direction, { names, samples, perSecond, by: 'bare' });
  const { kcp, cluster } = tenant.parts.servers;
  const marks = [kcp.audit.mark(), cluster.audit.mark()] as const;
  const { acknowledged: values, sent: whole } = await delaysOf(tenant, direction, {
    names,
    samples,
    perSecond,
    by: 'syncer',
  });
  const { accounts } = tenant.parts;
  const isOurs = ({ user, object, verb }: AuditEntry): boolean =>
    (user === accounts.up.user || user === accounts.down.user) &&
    object.resource === kind.collection.resource &&
    verb !== 'watch';
  const requests = [...kcp.audit.since(marks[0]), ...cluster.audit.since(marks[1])].filter(isOurs);
  const reads = requests.filter(({ verb }) => verb === 'get' || verb === 'list').length;
  return { values, whole, bare, reads, writes: requests.length - reads };
}
