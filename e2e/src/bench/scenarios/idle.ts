import { setTimeout } from 'node:timers/promises';
import type { AdminClient } from '../../harness/admin-client.js';
import { eventually } from '../../harness/eventually.js';
import { atMost, median, type Figure } from '../figures.js';
import { repeat, using, type Bench, type Scenario } from '../scenario.js';
import { createTenant, type Tenant } from '../tenant.js';
import { cpuSecondsOf, memoryOf } from '../usage.js';

const SETTLING_MS = 20_000;
const MEASURED_MS = 60_000;
const workloads = ['deployments.apps', 'statefulsets.apps', 'daemonsets.apps', 'jobs.batch', 'cronjobs.batch'];

interface Idle {
  readonly megabytes: number;
  readonly cpuPercent: number;
}

/** A syncer that has nothing to do. */
export const idle: Scenario = {
  name: 'idle',
  run: async (bench): Promise<Figure[]> => {
    const few = await measured(bench, workloads, 0);
    const twenty = await measured(bench, [], 20);
    const forty = await measured(bench, [], 40);
    return [
      atMost('Memory, idle, the workload types (MB resident)', 100, { value: few.megabytes }),
      atMost('Memory, idle, 40 custom types and the built-in ones (MB resident)', 100, { value: forty.megabytes }),
      atMost('CPU, idle, 20 custom types and the built-in ones (% of a core)', 1, { value: twenty.cpuPercent }),
      { what: 'CPU, idle, 40 custom types and the built-in ones (% of a core)', value: forty.cpuPercent },
    ];
  },
};

async function measured(bench: Bench, publish: readonly string[], customTypes: number): Promise<Idle> {
  const all = await repeat(bench, async () => {
    return await using(await createTenant(bench.servers, publish), async (tenant) => await once(tenant, customTypes));
  });
  return {
    megabytes: median(all.map(({ megabytes }) => megabytes)),
    cpuPercent: median(all.map(({ cpuPercent }) => cpuPercent)),
  };
}

async function once(tenant: Tenant, customTypes: number): Promise<Idle> {
  for (let index = 0; index < customTypes; index++)
    for (const admin of [tenant.up, tenant.down]) await serveType(admin, index);
  await tenant.start({ 'heartbeat-period': '30s' });
  await setTimeout(SETTLING_MS);
  const before = cpuSecondsOf(tenant.pid);
  await setTimeout(MEASURED_MS);
  const used = cpuSecondsOf(tenant.pid) - before;
  return { megabytes: memoryOf(tenant.pid).now, cpuPercent: (used * 100_000) / MEASURED_MS };
}

async function serveType(admin: AdminClient, index: number): Promise<void> {
  const plural = `idles${index}`;
  const group = 'bench.example.com';
  const openAPIV3Schema = { type: 'object', 'x-kubernetes-preserve-unknown-fields': true };
  await admin.apply(
    { apiVersion: 'apiextensions.k8s.io/v1', resource: 'customresourcedefinitions', name: `${plural}.${group}` },
    {
      kind: 'CustomResourceDefinition',
      spec: {
        group,
        scope: 'Namespaced',
        names: { plural, singular: `idle${index}`, kind: `Idle${index}`, listKind: `Idle${index}List` },
        versions: [{ name: 'v1', served: true, storage: true, schema: { openAPIV3Schema } }],
      },
    },
  );
  await eventually(`${plural} are served`, async () => {
    return await admin.list({ apiVersion: `${group}/v1`, resource: plural });
  });
}
