import { systemClock, type Clock } from '../base/clock.js';
import type { HealthProvider } from '../tmc/health.js';
import { healthOf } from './health.js';
import type { SyncerSnapshot } from './snapshot.js';

/** What is asked of an engine: every `Syncer` has it. */
export interface SyncerEngine {
  snapshot(): SyncerSnapshot;
}

export interface SyncerHealthOptions {
  /** Default 30 s. */
  readonly heartbeatPeriodMs?: number;
  readonly clock?: Clock;
}

/**
 * Tells how a syncer is, by the criteria of `/health`; silence counts from this call on.
 * @param name of its SyncTarget; the componentID is `syncer-<name>`.
 */
export function createSyncerHealthProvider(
  name: string,
  engine: SyncerEngine,
  { heartbeatPeriodMs = 30_000, clock = systemClock }: SyncerHealthOptions = {},
): HealthProvider {
  const startedMs = clock.now();
  return {
    componentType: 'Syncer',
    componentID: `syncer-${name}`,
    health: () => healthOf({ name, snapshot: engine.snapshot(), heartbeatPeriodMs, startedMs, nowMs: clock.now() }),
  };
}
