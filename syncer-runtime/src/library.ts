/**
 * What other components use of this package: the TMC error taxonomy, health providers and metrics (product.md 6).
 * The only file that re-exports.
 */
export { systemClock, type Clock } from './base/clock.js';
export { TerminalError } from './base/outcome.js';
export { createSyncerHealthProvider, type SyncerEngine, type SyncerHealthOptions } from './observe/health-provider.js';
export type { SyncerSnapshot } from './observe/snapshot.js';
export { convertKubernetesError } from './tmc/convert.js';
export { errorTraits, type TmcErrorTraits, type TmcErrorType, type TmcSeverity } from './tmc/error-types.js';
export type { ComponentHealth, ComponentStatus, HealthProvider } from './tmc/health.js';
export { TmcError, type TmcErrorInit, type TmcErrorSubject } from './tmc/tmc-error.js';
export { createTmc, type Circumstances, type SyncDirection, type Tmc, type TmcOptions } from './tmc/tmc.js';
