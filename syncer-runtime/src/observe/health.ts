import { toTimestamp } from '../base/clock.js';
import type { HeartbeatState, ResourceState, SyncerSnapshot } from './snapshot.js';

export type HealthStatus = 'Healthy' | 'Degraded' | 'Unhealthy';

export interface HealthInput {
  /** Name of the SyncTarget. */
  readonly name: string;
  readonly snapshot: SyncerSnapshot;
  readonly heartbeatPeriodMs: number;
  /** Wall clock, ms: when the syncer was started. Silence is counted from here at first. */
  readonly startedMs: number;
  /** Wall clock, ms. */
  readonly nowMs: number;
}

/** The answer of `/health` (product.md 4); field names are part of the API. */
export interface HealthReport {
  readonly componentType: 'Syncer';
  readonly componentID: string;
  readonly status: HealthStatus;
  readonly message: string;
  readonly timestamp: string;
  readonly details: {
    readonly engineStarted: boolean;
    readonly resourceControllers: number;
    readonly syncCount: number;
    readonly errorCount: number;
    /** 0 to 1, of the last five minutes. */
    readonly errorRate: number;
    /** null before the first. */
    readonly lastSyncTime: string | null;
    readonly statusReporter: {
      readonly heartbeatCount: number;
      readonly heartbeatErrors: number;
      readonly lastHeartbeatTime: string | null;
    };
  };
}

const sideNames = { upstream: 'kcp', downstream: 'the cluster' } as const;
const minuteMs = 60_000;
const heartbeatLostMs = 5 * minuteMs;
const stuckMs = 10 * minuteMs;

/** The states in which a type has a controller that works. */
const controlled: readonly ResourceState[] = ['Synced', 'Pending', 'Draining'];

interface Finding {
  readonly status: Exclude<HealthStatus, 'Healthy'>;
  readonly message: string;
}

type Check = (input: HealthInput) => Finding | undefined;

/** How one syncer is, by the criteria of product.md 4: the worst finding decides, all of its rank are told. */
export function healthOf(input: HealthInput): HealthReport {
  const findings = checks.map((check) => check(input)).filter((f) => f !== undefined);
  const worst = findings.some((f) => f.status === 'Unhealthy') ? 'Unhealthy' : findings[0]?.status;
  const told = findings.filter((f) => f.status === worst).map((f) => f.message);
  return {
    componentType: 'Syncer',
    componentID: `syncer-${input.name}`,
    status: worst ?? 'Healthy',
    message: worst === undefined ? `${controllers(input)} types are kept in step` : told.join('; '),
    timestamp: toTimestamp(input.nowMs),
    details: detailsOf(input),
  };
}

/** In the order in which they are told. */
const checks: readonly Check[] = [
  // nothing works before the engine does
  ({ snapshot }) => (snapshot.engineStarted ? undefined : unhealthy('the engine has not started')),
  // an engine without controllers syncs nothing; before its start this says nothing new
  (input) =>
    input.snapshot.engineStarted && controllers(input) === 0 ? unhealthy('no type is being synced') : undefined,
  // a side that does not answer, or is not the one it was
  ({ snapshot: { connectivity, problems } }) => {
    const away = (['upstream', 'downstream'] as const).filter((side) => connectivity[side].message !== '');
    const told = [
      ...away.map((side) => `${sideNames[side]} cannot be reached (${connectivity[side].message})`),
      ...problems.map(({ message }) => message),
    ];
    return told.length === 0 ? undefined : degraded(told.join('; '));
  },
  // what fails, of the last five minutes
  (input) => {
    const rate = errorRate(input.snapshot);
    const message = `${Math.round(rate * 100)} % of the passes of the last 5 minutes failed`;
    if (rate > 0.5) return unhealthy(message);
    return rate >= 0.1 ? degraded(message) : undefined;
  },
  // a heartbeat that does not come
  (input) => {
    const silentMs = input.nowMs - (heartbeatOf(input).lastHeartbeatMs ?? input.startedMs);
    const message = `no heartbeat for ${Math.round(silentMs / 1_000)} s`;
    if (silentMs >= heartbeatLostMs) return unhealthy(message);
    return silentMs > 2 * input.heartbeatPeriodMs ? degraded(message) : undefined;
  },
  // work that waits although nobody is at it
  ({ snapshot, startedMs, nowMs }) => {
    const idleMs = nowMs - Math.max(snapshot.lastSyncMs ?? 0, startedMs);
    if (snapshot.backlog === 0 || snapshot.recent.passes > 0 || idleMs < stuckMs) return undefined;
    return degraded(`${snapshot.backlog} objects wait and none was finished for ${Math.floor(idleMs / minuteMs)} min`);
  },
];

const unhealthy = (message: string): Finding => ({ status: 'Unhealthy', message });
const degraded = (message: string): Finding => ({ status: 'Degraded', message });

function controllers(input: HealthInput): number {
  return input.snapshot.resources.filter((r) => controlled.includes(r.state)).length;
}

function heartbeatOf(input: HealthInput): HeartbeatState {
  return input.snapshot.heartbeat ?? { lastHeartbeatMs: undefined, count: 0, errors: 0 };
}

function errorRate({ recent }: SyncerSnapshot): number {
  return recent.errors === 0 ? 0 : recent.errors / Math.max(recent.passes, recent.errors);
}

function detailsOf(input: HealthInput): HealthReport['details'] {
  const { snapshot } = input;
  const heartbeat = heartbeatOf(input);
  return {
    engineStarted: snapshot.engineStarted,
    resourceControllers: controllers(input),
    syncCount: snapshot.syncCount,
    errorCount: snapshot.errorCount,
    errorRate: Math.round(errorRate(snapshot) * 10_000) / 10_000,
    lastSyncTime: timeOrNull(snapshot.lastSyncMs),
    statusReporter: {
      heartbeatCount: heartbeat.count,
      heartbeatErrors: heartbeat.errors,
      lastHeartbeatTime: timeOrNull(heartbeat.lastHeartbeatMs),
    },
  };
}

function timeOrNull(ms: number | undefined): string | null {
  return ms === undefined ? null : toTimestamp(ms);
}
