import { configMaps } from '../informer/fake-server.fixture.js';
import {
  blockedObjects,
  countObjects,
  deletionCensus,
  heldDeletions,
  heldUids,
  mayHaveCopies,
  oldestUnsyncedAt,
} from './census.js';
import { FakeController } from './fake-controller.fixture.js';

const lone = { up: 'none', wrote: 'none' } as const;

describe('the census of deletions (S26)', () => {
  function census(...controllers: FakeController[]): unknown {
    return deletionCensus(controllers.map(({ real }) => real));
  }

  test('counts the copies of all types', () => {
    const controllers = [new FakeController(), new FakeController(configMaps)];
    for (const controller of controllers) for (const name of ['a', 'b']) controller.add(`default/${name}`);
    controllers[0]!.add('default/waiting', { down: 'none' });
    expect(census(...controllers)).toMatchObject({ owned: 4, pending: 0 });
  });

  test('says that it counts on while a type is not listed, but not for one that refuses for half a minute', () => {
    const controller = new FakeController();
    controller.ctx.store.invalidate('upstream');
    expect(census(controller)).toMatchObject({ isCounting: true });
    controller.sides.upstream.trouble = new Error('403');
    expect(census(controller)).toMatchObject({ isCounting: true });
    controller.startedAt -= 30_000;
    expect(census(controller)).toMatchObject({ isCounting: false });
    controller.sides.upstream.trouble = undefined;
    expect(census(controller)).toMatchObject({ isCounting: true });
    controller.sides.downstream.running = false;
    expect(census(controller)).toMatchObject({ isCounting: false });
  });

  test('counts as pending what is lone, and nobody saw its upstream object go', () => {
    const controller = new FakeController();
    controller.add('default/kept');
    controller.add('default/never-seen', lone);
    controller.add('default/missed', { ...lone, pair: { inferred: true } });
    expect(census(controller)).toMatchObject({ owned: 3, pending: 2 });
  });

  test('counts as pending what the configuration leaves out, and nothing that its user keeps out or froze', () => {
    const controller = new FakeController();
    controller.add('default/left-out', { up: { selected: false } });
    controller.add('default/opted-out', { up: { selected: false, optedOut: true } });
    controller.add('default/frozen', { up: { selected: false, paused: true } });
    expect(census(controller)).toEqual({ owned: 3, pending: 1, isCounting: false });
  });

  test.each([
    ['was seen to go', { ...lone, pair: { gone: 'up-1' } }],
    ['is held by an incident', { ...lone, pair: { incident: 'the type was deleted' } }],
    ['goes already', { ...lone, down: { deleting: true } }],
  ] as const)('does not count as pending what %s', (_, changes) => {
    const controller = new FakeController();
    controller.add('default/web', changes);
    expect(census(controller)).toMatchObject({ owned: 1, pending: 0 });
  });

  test('does not count what was sent away already: that was counted when it was done', () => {
    const controller = new FakeController();
    controller.add('default/web', { ...lone, pair: { goingSince: 1 } });
    expect(census(controller)).toMatchObject({ owned: 0, pending: 0 });
  });

  test('counts nothing as pending before the workspace was listed', () => {
    const controller = new FakeController();
    controller.add('default/web', lone);
    controller.ctx.store.invalidate('upstream');
    expect(census(controller)).toMatchObject({ owned: 1, pending: 0 });
  });

  test('counts nothing as pending of a type that the cluster does not serve: nothing of it can be removed', () => {
    const controller = new FakeController();
    controller.add('default/web', lone);
    controller.world.servedDownstream = false;
    expect(census(controller)).toMatchObject({ owned: 1, pending: 0 });
  });
});

describe('a namespace', () => {
  test('may have copies when one is known there', () => {
    const controller = new FakeController();
    controller.add('team/web');
    controller.add('other/web', { down: 'none' });
    expect(mayHaveCopies([controller.real], 'team')).toBe(true);
    expect(mayHaveCopies([controller.real], 'other')).toBe(false);
    expect(mayHaveCopies([controller.real], 'tea')).toBe(false);
  });

  test('may have copies while the cluster was not listed', () => {
    const controller = new FakeController();
    controller.ctx.store.invalidate('downstream');
    expect(mayHaveCopies([controller.real], 'team')).toBe(true);
    controller.world.servedDownstream = false;
    expect(mayHaveCopies([controller.real], 'team')).toBe(false);
  });
});

describe('the objects of a type', () => {
  test('are counted once each, by where they are', () => {
    const controller = new FakeController();
    controller.add('default/in-step');
    controller.add('default/pending', { down: 'none' });
    controller.add('default/failing', { up: { content: 'other' } });
    controller.add('default/failed', { up: { content: 'other' } });
    controller.add('default/held', { ...lone, pair: { held: { reason: 'EvidenceMissing', why: '403' } } });
    controller.add('default/incident', { up: { deleting: true }, pair: { incident: 'the type was deleted' } });
    controller.add('default/unselected', { up: { selected: false, held: false }, down: 'none' });
    controller.add('default/leaving', { up: { selected: false } });
    controller.add('default/frozen', { up: { paused: true } });
    controller.add('default/frozen-late', { up: { paused: true, content: 'other' } });
    const failure = { reason: 'Rejected', message: 'no', kind: 'retry' } as const;
    controller.states.fail('default/failing', failure, '');
    controller.states.fail('default/failed', { ...failure, kind: 'final' }, '');
    expect(countObjects(controller.real)).toEqual({ synced: 2, pending: 4, failed: 1, held: 2 });
  });

  test('that came back are not held any more', () => {
    const controller = new FakeController();
    controller.add('default/web', { pair: { held: { reason: 'EvidenceMissing', why: '403' }, incident: 'x' } });
    expect(countObjects(controller.real)).toMatchObject({ synced: 1, held: 0 });
    expect(heldDeletions([controller.real])).toBeUndefined();
  });
});

