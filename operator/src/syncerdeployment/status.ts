import { toTimestamp } from '@kcp-syncer/syncer-runtime/base/clock.js';
import { ownerHash } from '@kcp-syncer/syncer-runtime/object/marks.js';
import { reasons } from '@kcp-syncer/syncer-runtime/object/reasons.js';
import type { SyncerSnapshot } from '@kcp-syncer/syncer-runtime/observe/snapshot.js';
import { conditionOf, type Verdict } from '@kcp-syncer/syncer-runtime/synctarget/conditions.js';
import { statusOf } from '@kcp-syncer/syncer-runtime/synctarget/status.js';
import type { Prepared } from './prepare.js';
import type { RunnerState } from './runner-state.js';
import type { Condition, Status } from './syncer-deployment.js';

export interface StatusInput {
  readonly state: RunnerState;
  /** Of the SyncerDeployment that the state takes into account. */
  readonly generation: number;
  /** As it was reported last. */
  readonly previous: Status;
  /** What was learnt of the two ends; undefined before the first contact. */
  readonly ends: Prepared | undefined;
  readonly syncTargetName: string;
  /** What people run when kcp takes the credentials no more. */
  readonly renewCommand: string;
  /** The replica that runs the syncer. */
  readonly holder: string;
  readonly heartbeatPeriodMs: number;
  /** Wall clock. */
  readonly nowMs: number;
}

/** After so many periods without a heartbeat a syncer that should run is taken for hung. */
export const SILENT_PERIODS = 3;

/**
 * The whole status of a SyncerDeployment. While its syncer runs, it says what the SyncTarget says; else why not, and
 * what was known last of the objects stays.
 */
export function statusOfDeployment(input: StatusInput): Status {
  const { state, previous, ends, generation, holder } = input;
  const shown = state.phase === 'Running' ? running(input, state.syncer.snapshot()) : known(previous);
  return {
    ...shown,
    ...pinsOf(previous, ends),
    ...(ends && { syncTargetUID: ends.syncTargetUid, syncerIdentifier: identifierOf(input, ends) }),
    observedGeneration: generation,
    holder,
    conditions: conditionsOf(input, shown.conditions ?? []).map((one) => withCommand(one, input)),
  };
}

function withCommand(condition: Condition, { renewCommand }: StatusInput): Condition {
  if (condition.reason !== reasons.KcpCredentialsRefused) return condition;
  return { ...condition, message: `${condition.message}; new ones are made by: ${renewCommand}` };
}

function identifierOf({ syncTargetName }: StatusInput, { workspaceCluster }: Prepared): string {
  return `syncer-${ownerHash(workspaceCluster, syncTargetName)}`;
}

/** Pinned at first contact, and never changed by us after that (S7). */
function pinsOf(previous: Status, ends: Prepared | undefined): Pick<Status, 'workspaceCluster' | 'clusterUID'> {
  const { workspaceCluster = ends?.workspaceCluster, clusterUID = ends?.clusterUid } = previous;
  return {
    ...(workspaceCluster !== undefined && { workspaceCluster }),
    ...(clusterUID !== undefined && { clusterUID }),
  };
}

type Shown = Pick<
  Status,
  'lastHeartbeatTime' | 'heartbeat' | 'resourceSyncStatus' | 'resources' | 'blocked' | 'conditions'
>;

/** What a status says of heartbeats and objects. */
function known({ lastHeartbeatTime, heartbeat, resourceSyncStatus, resources, blocked }: Status): Shown {
  return {
    ...(lastHeartbeatTime !== undefined && { lastHeartbeatTime }),
    ...(heartbeat && { heartbeat }),
    ...(resourceSyncStatus && { resourceSyncStatus }),
    ...(resources && { resources }),
    ...(blocked && { blocked }),
  };
}

function running(input: StatusInput, snapshot: SyncerSnapshot): Shown {
  const { count = 0, errors = 0, lastHeartbeatMs } = snapshot.heartbeat ?? {};
  const whole = statusOf({
    ...input,
    snapshot,
    claimant: { syncerIdentifier: '', syncerInstance: '' },
    heartbeat: { count, errors },
    previous: input.previous,
    stopped: false,
  });
  const { lastHeartbeatTime: _time, heartbeat: _heartbeat, conditions, ...objects } = whole;
  const last = lastHeartbeatMs === undefined ? input.previous.lastHeartbeatTime : toTimestamp(lastHeartbeatMs);
  return {
    ...known(objects),
    ...(last !== undefined && { lastHeartbeatTime: last, heartbeat: { count, lastHeartbeat: last, errors } }),
    ...(conditions && { conditions }),
  };
}

function conditionsOf(input: StatusInput, ofSyncer: readonly Condition[]): Condition[] {
  const { state } = input;
  if (state.phase !== 'Running') return notRunning(state).map((verdict) => asCondition(verdict, input));
  const silence = silenceOf(input, state.syncer.snapshot());
  if (!silence) return [...ofSyncer];
  const verdicts = [{ ...silence, type: 'Ready' }, silence].map((verdict) => asCondition(verdict, input));
  return ofSyncer.map((condition) => verdicts.find(({ type }) => type === condition.type) ?? condition);
}

/** By our own clock: the heartbeats are this process's own (S38). */
function silenceOf({ nowMs, heartbeatPeriodMs }: StatusInput, { heartbeat }: SyncerSnapshot): Verdict | undefined {
  const lastMs = heartbeat?.lastHeartbeatMs;
  if (lastMs === undefined || nowMs - lastMs < SILENT_PERIODS * heartbeatPeriodMs) return undefined;
  return {
    type: 'HeartbeatReady',
    status: 'False',
    reason: reasons.HeartbeatMissing,
    message: `The SyncTarget has not heard from the syncer since ${toTimestamp(lastMs)}; the condition SyncerReady says what it lacks`,
  };
}

const phaseReasons = { Starting: reasons.Starting, Leaving: reasons.Disconnecting } as const;

function notRunning(state: Exclude<RunnerState, { phase: 'Running' }>): Verdict[] {
  const reason = state.phase === 'Failed' ? state.reason : phaseReasons[state.phase];
  const { message } = state;
  const verdict = (type: string, status: Verdict['status']): Verdict => ({ type, status, reason, message });
  const aspects = ['HeartbeatReady', 'ResourcesReady', 'DeletionsAllowed'].map((type) => verdict(type, 'Unknown'));
  const abnormal = state.phase === 'Failed' && state.isFinal ? 'Stalled' : 'Reconciling';
  return [verdict('Ready', 'False'), verdict('SyncerReady', 'False'), ...aspects, verdict(abnormal, 'True')];
}

function asCondition(verdict: Verdict, { previous, generation, nowMs }: StatusInput): Condition {
  return conditionOf(verdict, { previous: previous.conditions ?? [], generation, nowMs });
}
