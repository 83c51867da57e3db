import { configMaps, deployments, FakeServer } from '../informer/fake-server.fixture.js';
import type { TypeChoice } from '../select/types.js';
import { FakeController } from './fake-controller.fixture.js';
import { resourceSnapshots } from './resource-snapshots.js';
import type { TypeEntry } from './type-set.js';

const chosen: TypeChoice = {
  group: 'apps',
  resource: 'deployments',
  named: false,
  outcome: { upstream: deployments, downstream: deployments },
};
const notServed: TypeChoice = {
  group: 'example.com',
  resource: 'widgets',
  named: false,
  outcome: { state: 'NotServed', message: 'The cluster does not serve widgets.example.com.' },
};

const selection = { include: ['*'], exclude: [] };

function entry(controller: FakeController, choice = chosen): TypeEntry {
  return { choice, controller: controller.real };
}

function forbidden(): Error {
  return new FakeServer('upstream').refusal(403, 'Forbidden');
}

test('a type that is synced is told with version, identity and counts', () => {
  const controller = new FakeController();
  controller.definition = 'crd-uid';
  controller.queue.length = 3;
  controller.add('default/a');
  controller.add('default/b', { down: 'none' });
  expect(resourceSnapshots([entry(controller)], { stored: [], selection, started: true })).toEqual([
    {
      group: 'apps',
      resource: 'deployments',
      version: 'v1',
      identity: 'crd-uid',
      state: 'Synced',
      synced: 1,
      pending: 1,
      failed: 0,
      message: '',
      required: true,
      gvk: 'apps/v1/Deployment',
      backlog: 3,
    },
  ]);
});

test('before its lists are complete it is pending', () => {
  const controller = new FakeController();
  controller.ctx.store.invalidate('downstream');
  expect(resourceSnapshots([entry(controller)], { stored: [], selection, started: true })[0]).toMatchObject({
    state: 'Pending',
    message: 'The first list of deployments.apps is not complete.',
  });
});

test.each([
  ['upstream', 'workspace'],
  ['downstream', 'cluster'],
] as const)('one whose %s side may not be read says which rule to add where', (side, where) => {
  const controller = new FakeController();
  controller.sides[side].trouble = forbidden();
  expect(resourceSnapshots([entry(controller)], { stored: [], selection, started: true })[0]).toMatchObject({
    state: 'NotPermitted',
    message: `The credentials may not read deployments.apps in the ${where}; add the rule {"apiGroups":["apps"],"resources":["deployments"],"verbs":["get","list","watch"]} there.`,
  });
});

describe('a type that was never permitted', () => {
  const stored = { resource: 'deployments.apps', version: 'v1', identity: 'crd-uid' };

  function snapshot(choice: TypeChoice, before: readonly (typeof stored)[] = []): object | undefined {
    const controller = new FakeController();
    controller.ctx.store.invalidate('downstream');
    controller.sides.downstream.trouble = forbidden();
    return resourceSnapshots([entry(controller, choice)], { stored: before, selection, started: true })[0];
  }

  test('is missed by nobody, and is not told as one that was worked on', () => {
    expect(snapshot(chosen)).toMatchObject({ state: 'NotPermitted', required: false, version: '' });
  });

  test('is missed by who named it', () => {
    expect(snapshot({ ...chosen, named: true })).toMatchObject({
      state: 'NotPermitted',
      required: true,
      version: 'v1',
    });
  });

  test('is missed when a former run synced it', () => {
    expect(snapshot(chosen, [stored])).toMatchObject({ state: 'NotPermitted', required: true, version: 'v1' });
  });

  test('is missed when its lists were complete once', () => {
    const controller = new FakeController();
    controller.sides.downstream.trouble = forbidden();
    expect(resourceSnapshots([entry(controller)], { stored: [], selection, started: true })[0]).toMatchObject({
      state: 'NotPermitted',
      required: true,
      version: 'v1',
    });
  });
});

test('other trouble is no missing permission', () => {
  const controller = new FakeController();
  controller.sides.upstream.trouble = new FakeServer('upstream').unreachable();
  expect(resourceSnapshots([entry(controller)], { stored: [], selection, started: true })[0]).toMatchObject({
    state: 'Synced',
  });
});

