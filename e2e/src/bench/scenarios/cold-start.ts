import type { AuditEntry } from '../../harness/audit.js';
import { bareCreate } from '../bare-client.js';
import { atLeastShare, atMost, median, type Figure } from '../figures.js';
import { arrived, copiesSince, fill } from '../filling.js';
import { configMap, deployment, refOf, type Kind } from '../objects.js';
import { forEachOf, numbered } from '../pace.js';
import { repeat, using, type Bench, type Scenario } from '../scenario.js';
import { createTenant, syncTargets, type Tenant } from '../tenant.js';

const WORKERS = 2;
/** Seconds between two heartbeats. */
const PERIOD = 2;

interface Load {
  readonly kind: Kind;
  readonly count: number;
}

/** Objects a second. */
interface Rates {
  readonly bare: number;
  readonly fromStart: number;
  readonly writing: number;
  readonly launchSeconds: number;
  /** Of the syncer for one object, on either side. */
  readonly requests: number;
  /** Between two heartbeats while objects are written. */
  readonly longestSilence: number;
}

export const coldStart: Scenario = {
  name: 'cold-1000',
  run: async (bench) => await measured(bench, 'Cold start, 1 000 ConfigMaps', { kind: configMap(), count: 1_000 }),
};

export const coldStartLarge: Scenario = {
  name: 'cold-10000',
  run: async (bench) => await measured(bench, 'Cold start, 10 000 ConfigMaps', { kind: configMap(), count: 10_000 }),
};

export const coldStartDeployments: Scenario = {
  name: 'cold-deployments',
  run: async (bench) => await measured(bench, 'Cold start, 500 Deployments', { kind: deployment, count: 500 }),
};

async function measured(bench: Bench, title: string, load: Load): Promise<Figure[]> {
  const all = await repeat(bench, async () => {
    return await using(await createTenant(bench.servers, load.kind.publish), async (tenant) => {
      const rates = await once(tenant, load);
      bench.say(`${title}: ${JSON.stringify(rates)}`);
      return rates;
    });
  });
  const of = (rate: keyof Rates): number => median(all.map((rates) => rates[rate]));
  return [
    atLeastShare(`${title}, from "started" to the last copy, 2 workers (objects/s)`, 0.7, {
      value: of('fromStart'),
      reference: of('bare'),
    }),
    { what: `${title}, from the first write to the last (objects/s)`, value: of('writing'), reference: of('bare') },
    { what: `${title}, from launch to "started" (s)`, value: of('launchSeconds') },
    atMost(`${title}, requests for one object`, load.kind.hasStatus ? 2 : 1, { value: of('requests') }),
    atMost(`${title}, a heartbeat later than its period meanwhile (s)`, 2, { value: of('longestSilence') - PERIOD }),
  ];
}

async function once(tenant: Tenant, load: Load): Promise<Rates> {
  const { kind, count } = load;
  await fill(tenant, kind, { count });
  const bare = await bareRate(tenant, load);
  const { kcp, cluster } = tenant.parts.servers;
  const [upMark, mark] = [kcp.audit.mark(), cluster.audit.mark()];
  const { launchedAt, startedAt } = await tenant.start({ workers: WORKERS, 'heartbeat-period': `${PERIOD}s` });
  await arrived(tenant.down, { ...kind.collection, namespace: tenant.namespace }, count);
  const writes = copiesSince(tenant, mark).filter(({ object }) => object.resource === kind.collection.resource);
  const times = writes.map(({ timestamp }) => Date.parse(timestamp));
  const last = Math.max(...times);
  return {
    bare,
    fromStart: (count * 1000) / (last - startedAt),
    writing: (count * 1000) / (last - Math.min(...times)),
    launchSeconds: (startedAt - launchedAt) / 1000,
    ...upstreamOf(kcp.audit.since(upMark), tenant, { objects: count, requests: writes.length }),
  };
}

/** What the syncer did in kcp meanwhile. */
function upstreamOf(
  entries: readonly AuditEntry[],
  { namespace, parts }: Tenant,
  down: { objects: number; requests: number },
): Pick<Rates, 'requests' | 'longestSilence'> {
  const ours = entries.filter(({ user }) => user === parts.accounts.up.user);
  const requests = ours.filter(({ object, verb }) => object.namespace === namespace && verb !== 'watch').length;
  const beats = ours
    .filter(({ object, verb }) => object.resource === syncTargets.resource && verb === 'patch')
    .map(({ timestamp }) => Date.parse(timestamp) / 1000);
  const silences = beats.slice(1).map((beat, index) => beat - (beats[index] ?? NaN));
  return { requests: (requests + down.requests) / down.objects, longestSilence: Math.max(0, ...silences) };
}

/** The bare client's turn: the same writes, as many at once, for as many objects beside. */
async function bareRate(tenant: Tenant, { kind, count }: Load): Promise<number> {
  const namespace = tenant.bareNamespace;
  const names = kind.hasStatus ? await fill(tenant, kind, { count, namespace }) : numbered('object', count);
  const body = kind.body('0');
  const begun = performance.now();
  await forEachOf(names, WORKERS, async (name) => {
    await bareCreate(tenant.bare, kind, { ref: refOf(kind, namespace, name), body });
  });
  return (count * 1000) / (performance.now() - begun);
}