describe('held deletions', () => {
  test('are none when nothing is held', () => {
    const controller = new FakeController();
    controller.add('default/web');
    controller.add('default/lone', lone);
    expect(heldDeletions([controller.real])).toBeUndefined();
  });

  test('are told with number, most frequent causes and some examples, over all types', () => {
    const controllers = [new FakeController(), new FakeController(configMaps)];
    for (let i = 0; i < 4; i++) controllers[0]!.add(`default/a-${String(i)}`, { ...lone, pair: { incident: 'often' } });
    for (let i = 0; i < 3; i++)
      controllers[1]!.add(`default/b-${String(i)}`, { ...lone, pair: { held: { reason: 'x', why: 'less often' } } });
    expect(heldDeletions(controllers.map(({ real }) => real))).toEqual({
      reason: 'DeletionsHeld',
      count: 7,
      cause: 'often; less often',
      examples: [
        'deployments.apps default/a-0',
        'deployments.apps default/a-1',
        'deployments.apps default/a-2',
        'deployments.apps default/a-3',
        'configmaps default/b-0',
      ],
    });
  });

  test('for want of evidence alone are told as that', () => {
    const controller = new FakeController();
    controller.add('default/web', { ...lone, pair: { held: { reason: 'EvidenceMissing', why: '403' } } });
    expect(heldDeletions([controller.real])).toMatchObject({ reason: 'EvidenceMissing', count: 1, cause: '403' });
  });

  test('with many causes are told with the three most frequent', () => {
    const controller = new FakeController();
    for (const why of ['1', '2', '3', '4']) {
      for (let i = 0; i < Number(why); i++)
        controller.add(`default/${why}-${String(i)}`, { ...lone, pair: { incident: why } });
    }
    expect(heldDeletions([controller.real])).toMatchObject({ count: 10, cause: '4; 3; 2' });
  });
});

describe('blocked objects', () => {
  test('are the ten that have been out of step longest, of all types, with kept namespaces among them', async () => {
    const controller = new FakeController();
    const { clock } = controller.world;
    const start = clock.now();
    for (let i = 0; i < 12; i++) {
      controller.states.wait(`default/web-${String(i)}`, { reason: 'Terminating', message: 'it goes' }, 5_000);
      await clock.advance(1_000);
    }
    const kept = [{ name: 'team', message: 'Namespace team is kept.', sinceMs: start + 500 }];
    const blocked = blockedObjects([controller.real], kept);
    expect(blocked).toHaveLength(10);
    expect(blocked.slice(0, 2)).toEqual([
      {
        group: 'apps',
        resource: 'deployments',
        namespace: 'default',
        name: 'web-0',
        reason: 'Terminating',
        message: 'it goes',
        sinceMs: start,
        nextRetryMs: start + 5_000,
      },
      {
        group: '',
        resource: 'namespaces',
        namespace: '',
        name: 'team',
        reason: 'NamespaceKept',
        message: 'Namespace team is kept.',
        sinceMs: start + 500,
      },
    ]);
    expect(blocked.at(-1)).toMatchObject({ name: 'web-8' });
  });
});

test('the oldest change that is not on the other side is found among both sides of all types', () => {
  const controllers = [new FakeController(), new FakeController()];
  const real = controllers.map((controller) => controller.real);
  for (const controller of controllers) controller.add('default/in-step');
  expect(oldestUnsyncedAt(real)).toBeUndefined();
  controllers[0]?.add('default/a', { pair: { upSeenAt: 300 } });
  controllers[1]?.add('default/b', { pair: { downSeenAt: 200, upSeenAt: 400 } });
  expect(oldestUnsyncedAt(real)).toBe(200);
});

test('a human may decide on what is held, and not on what only waits for evidence or is on its way out (S26)', () => {
  const controller = new FakeController();
  const incident = 'the type was deleted';
  controller.add('default/held', { ...lone, down: { uid: 'held' }, pair: { incident } });
  controller.add('default/going', { ...lone, down: { uid: 'going', deleting: true }, pair: { incident } });
  controller.add('default/sent', { ...lone, down: { uid: 'sent' }, pair: { incident, goingSince: 1 } });
  controller.add('default/unproven', {
    ...lone,
    down: { uid: 'unproven' },
    pair: { held: { reason: 'EvidenceMissing', why: 'kcp does not answer' } },
  });
  controller.add('default/in-step', { down: { uid: 'in-step' } });
  expect(heldUids([controller.real])).toEqual(['held']);
});
