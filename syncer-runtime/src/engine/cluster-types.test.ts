import { FakeClock, settle } from '../base/clock.fixture.js';
import { FakeServer } from '../informer/fake-server.fixture.js';
import { crds } from '../sync/world.fixture.js';
import { watchClusterTypes } from './cluster-types.js';

const ending = new AbortController();

async function setup(prepare: (server: FakeServer) => void = () => undefined): Promise<{
  server: FakeServer;
  clock: FakeClock;
  changes: jest.Mock;
  troubles: unknown[];
}> {
  const server = new FakeServer('downstream');
  server.serve(crds);
  prepare(server);
  const clock = new FakeClock();
  const changes = jest.fn();
  const troubles: unknown[] = [];
  void watchClusterTypes(
    { client: server.client(), clock, onChange: changes, onTrouble: (error) => troubles.push(error) },
    ending.signal,
  );
  await settle();
  return { server, clock, changes, troubles };
}

afterAll(() => {
  ending.abort();
});

test('a CRD that comes to the cluster, changes or goes is told at once', async () => {
  const { server, changes } = await setup();
  changes.mockClear();
  server.put(crds, { metadata: { name: 'widgets.example.com' } });
  await settle();
  expect(changes).toHaveBeenCalledTimes(1);
  server.remove(crds, 'widgets.example.com');
  await settle();
  expect(changes).toHaveBeenCalledTimes(2);
});

test('credentials that may not read CRDs are no trouble, and are asked again when the right may have come', async () => {
  const { server, clock, changes, troubles } = await setup((refusing) => {
    refusing.fault = () => refusing.refusal(403, 'Forbidden');
  });
  expect(changes).not.toHaveBeenCalled();
  server.fault = () => undefined;
  await clock.advance(30_000);
  expect(changes).toHaveBeenCalled();
  expect(troubles).toEqual([]);
});

test('a cluster that does not answer is told', async () => {
  const { troubles } = await setup((failing) => {
    failing.fault = () => failing.refusal(503, 'ServiceUnavailable');
  });
  expect(troubles).toHaveLength(1);
});
