import { validateSyncTarget } from '@kcp-syncer/crds/validators.js';
import { conditionsOf, differ, type Condition, type ConditionsInput } from './conditions.js';
import { aResource, aSnapshot } from './snapshot.fixture.js';

const nowMs = Date.parse('2026-01-01T00:00:30Z');
const unreached = {
  connected: false,
  sinceMs: Date.parse('2026-01-01T00:00:10Z'),
  message: 'the cluster at https://c: nothing listens there',
};

function conditions(fields: Partial<ConditionsInput> = {}): Condition[] {
  return conditionsOf({
    snapshot: aSnapshot(),
    stopped: false,
    heartbeatPeriodMs: 30_000,
    generation: 3,
    previous: [],
    nowMs,
    ...fields,
  });
}

function brief(list: readonly Condition[]): Record<string, string> {
  return Object.fromEntries(list.map(({ type, status, reason }) => [type, `${status} ${reason}`]));
}

function message(list: readonly Condition[], type: string): string | undefined {
  return list.find((condition) => condition.type === type)?.message;
}

describe('a syncer at work', () => {
  test('has all conditions True, in the words that are promised', () => {
    const at = { observedGeneration: 3, lastTransitionTime: '2026-01-01T00:00:30Z' };
    expect(conditions()).toEqual([
      {
        type: 'Ready',
        status: 'True',
        reason: 'SyncTargetReady',
        message: 'SyncTarget is ready and operational',
        ...at,
      },
      {
        type: 'SyncerReady',
        status: 'True',
        reason: 'SyncerConnected',
        message: 'Syncer is connected and sending heartbeats',
        ...at,
      },
      {
        type: 'HeartbeatReady',
        status: 'True',
        reason: 'HeartbeatReceived',
        message: 'Heartbeats are received every 30 s',
        ...at,
      },
      {
        type: 'ResourcesReady',
        status: 'True',
        reason: 'AllServed',
        message: 'All resources that are needed can be synced',
        ...at,
      },
      { type: 'DeletionsAllowed', status: 'True', reason: 'NoneHeld', message: 'No deletion is held back', ...at },
    ]);
  });

  test.each([
    [
      'downstream',
      'ClusterCredentialsRefused',
      'The cluster refuses the credentials since 2026-01-01T00:00:10Z, and statuses in the workspace are as old as that; nothing is written or deleted there until they are renewed: they expired',
    ],
    [
      'upstream',
      'KcpCredentialsRefused',
      'kcp refuses the credentials since 2026-01-01T00:00:10Z; nothing is read or deleted until they are renewed: they expired',
    ],
  ])('is not ready while the credentials of %s are refused, and says since when (S37)', (side, reason, words) => {
    const snapshot = aSnapshot();
    const refused = { ...unreached, refused: true, message: 'they expired' };
    const found = conditions({
      snapshot: { ...snapshot, connectivity: { ...snapshot.connectivity, [side]: refused } },
    });
    expect(brief(found)).toMatchObject({ Ready: `False ${reason}`, SyncerReady: `False ${reason}` });
    expect(message(found, 'SyncerReady')).toBe(words);
  });

  test('is not ready while the cluster cannot be reached, and says since when statuses are stale', () => {
    const snapshot = aSnapshot();
    const cut = conditions({
      snapshot: { ...snapshot, connectivity: { ...snapshot.connectivity, downstream: unreached } },
    });
    expect(brief(cut)).toMatchObject({
      Ready: 'False ClusterUnreachable',
      SyncerReady: 'False ClusterUnreachable',
      HeartbeatReady: 'True HeartbeatReceived',
      ResourcesReady: 'True AllServed',
    });
    expect(message(cut, 'Ready')).toBe(
      'The cluster cannot be reached since 2026-01-01T00:00:10Z, and statuses in the workspace are as old as that: the cluster at https://c: nothing listens there',
    );
  });

  test('is not ready while the workspace cannot be read', () => {
    const snapshot = aSnapshot();
    const cut = conditions({
      snapshot: { ...snapshot, connectivity: { ...snapshot.connectivity, upstream: unreached } },
    });
    expect(brief(cut)).toMatchObject({ Ready: 'False KcpUnreachable', SyncerReady: 'False KcpUnreachable' });
  });

  test('is not ready while it has a problem; all problems are told, the first gives the reason', () => {
    const problems = [
      { reason: 'ClusterChanged', message: 'the cluster is another' },
      { reason: 'QueueStuck', message: 'nothing moved for 10 minutes' },
    ];
    const troubled = conditions({ snapshot: aSnapshot({ problems }) });
    expect(brief(troubled)).toMatchObject({ Ready: 'False ClusterChanged', SyncerReady: 'False ClusterChanged' });
    expect(message(troubled, 'SyncerReady')).toBe('the cluster is another; nothing moved for 10 minutes');
  });
});

