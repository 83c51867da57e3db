import { atMost, median, type Figure } from '../figures.js';
import { arrived, fill } from '../filling.js';
import { configMap } from '../objects.js';
import { repeat, using, type Scenario } from '../scenario.js';
import { createTenant, type Tenant } from '../tenant.js';
import { memoryOf } from '../usage.js';

const COUNT = 10_000;
const large = configMap(4_000);

interface Costs {
  readonly peak: number;
  readonly perPair: number;
  readonly section: number;
  readonly startSection: number;
}

/** What ten thousand objects of 4 KB cost while they arrive, and afterwards. */
export const arrival: Scenario = {
  name: 'memory-arrival',
  run: async (bench): Promise<Figure[]> => {
    const all = await repeat(bench, async () => await using(await createTenant(bench.servers), costsOf));
    const of = (cost: keyof Costs): number => median(all.map((costs) => costs[cost]));
    return [
      atMost('Memory, peak while 10 000 × 4 KB arrive (MB resident)', 250, { value: of('peak') }),
      atMost('Memory, heap for each of 10 000 pairs after a collection (KB)', 1.5, { value: of('perPair') }),
      atMost('Event loop, longest synchronous section meanwhile (ms)', 50, { value: of('section') }),
      atMost('Event loop, longest synchronous section of the start, the loading included (ms)', 50, {
        value: of('startSection'),
      }),
    ];
  },
};

async function costsOf(tenant: Tenant): Promise<Costs> {
  await tenant.start({}, { probe: true });
  await tenant.inStep(0);
  const empty = await tenant.probe();
  await tenant.stop();
  await fill(tenant, large, { count: COUNT });
  await tenant.start({ workers: 8, 'heartbeat-period': '5s' }, { probe: true });
  const { longestSectionMs: startSection } = await tenant.probe();
  await arrived(tenant.down, { ...large.collection, namespace: tenant.namespace }, COUNT);
  await tenant.inStep(COUNT);
  const { peak } = memoryOf(tenant.pid);
  const full = await tenant.probe();
  return {
    peak,
    perPair: (full.heapBytes - empty.heapBytes) / COUNT / 1024,
    section: full.longestSectionMs,
    startSection,
  };
}
