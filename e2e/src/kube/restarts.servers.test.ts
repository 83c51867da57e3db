import { cpSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import type { KubeClient } from '@kcp-syncer/syncer-runtime/kube/client.js';
import { ApiError } from '@kcp-syncer/syncer-runtime/kube/api-error.js';
import { ConnectionError } from '@kcp-syncer/syncer-runtime/kube/connection-error.js';
import { isExpired } from '@kcp-syncer/syncer-runtime/kube/error-class.js';
import { watchEvents, type WatchEvent } from '@kcp-syncer/syncer-runtime/kube/watch-stream.js';
import { workspaceAccount } from '../harness/account.js';
import type { AdminClient } from '../harness/admin-client.js';
import { startCluster, type Cluster } from '../harness/cluster.js';
import { eventually } from '../harness/eventually.js';
import { startKcp, type Kcp } from '../harness/kcp.js';
import { createWorkspace, type Workspace } from '../harness/workspace.js';
import { clientFor, refusalOf } from './clients.fixture.js';
import { Mirror } from './mirror.fixture.js';

jest.setTimeout(300_000);

const type = { group: '', version: 'v1', resource: 'configmaps' };
const collection = { apiVersion: 'v1', resource: 'configmaps', namespace: 'default' };

/** Writes without end, also while its server is away, until told to stop. */
class Traffic {
  written = 0;
  private stopped = false;
  private readonly running: Promise<void>;

  constructor(private readonly admin: AdminClient) {
    this.running = this.run();
  }

  async stop(): Promise<void> {
    this.stopped = true;
    await this.running;
  }

  private async run(): Promise<void> {
    for (let i = 0; !this.stopped; i++) {
      const ref = { ...collection, name: `t${i % 20}` };
      const write =
        i % 7 === 6 ? this.admin.delete(ref) : this.admin.apply(ref, { kind: 'ConfigMap', data: { i: String(i) } });
      await write.then(
        () => (this.written += 1),
        async () => {
          await setTimeout(20);
        },
      );
    }
  }
}

async function firstEvent(client: KubeClient, path: string): Promise<WatchEvent | undefined> {
  const chunks = await client.watch(path, AbortSignal.timeout(30_000));
  for await (const event of watchEvents(chunks, client, path)) return event;
  return undefined;
}

/** Every failure was one that passes, and none was a defect of ours. */
function expectPassingFailures(errors: readonly unknown[]): void {
  expect(errors.filter((error) => !(error instanceof ApiError || error instanceof ConnectionError))).toEqual([]);
}

describe('a cluster', () => {
  let cluster: Cluster;
  let client: KubeClient;
  let mirror: Mirror;

  beforeAll(async () => {
    cluster = await startCluster({ controllers: 'none' });
    client = clientFor('downstream', readFileSync(cluster.kubeconfigPath, 'utf8'));
    for (let i = 0; i < 120; i++) await cluster.admin.create(collection, { metadata: { name: `kept${i}` } });
  });
  afterAll(async () => {
    await client.close();
    await cluster.stop();
  });
  beforeEach(async () => {
    mirror = new Mirror();
    mirror.follow(client, { type, namespace: 'default' });
    await eventually('the mirror has its first list', () => mirror.lists === 1);
  });
  afterEach(async () => {
    await mirror.end();
  });

  test('whose API server is killed and comes back under traffic loses nothing', async () => {
    const traffic = new Traffic(cluster.admin);
    for (let round = 1; round <= 2; round++) {
      await eventually('there is traffic', () => traffic.written > round * 50);
      await cluster.kill('kube-apiserver');
      await eventually('the mirror has noticed', () => mirror.errors.length > 0);
      await cluster.start('kube-apiserver');
      await eventually('the mirror is back', () => mirror.recoveries >= round);
    }
    await traffic.stop();
    await eventually('the mirror shows what there is', async () => await mirror.shows(cluster.admin, collection));
    expect([...mirror.believedGone].filter((key) => key.includes('kept'))).toEqual([]);
    expect(mirror.timeTravels).toBe(0);
    expectPassingFailures(mirror.errors);
  });

  test('that started anew answers a watch from before with 410', async () => {
    const { metadata } = await cluster.admin.create(collection, { metadata: { name: 'early' } });
    await cluster.admin.create(collection, { metadata: { name: 'late' } });
    await cluster.kill('kube-apiserver');
    await cluster.start('kube-apiserver');
    const path = `/api/v1/configmaps?watch=true&resourceVersion=${metadata.resourceVersion ?? ''}`;
    const error = await refusalOf(firstEvent(client, path));
    expect(isExpired(error)).toBe(true);
  });

  test('that is restored from a backup is noticed: it went back in time', async () => {
    const data = join(cluster.folder, 'data');
    const backup = join(cluster.folder, 'backup');
    await cluster.kill('kube-apiserver');
    await cluster.kill('etcd');
    cpSync(data, backup, { recursive: true });
    await cluster.start('etcd');
    await cluster.start('kube-apiserver');
    for (let i = 0; i < 30; i++) await cluster.admin.create(collection, { metadata: { name: `lost${i}` } });
    await eventually('the mirror shows what there is', async () => await mirror.shows(cluster.admin, collection));
    expect(mirror.timeTravels).toBe(0);
    await cluster.kill('kube-apiserver');
    await cluster.kill('etcd');
    rmSync(data, { recursive: true });
    cpSync(backup, data, { recursive: true });
    await cluster.start('etcd');
    await cluster.start('kube-apiserver');
    await eventually('the mirror shows what is left', async () => await mirror.shows(cluster.admin, collection));
    expect(mirror.timeTravels).toBe(1);
    expectPassingFailures(mirror.errors);
  });
});

describe('kcp', () => {
  let kcp: Kcp;
  let workspace: Workspace;
  let client: KubeClient;
  let mirror: Mirror;

  beforeAll(async () => {
    kcp = await startKcp();
    workspace = await createWorkspace(kcp, 'tenant');
    const rules = [
      { apiGroups: ['', 'example.com'], resources: ['configmaps', 'things'], verbs: ['get', 'list', 'watch'] },
    ];
    const account = await workspaceAccount(kcp, {
      name: 'reader',
      rules,
      workspace,
      identity: await createWorkspace(kcp, 'identity'),
    });
    client = clientFor('upstream', readFileSync(account.kubeconfigPath, 'utf8'));
  });
  afterAll(async () => {
    await client.close();
    await kcp.stop();
  });
  beforeEach(() => {
    mirror = new Mirror();
  });
  afterEach(async () => {
    await mirror.end();
  });

  test('that is killed and starts, with its false 403s and 404s, takes nothing away', async () => {
    for (let i = 0; i < 120; i++) await workspace.admin.create(collection, { metadata: { name: `kept${i}` } });
    mirror.follow(client, { type });
    await eventually('the mirror has its first list', () => mirror.lists === 1);
    const before = new Map(mirror.objects);
    await kcp.kill();
    await kcp.start();
    await eventually('the mirror is back', () => mirror.recoveries > 0);
    await workspace.admin.create(collection, { metadata: { name: 'after' } });
    await eventually('the mirror goes on', () => mirror.objects.has('default/after'));
    expect([...mirror.believedGone]).toEqual([]);
    expect([...before].filter(([key, version]) => mirror.objects.get(key) !== version)).toEqual([]);
    expect(mirror.timeTravels).toBe(0);
    expectPassingFailures(mirror.errors);
  });

  test('whose type is deleted says so as a failure, and the type is found again when it is made again', async () => {
    const definitions = { apiVersion: 'apiextensions.k8s.io/v1', resource: 'customresourcedefinitions' };
    const things = { apiVersion: 'example.com/v1', resource: 'things', namespace: 'default' };
    const thingType = { group: 'example.com', version: 'v1', resource: 'things' };
    const make = async (): Promise<void> => {
      await workspace.admin.create(definitions, definition);
      await eventually('things are served', async () => await workspace.admin.list(things));
    };
    await make();
    await workspace.admin.create(things, { apiVersion: 'example.com/v1', kind: 'Thing', metadata: { name: 'a' } });
    mirror.follow(client, { type: thingType });
    await eventually('the thing is seen', () => mirror.objects.has('default/a'));
    const { lists } = mirror;
    await workspace.admin.delete({ ...definitions, name: 'things.example.com' });
    await eventually('the mirror has noticed', () =>
      mirror.errors.some((error) => error instanceof ApiError && error.status === 404),
    );
    await make();
    await workspace.admin.create(things, { apiVersion: 'example.com/v1', kind: 'Thing', metadata: { name: 'b' } });
    await eventually('the mirror shows the new type', async () => await mirror.shows(workspace.admin, things));
    expect(mirror.lists).toBeGreaterThan(lists);
    expectPassingFailures(mirror.errors);
  });
});

const definition = {
  apiVersion: 'apiextensions.k8s.io/v1',
  kind: 'CustomResourceDefinition',
  metadata: { name: 'things.example.com' },
  spec: {
    group: 'example.com',
    scope: 'Namespaced',
    names: { plural: 'things', kind: 'Thing' },
    versions: [
      {
        name: 'v1',
        served: true,
        storage: true,
        schema: { openAPIV3Schema: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true } },
      },
    ],
  },
};
