import { Counter, Gauge, Histogram, type Registry } from 'prom-client';
import type { ComponentHealth, ComponentStatus } from './health.js';
import type { TmcError } from './tmc-error.js';

/** Names of the metrics that every TMC component has; dashboards match on them. */
export const componentMetricNames = {
  health: 'tmc_component_health',
  operations: 'tmc_component_operations_total',
  errors: 'tmc_component_errors_total',
  operationDuration: 'tmc_component_operation_duration_seconds',
} as const;

const durationBuckets = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];

/** Half a component: an alert on `< 1` sees both kinds of trouble. */
const healthValues: Readonly<Record<ComponentStatus, number>> = { Healthy: 1, Degraded: 0.5, Unhealthy: 0 };

type HealthReport = Pick<ComponentHealth, 'componentID' | 'status'>;

/** One operation of a component. */
export interface OperationRecord {
  readonly component: string;
  /** One of a small fixed set. */
  readonly operation: string;
  /** As `apps/v1/Deployment`; '' where it is about no type. */
  readonly gvk: string;
  readonly ok: boolean;
  readonly durationSeconds?: number;
}

/** The `tmc_component_*` metrics, in a registry that is given. */
export class ComponentMetrics {
  private readonly operations;
  private readonly errors;
  private readonly duration;

  /** @param health asked at each scrape: how every component is. */
  constructor(registry: Registry, health: () => Promise<readonly HealthReport[]>) {
    const registers = [registry];
    this.operations = new Counter({
      name: componentMetricNames.operations,
      help: 'Operations of a component, by result.',
      labelNames: ['component', 'operation', 'gvk', 'result'] as const,
      registers,
    });
    this.errors = new Counter({
      name: componentMetricNames.errors,
      help: 'Errors of a component, by TMC error type.',
      labelNames: ['component', 'error_type', 'severity'] as const,
      registers,
    });
    this.duration = new Histogram({
      name: componentMetricNames.operationDuration,
      help: 'Seconds that an operation of a component took.',
      labelNames: ['component', 'operation'] as const,
      buckets: durationBuckets,
      registers,
    });
    showHealth(registry, health);
  }

  operation({ component, operation, gvk, ok, durationSeconds }: OperationRecord): void {
    this.operations.inc({ component, operation, gvk, result: ok ? 'success' : 'error' });
    if (durationSeconds !== undefined) this.duration.observe({ component, operation }, durationSeconds);
  }

  error({ component, type, severity }: Pick<TmcError, 'component' | 'type' | 'severity'>): void {
    this.errors.inc({ component, error_type: type, severity });
  }
}

/** A component that is no more has no series at the next scrape. */
function showHealth(registry: Registry, health: () => Promise<readonly HealthReport[]>): void {
  const gauge: Gauge<'component'> = new Gauge({
    name: componentMetricNames.health,
    help: '1 healthy, 0.5 degraded, 0 unhealthy.',
    labelNames: ['component'],
    registers: [registry],
    collect: async () => {
      const reports = await health();
      gauge.reset();
      for (const { componentID, status } of reports) gauge.set({ component: componentID }, healthValues[status]);
    },
  });
}