describe('resources', () => {
  test.each([
    ['NotServed', 'ResourceNotServed'],
    ['NotPermitted', 'ResourceNotPermitted'],
    ['Incompatible', 'ResourceIncompatible'],
  ] as const)('one that is needed and %s makes the SyncTarget not ready', (state, reason) => {
    const resources = [
      aResource({ resource: 'services', group: '' }),
      aResource({ state, required: true, message: 'add a rule' }),
    ];
    const list = conditions({ snapshot: aSnapshot({ resources }) });
    expect(brief(list)).toMatchObject({
      Ready: `False ${reason}`,
      SyncerReady: 'True SyncerConnected',
      ResourcesReady: `False ${reason}`,
    });
    expect(message(list, 'ResourcesReady')).toBe('deployments.apps: add a rule');
  });

  test('one that nobody needs does not', () => {
    const resources = [
      aResource({ state: 'NotPermitted', message: 'add a rule' }),
      aResource({ resource: 'jobs', state: 'Pending', required: true }),
    ];
    expect(brief(conditions({ snapshot: aSnapshot({ resources }) }))).toMatchObject({ Ready: 'True SyncTargetReady' });
  });
});

describe('held deletions', () => {
  test('make the SyncTarget not ready, with number, cause and examples', () => {
    const held = {
      reason: 'DeletionsHeld',
      count: 12,
      cause: 'the workspace was set back',
      examples: ['deployments.apps default/a', 'services default/b'],
    };
    const list = conditions({ snapshot: aSnapshot({ held }) });
    expect(brief(list)).toMatchObject({ Ready: 'False DeletionsHeld', DeletionsAllowed: 'False DeletionsHeld' });
    expect(message(list, 'DeletionsAllowed')).toBe(
      '12 deletions are held back: the workspace was set back; such as deployments.apps default/a, services default/b',
    );
  });

  test('one deletion is told in the singular', () => {
    const held = { reason: 'DeletionsHeld', count: 1, cause: 'the type is gone', examples: [] };
    expect(message(conditions({ snapshot: aSnapshot({ held }) }), 'Ready')).toBe(
      '1 deletion is held back: the type is gone',
    );
  });
});

test('a syncer that starts claims nothing that it does not know', () => {
  expect(brief(conditions({ snapshot: aSnapshot({ engineStarted: false }) }))).toEqual({
    Ready: 'False Starting',
    SyncerReady: 'False Starting',
    HeartbeatReady: 'True HeartbeatReceived',
    ResourcesReady: 'Unknown Starting',
    DeletionsAllowed: 'Unknown Starting',
  });
});

test('a syncer that was asked to stop leaves Unknown behind', () => {
  expect(brief(conditions({ stopped: true }))).toMatchObject({
    Ready: 'Unknown Stopped',
    SyncerReady: 'Unknown Stopped',
    HeartbeatReady: 'Unknown Stopped',
  });
});

describe('lastTransitionTime', () => {
  const before = conditions({ nowMs: 0 });

  test('stays when only reason, message or generation changed', () => {
    const resources = [aResource({ state: 'NotServed', required: true, message: 'm' })];
    const first = conditions({ snapshot: aSnapshot({ resources }), nowMs: 0 });
    const held = { reason: 'DeletionsHeld', count: 1, cause: 'c', examples: [] };
    const second = conditions({ snapshot: aSnapshot({ held }), previous: first, generation: 4 });
    expect(second[0]).toMatchObject({
      type: 'Ready',
      reason: 'DeletionsHeld',
      lastTransitionTime: '1970-01-01T00:00:00Z',
    });
  });

  test('moves with the status, of that condition alone', () => {
    const held = { reason: 'DeletionsHeld', count: 1, cause: 'c', examples: [] };
    const after = conditions({ snapshot: aSnapshot({ held }), previous: before });
    const moved = after.filter((condition) => condition.lastTransitionTime === '2026-01-01T00:00:30Z');
    expect(moved.map((condition) => condition.type)).toEqual(['Ready', 'DeletionsAllowed']);
  });
});

describe('differ', () => {
  test('sees status, reason and generation, and no words or times', () => {
    const held = (count: number) =>
      conditions({
        snapshot: aSnapshot({ held: { reason: 'DeletionsHeld', count, cause: 'c', examples: [] } }),
        nowMs: count,
      });
    expect(differ(held(1), held(2))).toBe(false);
    expect(differ(held(1), conditions())).toBe(true);
    expect(differ(conditions(), conditions({ generation: 4 }))).toBe(true);
    expect(differ([], conditions())).toBe(true);
  });
});

test('messages of any length and kind fit the schema', () => {
  const problems = Array.from({ length: 200 }, () => ({ reason: 'QueueStuck', message: '𝒳'.repeat(500) }));
  const list = conditions({ snapshot: aSnapshot({ problems }) });
  expect(validateSyncTarget({ metadata: { name: 'a' }, status: { conditions: list } })).toEqual([]);
  expect(message(list, 'Ready')).toMatch(/^𝒳+.*…$/u);
});
