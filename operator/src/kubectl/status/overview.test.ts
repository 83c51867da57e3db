import type { Deployment } from '../deployments.js';
import { overview } from './overview.js';
import { report } from './report.js';

const nowMs = Date.parse('2026-01-02T00:00:00Z');
const lastTransitionTime = '2026-01-01T23:00:00Z';

function condition(
  type: string,
  status: 'True' | 'False',
  { reason = 'Fine', message = 'fine' }: { reason?: string; message?: string } = {},
): object {
  return { type, status, reason, message, lastTransitionTime };
}

function deployment(status?: object): Deployment {
  return {
    metadata: { namespace: 'n', name: 'team-a' },
    spec: { workspace: 'root:team-a', syncTarget: { name: 'my-cluster' } },
    ...(status && { status }),
  } as unknown as Deployment;
}

const healthy = {
  lastHeartbeatTime: '2026-01-01T23:59:50Z',
  resourceSyncStatus: { syncedResources: 3, pendingResources: 1, failedResources: 0 },
  conditions: [condition('Ready', 'True'), condition('DeletionsAllowed', 'True')],
};

test('one that is well is one row, and nothing more', () => {
  expect(overview([deployment(healthy)], nowMs)).toBe(
    'NAMESPACE   NAME     WORKSPACE     READY   SYNCED   PENDING   FAILED   HEARTBEAT\n' +
      'n           team-a   root:team-a   True    3        1         0        10s\n',
  );
});

test('what is wrong is told under the table, each thing once', () => {
  const wrong = condition('Ready', 'False', { reason: 'DeletionsHeld', message: '3 are held' });
  const conditions = [wrong, { ...wrong, type: 'DeletionsAllowed' }, condition('Stalled', 'False')];
  const blocked = [
    {
      group: 'apps',
      resource: 'deployments',
      namespace: 'd',
      name: 'web',
      reason: 'Conflict',
      message: 'x\ny',
      sinceTime: lastTransitionTime,
    },
  ];
  const [, below] = overview([deployment({ ...healthy, conditions, blocked })], nowMs).split('\n\n');
  expect(below).toBe(
    'team-a: DeletionsHeld: 3 are held\n' + 'team-a: deployments.apps d/web is not in step for 1h, Conflict: x\\ny\n',
  );
});

const starting = { reason: 'Starting', message: 'connecting' };

test('Reconciling and Stalled are told while they are there', () => {
  const conditions = [condition('Ready', 'False', starting), condition('Reconciling', 'True', starting)];
  expect(overview([deployment({ conditions })], nowMs)).toContain('team-a: Starting: connecting\n');
});

test('one that no operator takes up says so', () => {
  expect(overview([deployment()], nowMs)).toMatch(/Unknown +- +- +- +-\n\nteam-a: the operator has not taken it up/);
  expect(report(deployment(), nowMs)).toMatch(/The operator has not taken it up/);
});

test('the report of one says all that its status says', () => {
  const resources = [{ resource: 'services', state: 'NotPermitted', message: 'grant list' }];
  const text = report(deployment({ ...healthy, holder: 'replica-0', workspaceCluster: 'abc', resources }), nowMs);
  for (const part of [
    /Logical cluster: +abc/,
    /Run by: +replica-0/,
    /Last heartbeat: +10s ago/,
    /Ready +True +1h +Fine +fine/,
  ])
    expect(text).toMatch(part);
  expect(text).toMatch(/services +NotPermitted +0 +0 +0 +grant list/);
});
