import { setTimeout } from 'node:timers/promises';
import { atMost, median, quantile, type Figure } from '../figures.js';
import { fill } from '../filling.js';
import { delaysOf, specDown, watchEnd } from '../latency.js';
import { configMap, refOf } from '../objects.js';
import { repeat, using, type Scenario } from '../scenario.js';
import { createTenant, type Tenant } from '../tenant.js';

const large = configMap(1_000_000);
const OBJECTS = 50;
const LARGE_CHANGES = 10;
const small = { samples: 400, perSecond: 20, by: 'syncer' } as const;

interface Delays {
  readonly large: readonly number[];
  readonly alone: readonly number[];
  readonly beside: readonly number[];
}

/** An object of 1 MB among small ones. */
export const largeObject: Scenario = {
  name: 'large-object',
  run: async (bench): Promise<Figure[]> => {
    const all = await repeat(bench, async () => await using(await createTenant(bench.servers), once));
    const of = (what: keyof Delays): number[] => all.flatMap((delays) => [...delays[what]]);
    return [
      atMost('One object of 1 MB down (ms)', 500, { value: median(of('large')) }),
      {
        what: 'Small updates down beside it, P99 (ms); the reference is P99 without it',
        value: quantile(of('beside'), 0.99),
        reference: quantile(of('alone'), 0.99),
      },
    ];
  },
};

async function once(tenant: Tenant): Promise<Delays> {
  const names = await fill(tenant, specDown.kind, { count: OBJECTS });
  const ref = refOf(large, tenant.namespace, 'large');
  await tenant.up.apply(ref, large.body('0'));
  await tenant.start({ 'heartbeat-period': '2s' });
  await tenant.inStep(OBJECTS + 1);
  const { acknowledged: alone } = await delaysOf(tenant, specDown, { ...small, names });
  const sightings = await watchEnd(tenant, specDown, tenant.namespace);
  try {
    const others = delaysOf(tenant, specDown, { ...small, names, firstStep: small.samples + 1 });
    const acknowledged: number[] = [];
    for (let step = 1; step <= LARGE_CHANGES; step++) {
      await tenant.up.apply(ref, large.body(String(step)));
      acknowledged.push(performance.now());
      await sightings.seen([`large ${step}`]);
      await setTimeout(1_000);
    }
    const { acknowledged: beside } = await others;
    return { alone, beside, large: acknowledged.map((at, index) => sightings.when(`large ${index + 1}`) - at) };
  } finally {
    await sightings.close();
  }
}