test.each([
  ['upstream', 'workspace'],
  ['downstream', 'cluster'],
] as const)('one that the %s side does not serve now says so', (side, where) => {
  const controller = new FakeController();
  controller.sides[side].running = false;
  expect(resourceSnapshots([entry(controller)], { stored: [], selection, started: true })[0]).toMatchObject({
    state: 'NotServed',
    message: `The ${where} does not serve deployments.apps now.`,
    required: true,
  });
});

test('one that is not served any more says why', () => {
  const controller = new FakeController();
  controller.sides.upstream.running = false;
  const gone: TypeChoice = { ...chosen, outcome: { state: 'NotServed', message: 'It is gone.' } };
  expect(resourceSnapshots([entry(controller, gone)], { stored: [], selection, started: true })[0]).toMatchObject({
    state: 'NotServed',
    message: 'It is gone.',
  });
});

test('one that cannot be synced is required when somebody named it, or it was synced before', () => {
  const [unnamed, named] = [notServed, { ...notServed, resource: 'gadgets', named: true }];
  const before = [{ resource: 'widgets.example.com', version: 'v1', identity: 'uid' }];
  expect(
    resourceSnapshots([{ choice: unnamed }, { choice: named }], { stored: [], selection, started: true }),
  ).toMatchObject([
    { resource: 'widgets', state: 'NotServed', version: '', identity: '', required: false },
    { resource: 'gadgets', required: true },
  ]);
  expect(resourceSnapshots([{ choice: unnamed }], { stored: before, selection, started: true })).toMatchObject([
    { required: true },
  ]);
});

test('one that was synced before and is served nowhere now keeps its identity: a successor is not the same type', () => {
  const stored = [
    { resource: 'widgets.example.com', version: 'v1', identity: 'uid' },
    { resource: 'services', identity: '' },
    { resource: 'deployments.apps', version: 'v1', identity: 'former' },
  ];
  expect(resourceSnapshots([entry(new FakeController())], { stored, selection, started: true }).slice(1)).toMatchObject(
    [
      { group: 'example.com', resource: 'widgets', version: 'v1', identity: 'uid', state: 'NotServed', required: true },
      { group: '', resource: 'services', version: '', identity: '', state: 'NotServed' },
    ],
  );
});

test('one that cannot be synced now keeps the identity that it had: a successor is not the same type', () => {
  const stored = [{ resource: 'widgets.example.com', version: 'v1', identity: 'uid' }];
  expect(resourceSnapshots([{ choice: notServed }], { stored, selection, started: true })).toMatchObject([
    { identity: 'uid' },
  ]);
});

test('one that was synced before is not missed before anybody looked for it', () => {
  const stored = [{ resource: 'widgets.example.com', version: 'v1', identity: 'uid' }];
  expect(resourceSnapshots([], { stored, selection, started: false })).toMatchObject([
    {
      resource: 'widgets',
      identity: 'uid',
      state: 'Pending',
      message: expect.stringContaining('is finding out') as string,
    },
  ]);
});

test('one that is not selected any more is drained, and nobody needs it', () => {
  const controller = new FakeController();
  controller.add('default/a', { up: { selected: false } });
  const draining = entry(controller, { ...chosen, draining: true });
  expect(resourceSnapshots([draining], { stored: [], selection, started: true })).toMatchObject([
    { resource: 'deployments', state: 'Draining', pending: 1, required: false },
  ]);
});

test('one that was synced before and is neither served nor selected now keeps its identity, and nobody needs it', () => {
  const stored = [{ resource: 'widgets.example.com', version: 'v1', identity: 'uid' }];
  const without = { include: ['*'], exclude: ['*.example.com'] };
  expect(resourceSnapshots([], { stored, selection: without, started: true })).toMatchObject([
    { identity: 'uid', state: 'NotServed', required: false },
  ]);
});

test('types of one name in different groups are apart', () => {
  const other = { ...configMaps, group: 'example.com' };
  const snapshots = resourceSnapshots(
    [
      entry(new FakeController(configMaps), { ...chosen, group: '', resource: 'configmaps' }),
      entry(new FakeController(other), { ...chosen, group: 'example.com', resource: 'configmaps' }),
    ],
    { stored: [], selection, started: true },
  );
  expect(snapshots.map(({ group }) => group)).toEqual(['', 'example.com']);
});
