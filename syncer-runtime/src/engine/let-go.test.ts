import { FakeClock } from '../base/clock.fixture.js';
import { deployments, FakeServer } from '../informer/fake-server.fixture.js';
import { createMapping } from '../sync/namespace/mapping.js';
import { letGoOfCopies } from './let-go.js';

async function letGo(server: FakeServer, syncedTypes: readonly string[]): Promise<void> {
  await letGoOfCopies({
    downstream: server.client(),
    owner: 'owner',
    syncTarget: 'my-cluster',
    mapping: createMapping({ strategy: 'Identity' }),
    policy: 'Orphan',
    syncedTypes: new Set(syncedTypes),
    clock: new FakeClock(),
    onProgress: () => undefined,
    signal: new AbortController().signal,
  });
}

test('a group that was synced and does not answer now is waited for, another is not', async () => {
  const server = new FakeServer('downstream');
  server.serve(deployments);
  server.staleGroups.add('example.com');
  await expect(letGo(server, ['widgets.example.com'])).rejects.toThrow('does not tell what it serves in example.com');
  await expect(letGo(server, ['deployments.apps', 'services'])).resolves.toBeUndefined();
});
