import { collectDefaultMetrics, type Registry } from 'prom-client';

/** Gauges whose names end as only a counter's may; others of the same collector tell the same by type. */
const misnamed = ['nodejs_active_handles_total', 'nodejs_active_requests_total', 'nodejs_active_resources_total'];

/** Adds what is known of the process: `process_*` and `nodejs_*`. Once for a registry. */
export function showProcess(registry: Registry): void {
  collectDefaultMetrics({ register: registry });
  for (const name of misnamed) registry.removeSingleMetric(name);
}
