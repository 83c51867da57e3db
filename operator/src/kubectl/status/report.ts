import { oneLine } from '@kcp-syncer/syncer-runtime/observe/log-line.js';
import type { Deployment } from '../deployments.js';
import { age, table } from '../output.js';
import { blockedLine } from './overview.js';

/** Everything that the status of one SyncerDeployment says, for people. */
export function report(one: Deployment, nowMs: number): string {
  return [head(one, nowMs), conditions(one, nowMs), resources(one), blocked(one, nowMs)]
    .filter((part) => part !== '')
    .join('\n');
}

function head({ metadata, spec, status }: Deployment, nowMs: number): string {
  const lines: readonly (readonly [string, string | undefined])[] = [
    ['Name', `${metadata.namespace}/${metadata.name}`],
    ['Workspace', spec.workspace],
    ['Logical cluster', status?.workspaceCluster],
    ['SyncTarget', spec.syncTarget.name],
    ['Run by', status?.holder],
    ['Last heartbeat', status?.lastHeartbeatTime && `${age(status.lastHeartbeatTime, nowMs)} ago`],
  ];
  return lines.map(([name, value]) => `${`${name}:`.padEnd(17)}${oneLine(value ?? '-')}\n`).join('');
}

function conditions({ status }: Deployment, nowMs: number): string {
  const all = status?.conditions ?? [];
  if (all.length === 0) return 'The operator has not taken it up: does it run, and does it watch the namespace?\n';
  return table(
    ['CONDITION', 'STATUS', 'SINCE', 'REASON', 'MESSAGE'],
    all.map(({ type, status: state, lastTransitionTime, reason, message }) => [
      type,
      state,
      age(lastTransitionTime, nowMs),
      reason,
      message,
    ]),
  );
}

function resources({ status }: Deployment): string {
  const all = status?.resources ?? [];
  if (all.length === 0) return '';
  return table(
    ['RESOURCE', 'STATE', 'SYNCED', 'PENDING', 'FAILED', 'MESSAGE'],
    all.map(({ resource, state, synced = 0, pending = 0, failed = 0, message = '' }) => [
      resource,
      state,
      String(synced),
      String(pending),
      String(failed),
      message,
    ]),
  );
}

function blocked({ status }: Deployment, nowMs: number): string {
  return (status?.blocked ?? []).map((object) => `${oneLine(blockedLine(object, nowMs))}\n`).join('');
}
