import { configMaps, deployments, type FakeServer } from '../informer/fake-server.fixture.js';
import { fakeWorkspace } from '../sync/world.fixture.js';
import { sweepFinalizers, type Swept } from './finalizer-sweep.js';

const ours = 'syncer.kcp.io/ours';
const foreign = 'example.com/other';

let server: FakeServer;

beforeEach(() => {
  server = fakeWorkspace();
  for (const type of [configMaps, deployments]) server.serve(type);
});

function hold(name: string, ...finalizers: string[]): void {
  server.put(deployments, { metadata: { namespace: 'default', name, finalizers } });
}

async function sweep(): Promise<Swept> {
  const { signal } = new AbortController();
  return await sweepFinalizers({ upstream: server.client(), takes: (finalizer) => finalizer === ours, signal });
}

test('our finalizer goes from every object, and those of others stay', async () => {
  hold('a', foreign, ours);
  hold('b', ours);
  hold('c', foreign);
  expect(await sweep()).toEqual({ released: 2, failures: [] });
  const left = ['a', 'b', 'c'].map(
    (name) => server.get(deployments, { namespace: 'default', name })?.metadata.finalizers ?? [],
  );
  expect(left).toEqual([[foreign], [], [foreign]]);
});

test('where nothing is held nothing is written', async () => {
  hold('c', foreign);
  expect(await sweep()).toEqual({ released: 0, failures: [] });
  expect(server.writes()).toEqual([]);
});

test('what may not be listed is told by its type, and keeps no other from being swept', async () => {
  hold('a', ours);
  server.fault = ({ method, path }) =>
    method === 'GET' && path.includes('/configmaps') ? server.refusal(403, 'Forbidden') : undefined;
  expect(await sweep()).toMatchObject({ released: 1, failures: [{ type: 'configmaps', isForbidden: true }] });
});

test('a workspace that does not tell what it serves is told without a type', async () => {
  server.fault = () => server.unreachable();
  const { released, failures } = await sweep();
  expect({ released, failures: failures.map(({ type, isForbidden }) => ({ type, isForbidden })) }).toEqual({
    released: 0,
    failures: [{ type: undefined, isForbidden: false }],
  });
});

test('a group that does not answer is told, for it may hold some', async () => {
  hold('a', ours);
  server.staleGroups.add('example.com');
  expect(await sweep()).toMatchObject({ released: 1, failures: [{ isForbidden: false }] });
  server.staleGroups.clear();
  expect(await sweep()).toEqual({ released: 0, failures: [] });
});
