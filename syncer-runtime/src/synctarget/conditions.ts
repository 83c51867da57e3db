import type { SyncTargetStatusConditionsItem as Condition } from '@kcp-syncer/crds/generated/synctarget.js';
import { toTimestamp } from '../base/clock.js';
import { reasons } from '../object/reasons.js';
import { typeName } from '../object/types.js';
import { decisionInWords } from '../object/decisions.js';
import { notAskedFor } from '../sync/evidence/guard.js';
import type { Connectivity, HeldDeletions, ResourceSnapshot, SyncerSnapshot } from '../observe/snapshot.js';
import { fit } from './fit.js';

export type { Condition };

/** Of the schema. */
const MESSAGE_LENGTH = 2048;

export interface ConditionsInput {
  readonly snapshot: SyncerSnapshot;
  /** Whether this is the last report of a syncer that was asked to stop. */
  readonly stopped: boolean;
  readonly heartbeatPeriodMs: number;
  /** The generation of the SyncTarget that the snapshot takes into account. */
  readonly generation: number;
  /** As they were reported last. */
  readonly previous: readonly Condition[];
  /** Wall clock. */
  readonly nowMs: number;
}

/** What is found of one aspect. */
export interface Verdict {
  readonly type: string;
  readonly status: Condition['status'];
  readonly reason: string;
  readonly message: string;
}

/**
 * The conditions of the SyncTarget. Ready is True only when all others are, and else says what the first of them says
 * that is not, in the order of this list. `lastTransitionTime` moves with `status` alone.
 */
export function conditionsOf(input: ConditionsInput): Condition[] {
  const aspects = [
    syncerReady(input), // connected to both sides and at work
    heartbeatReady(input), // reports
    resourcesReady(input.snapshot), // can sync what it has to
    deletionsAllowed(input.snapshot), // holds no deletion back
  ];
  return [ready(aspects), ...aspects].map((verdict) => conditionOf(verdict, input));
}

/** A verdict as a condition; `lastTransitionTime` moves with `status` alone. */
export function conditionOf(
  verdict: Verdict,
  input: Pick<ConditionsInput, 'previous' | 'generation' | 'nowMs'>,
): Condition {
  const before = input.previous.find((condition) => condition.type === verdict.type);
  const lastTransitionTime = before?.status === verdict.status ? before.lastTransitionTime : toTimestamp(input.nowMs);
  const message = fit(verdict.message, MESSAGE_LENGTH);
  return { ...verdict, message, observedGeneration: input.generation, lastTransitionTime };
}

function ready(aspects: readonly Verdict[]): Verdict {
  const wanting = aspects.find((aspect) => aspect.status !== 'True');
  if (wanting) return { ...wanting, type: 'Ready' };
  return {
    type: 'Ready',
    status: 'True',
    reason: reasons.SyncTargetReady,
    message: 'SyncTarget is ready and operational',
  };
}

function syncerReady({ snapshot, stopped }: ConditionsInput): Verdict {
  const type = 'SyncerReady';
  if (stopped)
    return {
      type,
      status: 'Unknown',
      reason: reasons.Stopped,
      message: 'The syncer was asked to stop; objects stay as they are until it starts again',
    };
  const trouble = disconnected(snapshot) ?? problem(snapshot);
  if (trouble) return { type, status: 'False', ...trouble };
  if (!snapshot.engineStarted)
    return { type, status: 'False', reason: reasons.Starting, message: 'The syncer is starting' };
  return {
    type,
    status: 'True',
    reason: reasons.SyncerConnected,
    message: 'Syncer is connected and sending heartbeats',
  };
}

type Trouble = Pick<Verdict, 'reason' | 'message'>;

function disconnected({ connectivity: { upstream, downstream } }: SyncerSnapshot): Trouble | undefined {
  if (isBroken(downstream)) return downstreamTrouble(downstream);
  return isBroken(upstream) ? upstreamTrouble(upstream) : undefined;
}

/** Before the first answer nothing is known, and nothing is said. */
function isBroken({ connected, message }: Connectivity): boolean {
  return !connected && message !== '';
}

function downstreamTrouble({ refused, sinceMs, message: why }: Connectivity): Trouble {
  const since = toTimestamp(sinceMs);
  const stale = 'and statuses in the workspace are as old as that';
  if (refused) {
    const message = `The cluster refuses the credentials since ${since}, ${stale}; nothing is written or deleted there until they are renewed: ${why}`;
    return { reason: reasons.ClusterCredentialsRefused, message };
  }
  const message = `The cluster cannot be reached since ${since}, ${stale}: ${why}`;
  return { reason: reasons.ClusterUnreachable, message };
}

