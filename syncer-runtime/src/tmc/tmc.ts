import { Registry } from 'prom-client';
import { systemClock, type Clock } from '../base/clock.js';
import { ComponentMetrics } from './component-metrics.js';
import { convertKubernetesError } from './convert.js';
import { HealthProviders, type ComponentHealth, type HealthProvider } from './health.js';
import type { TmcError, TmcErrorSubject } from './tmc-error.js';

export type SyncDirection = 'kcp-to-cluster' | 'cluster-to-kcp';

export interface TmcOptions {
  /** Name of the component: it stands in its errors and in the label `component`. */
  readonly component: string;
  /** Where its metrics go; default: one of its own. */
  readonly registry?: Registry;
  /** Told each error that is handled, for example to log it. */
  readonly onError?: (error: TmcError) => void;
  readonly clock?: Clock;
}

/** What was going on when something failed. */
export interface Circumstances {
  /** What the component was doing, such as `apply`; default `unknown`. */
  readonly operation?: string;
  readonly subject?: TmcErrorSubject;
}

/** Errors, health and metrics of one component, as the syncer's own are. All state is in it. */
export interface Tmc {
  /** Prometheus metrics `tmc_component_*`. */
  readonly registry: Registry;
  /** Says what a failure is, counts it, tells `onError`, and gives it back to decide on a retry. Never throws. */
  handleError(err: unknown, circumstances?: Circumstances): TmcError;
  /**
   * The provider is asked by `health` and at each scrape, until the function that is returned is called.
   * @throws Error when one of that componentID is registered.
   */
  registerHealthProvider(provider: HealthProvider): () => void;
  /** How every registered component is. A provider that fails counts as Unhealthy. */
  health(): Promise<readonly ComponentHealth[]>;
  /** One object was carried to the other side, or failed to be. @param gvk such as `apps/v1/Deployment`. */
  recordResourceSync(gvk: string, direction: SyncDirection, durationSeconds: number, ok: boolean): void;
  recordHeartbeat(ok: boolean): void;
}

/** Errors, health and metrics for one component. */
export function createTmc(options: TmcOptions): Tmc {
  const { component, registry = new Registry(), onError, clock = systemClock } = options;
  const providers = new HealthProviders(clock);
  const metrics = new ComponentMetrics(registry, async () => await providers.all());
  return {
    registry,
    handleError: (err, { operation = 'unknown', subject } = {}) => {
      const converted = convertKubernetesError(err, component, operation);
      const error = subject ? converted.about(subject) : converted;
      metrics.error(error);
      onError?.(error);
      return error;
    },
    registerHealthProvider: (provider) => providers.register(provider),
    health: async () => await providers.all(),
    // eslint-disable-next-line @typescript-eslint/max-params -- the signature is product.md's
    recordResourceSync: (gvk, direction, durationSeconds, ok) => {
      metrics.operation({ component, operation: direction, gvk, ok, durationSeconds });
    },
    recordHeartbeat: (ok) => {
      metrics.operation({ component, operation: 'heartbeat', gvk: '', ok });
    },
  };
}
