import { oneLine } from '@kcp-syncer/syncer-runtime/observe/log-line.js';
import type { Condition, Status } from '../../syncerdeployment/syncer-deployment.js';
import { conditionOf, type Deployment } from '../deployments.js';
import { age, table } from '../output.js';

type Blocked = NonNullable<Status['blocked']>[number];

const head = ['NAMESPACE', 'NAME', 'WORKSPACE', 'READY', 'SYNCED', 'PENDING', 'FAILED', 'HEARTBEAT'];

/** All SyncerDeployments in a table; under it what is not as it should be, each thing in one line. */
export function overview(all: readonly Deployment[], nowMs: number): string {
  const notes = all.flatMap((one) => notesOf(one, nowMs).map((note) => `${one.metadata.name}: ${note}`));
  const rows = table(
    head,
    all.map((one) => rowOf(one, nowMs)),
  );
  return notes.length === 0 ? rows : `${rows}\n${notes.map(oneLine).join('\n')}\n`;
}

function rowOf(one: Deployment, nowMs: number): string[] {
  const { syncedResources, pendingResources, failedResources } = one.status?.resourceSyncStatus ?? {};
  return [
    one.metadata.namespace,
    one.metadata.name,
    one.spec.workspace,
    conditionOf(one, 'Ready')?.status ?? 'Unknown',
    ...[syncedResources, pendingResources, failedResources].map((count) => String(count ?? '')),
    age(one.status?.lastHeartbeatTime, nowMs),
  ];
}

/** Ready repeats what the condition says that makes it False. */
function notesOf(one: Deployment, nowMs: number): string[] {
  const conditions = one.status?.conditions;
  if (!conditions) return ['the operator has not taken it up: does it run, and does it watch the namespace?'];
  const wrong = conditions.filter(isWrong);
  const texts = new Set(wrong.map(({ reason, message }) => `${reason}: ${message}`));
  return [...texts, ...(one.status.blocked ?? []).map((object) => blockedLine(object, nowMs))];
}

/** Reconciling and Stalled are there only when something is not as usual; the others are well when True. */
function isWrong({ type, status }: Condition): boolean {
  return (type === 'Reconciling' || type === 'Stalled') === (status === 'True');
}

/** One object that is not in step, and why. */
export function blockedLine(object: Blocked, nowMs: number): string {
  const { resource, group, namespace, name, reason, message = '', sinceTime, nextRetryTime } = object;
  const type = group === '' ? resource : `${resource}.${group}`;
  const since = sinceTime === undefined ? '' : ` for ${age(sinceTime, nowMs)}`;
  const next = nextRetryTime === undefined ? '' : `; next try at ${nextRetryTime}`;
  return `${type} ${namespace}/${name} is not in step${since}, ${reason}: ${message}${next}`;
}