function upstreamTrouble({ refused, sinceMs, message: why }: Connectivity): Trouble {
  const since = toTimestamp(sinceMs);
  if (refused) {
    const message = `kcp refuses the credentials since ${since}; nothing is read or deleted until they are renewed: ${why}`;
    return { reason: reasons.KcpCredentialsRefused, message };
  }
  return { reason: reasons.KcpUnreachable, message: `The workspace cannot be reached since ${since}: ${why}` };
}

function problem({ problems }: SyncerSnapshot): Trouble | undefined {
  const [first] = problems;
  return first && { reason: first.reason, message: joined(problems.map((one) => one.message)) };
}

/** That this can be read is the heartbeat; what the reader has to judge is its age. */
function heartbeatReady({ stopped, heartbeatPeriodMs }: ConditionsInput): Verdict {
  const type = 'HeartbeatReady';
  if (stopped) return { type, status: 'Unknown', reason: reasons.Stopped, message: 'The syncer was asked to stop' };
  const message = `Heartbeats are received every ${heartbeatPeriodMs / 1000} s`;
  return { type, status: 'True', reason: reasons.HeartbeatReceived, message };
}

const faults: Readonly<Partial<Record<ResourceSnapshot['state'], string>>> = {
  NotServed: reasons.ResourceNotServed,
  NotPermitted: reasons.ResourceNotPermitted,
  Incompatible: reasons.ResourceIncompatible,
};

function resourcesReady({ resources, engineStarted }: SyncerSnapshot): Verdict {
  const type = 'ResourcesReady';
  const bad = resources.filter((resource) => resource.required && faults[resource.state] !== undefined);
  const reason = bad[0] && faults[bad[0].state];
  if (reason !== undefined) {
    return { type, status: 'False', reason, message: joined(bad.map(faultMessage)) };
  }
  if (!engineStarted)
    return {
      type,
      status: 'Unknown',
      reason: reasons.Starting,
      message: 'The syncer is finding out what both sides serve',
    };
  return { type, status: 'True', reason: reasons.AllServed, message: 'All resources that are needed can be synced' };
}

function faultMessage(resource: ResourceSnapshot): string {
  const name = typeName(resource);
  return resource.message.includes(name) ? resource.message : `${name}: ${resource.message}`;
}

/** One message of many sentences, with or without a full stop at their ends. */
function joined(sentences: readonly string[]): string {
  return sentences.map((sentence) => sentence.replace(/\.$/, '')).join('; ');
}

function deletionsAllowed({ held, engineStarted }: SyncerSnapshot): Verdict {
  const type = 'DeletionsAllowed';
  if (held && held.count > 0) return { type, status: 'False', reason: held.reason, message: heldMessage(held) };
  if (!engineStarted)
    return {
      type,
      status: 'Unknown',
      reason: reasons.Starting,
      message: 'The syncer is starting; nothing is deleted yet',
    };
  return { type, status: 'True', reason: reasons.NoneHeld, message: 'No deletion is held back' };
}

function heldMessage({ count, cause, examples, id }: HeldDeletions): string {
  const number = count === 1 ? '1 deletion is held back' : `${count} deletions are held back`;
  const such = examples.length > 0 ? `; such as ${examples.join(', ')}` : '';
  return `${number}: ${cause}${such}${id === undefined ? '' : `; ${decisionInWords(id)}`}`;
}

/** What a former run held back and reported, and which is held on until the first lists say what is left of it (S26). */
export function heldBefore(conditions: readonly Condition[]): HeldDeletions | undefined {
  const condition = conditions.find(({ type }) => type === 'DeletionsAllowed');
  if (condition?.status !== 'False' || condition.reason !== reasons.DeletionsHeld) return undefined;
  // What the guard held is counted anew.
  if (condition.message.includes(notAskedFor)) return undefined;
  const parts = /^(\d+) deletions? (?:is|are) held back: (.*?)(?:; (?:such as|to have them deleted) .*)?$/s.exec(
    condition.message,
  );
  return {
    reason: condition.reason,
    count: Number(parts?.[1] ?? 1),
    cause: parts?.[2] ?? condition.message,
    examples: [],
  };
}

/** Whether the two differ in more than words and times: then nobody should wait for the next heartbeat to see it. */
export function differ(before: readonly Condition[], after: readonly Condition[]): boolean {
  return essence(before) !== essence(after);
}

function essence(conditions: readonly Condition[]): string {
  const parts = conditions.map(({ type, status, reason, observedGeneration }) =>
    [type, status, reason, observedGeneration ?? 0].join(' '),
  );
  return parts.sort().join('\n');
}
