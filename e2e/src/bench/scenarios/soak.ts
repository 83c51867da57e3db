import { atMost, slope, type Figure } from '../figures.js';
import { configMap, refOf } from '../objects.js';
import { numbered, paced } from '../pace.js';
import { using, type Bench, type Scenario } from '../scenario.js';
import { createTenant, type Tenant } from '../tenant.js';
import type { KubeObject } from '../../harness/admin-client.js';
import { eventually } from '../../harness/eventually.js';
import { memoryOf } from '../usage.js';

const OBJECTS = 500;
const PER_SECOND = 20;
const BATCH_SECONDS = 15;
const kind = configMap(1_000);

interface Sample {
  readonly heapMegabytes: number;
  readonly residentMegabytes: number;
}

/** Random changes for a long time: memory stays, and at the end both sides are the same. */
export const soak: Scenario = {
  name: 'soak',
  run: async (bench): Promise<Figure[]> => {
    return await using(await createTenant(bench.servers), async (tenant) => {
      await tenant.start({ 'heartbeat-period': '5s' }, { probe: true });
      const samples = await change(tenant, bench);
      const differing = await differences(tenant);
      // The first third fills caches and pools.
      const settled = samples.slice(Math.floor(samples.length / 3));
      const perHour = slope(settled.map(({ heapMegabytes }) => heapMegabytes)) * (3600 / BATCH_SECONDS);
      const peak = Math.max(...samples.map(({ residentMegabytes }) => residentMegabytes));
      return [
        atMost(`Soak of ${bench.minutes} min, growth of the heap after collections (MB/h)`, 3, { value: perHour }),
        { what: 'Soak, most memory seen (MB resident)', value: peak },
        atMost('Soak, objects that differ at its end', 0, { value: differing }),
      ];
    });
  },
};

async function change(tenant: Tenant, bench: Bench): Promise<Sample[]> {
  const names = numbered('object', OBJECTS);
  const random = randomNumbers();
  const samples: Sample[] = [];
  const batches = Math.max(3, Math.round((bench.minutes * 60) / BATCH_SECONDS));
  for (let batch = 1; batch <= batches; batch++) {
    await paced({ perSecond: PER_SECOND, count: PER_SECOND * BATCH_SECONDS }, async () => {
      const ref = refOf(kind, tenant.namespace, names[random() % OBJECTS] ?? '');
      if (random() % 4 === 0) await tenant.up.delete(ref);
      else await tenant.up.apply(ref, kind.body(String(random())));
    });
    const { heapBytes } = await tenant.probe();
    const sample = { heapMegabytes: heapBytes / 2 ** 20, residentMegabytes: memoryOf(tenant.pid).now };
    samples.push(sample);
    bench.say(`soak ${batch} of ${batches}: ${JSON.stringify(sample)}`);
  }
  return samples;
}

/** How many objects are not the same on both sides, once nothing changes any more. */
async function differences(tenant: Tenant): Promise<number> {
  let differing = NaN;
  const same = eventually('both sides are the same', async () => {
    const [up, down] = await Promise.all([contents(tenant, 'up'), contents(tenant, 'down')]);
    differing = [...up].filter((line) => !down.has(line)).length + [...down].filter((line) => !up.has(line)).length;
    return differing === 0;
  });
  await same.catch(() => undefined);
  return differing;
}

async function contents(tenant: Tenant, side: 'up' | 'down'): Promise<Set<string>> {
  type Item = KubeObject & { data?: { value?: string } };
  const items = await tenant[side].list<Item>({ ...kind.collection, namespace: tenant.namespace });
  const ours = items.filter(({ metadata }) => metadata.name !== 'kube-root-ca.crt');
  return new Set(ours.map(({ metadata, data }) => `${metadata.name} ${data?.value ?? ''}`));
}

/** The same numbers in each run. */
function randomNumbers(): () => number {
  let state = 42;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state >>> 8;
  };
}
