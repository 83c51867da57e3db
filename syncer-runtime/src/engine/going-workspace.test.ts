import { FakeClock } from '../base/clock.fixture.js';
import { configMaps, deployments, fakeType, type FakeServer } from '../informer/fake-server.fixture.js';
import { finalizerOf, ownerHash } from '../object/marks.js';
import type { ResourceType } from '../object/types.js';
import { MemoryLogger, fakeWorkspace, logicalCluster } from '../sync/world.fixture.js';
import { releaseGoingWorkspace } from './going-workspace.js';

const ours = finalizerOf(ownerHash('2n4wvs3qpnd5ma9i', 'my-cluster'));
const foreign = 'example.com/other';
/** As discovery tells of a type that is being deleted. */
const leaving = fakeType({
  group: 'example.com',
  resource: 'widgets',
  kind: 'Widget',
  verbs: ['get', 'list', 'delete'],
});

let server: FakeServer;
let clock: FakeClock;
let logger: MemoryLogger;
let ending: AbortController;

beforeEach(() => {
  server = fakeWorkspace();
  for (const type of [configMaps, deployments, leaving]) server.serve(type);
  clock = new FakeClock();
  logger = new MemoryLogger();
  ending = new AbortController();
});

/** The workspace goes from now on, or was made anew in its place. */
function become(going: boolean): void {
  logicalCluster(server, (object) => ({
    ...object,
    metadata: {
      ...object.metadata,
      annotations: { 'kcp.io/cluster': '2n4wvs3qpnd5ma9i' },
      ...(going && { deletionTimestamp: '2026-01-01T00:00:00Z', finalizers: ['core.kcp.io/logicalcluster'] }),
    },
  }));
}

function hold(type: ResourceType, name: string, ...finalizers: string[]): void {
  server.put(type, { metadata: { namespace: 'default', name, finalizers } });
}

/** Whether the workspace was found going, and after how many seconds that was told. */
async function released(): Promise<[boolean | string, number]> {
  const options = { upstream: server.client(), syncTarget: 'my-cluster', clock, logger, signal: ending.signal };
  const started = clock.monotonic();
  let outcome: boolean | string | undefined;
  releaseGoingWorkspace(options).then(
    (found) => (outcome = found),
    (error: unknown) => (outcome = (error as Error).message),
  );
  await clock.advance(0);
  while (outcome === undefined && clock.monotonic() - started < 60_000) await clock.advance(1_000);
  return [outcome ?? 'never', (clock.monotonic() - started) / 1_000];
}

function finalizersOf(type: ResourceType, name: string): readonly string[] | undefined {
  return server.get(type, { namespace: 'default', name })?.metadata.finalizers;
}

test('a workspace that is not being deleted keeps every finalizer', async () => {
  become(false);
  hold(deployments, 'app', ours);
  expect(await released()).toEqual([false, 0]);
  expect(server.writes()).toEqual([]);
});

test('a workspace that does not answer keeps them too', async () => {
  become(true);
  hold(deployments, 'app', ours);
  server.fault = () => server.unreachable();
  expect(await released()).toEqual([false, 0]);
});

test('of one that is being deleted ours go, of every type that can be listed, and those of others stay', async () => {
  become(true);
  hold(deployments, 'app', foreign, ours);
  hold(deployments, 'alien', foreign);
  hold(leaving, 'thing', ours);
  hold(configMaps, 'settings');
  const [found] = await released();
  expect(found).toBe(true);
  expect(finalizersOf(deployments, 'app')).toEqual([foreign]);
  expect(finalizersOf(leaving, 'thing') ?? []).toEqual([]);
  expect(server.writes()).toEqual([
    expect.stringContaining('/deployments/app'),
    expect.stringContaining('/widgets/thing'),
  ]);
  expect(logger.lines.join('\n')).toContain('finalizers taken off');
});

test('what fails for one object is tried again, and keeps no other', async () => {
  become(true);
  hold(deployments, 'app', ours);
  hold(leaving, 'thing', ours);
  let refusals = 3;
  server.fault = ({ method, path }) =>
    method === 'PATCH' && path.includes('/app') && refusals-- > 0 ? server.refusal(500, 'InternalError') : undefined;
  const [found, seconds] = await released();
  expect([found, finalizersOf(deployments, 'app') ?? [], finalizersOf(leaving, 'thing') ?? []]).toEqual([true, [], []]);
  expect(seconds).toBe(18);
});

test('a type that cannot be listed is listed again, and keeps no other', async () => {
  become(true);
  hold(deployments, 'app', ours);
  hold(leaving, 'thing', ours);
  let refusals = 2;
  server.fault = ({ path }) =>
    /\/deployments\?/.test(path) && refusals-- > 0 ? server.refusal(503, 'ServiceUnavailable') : undefined;
  expect((await released())[0]).toBe(true);
  expect([finalizersOf(deployments, 'app') ?? [], finalizersOf(leaving, 'thing') ?? []]).toEqual([[], []]);
});

test('it is over as soon as the workspace is gone, and otherwise when nothing was left to do for a while', async () => {
  become(true);
  expect(await released()).toEqual([true, 15]);
  const started = clock.monotonic();
  server.fault = () => (clock.monotonic() - started > 3_000 ? server.refusal(403, 'Forbidden') : undefined);
  expect(await released()).toEqual([true, 4]);
});

test('who asked for it can end it', async () => {
  become(true);
  clock.after(2_000, () => {
    ending.abort(new Error('enough'));
  });
  expect(await released()).toEqual(['enough', 2]);
});
