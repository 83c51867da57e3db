import { FakeClock } from '../base/clock.fixture.js';
import { asDownstream, asUpstream } from '../base/sides.js';
import { configMaps, deployments, fakeType, FakeServer, namespacesType } from '../informer/fake-server.fixture.js';
import type { KubeClient } from '../kube/client.js';
import { annotations } from '../object/marks.js';
import type { KubeObject } from '../object/types.js';
import { RollingCount } from '../observe/rolling-count.js';
import type { SyncerSnapshot } from '../observe/snapshot.js';
import {
  configMap,
  CountingRecorder,
  MemoryEvents,
  crds,
  fakeWorkspace,
  logicalCluster,
  MemoryLogger,
  webDeployment,
  workspaceUid,
} from '../sync/world.fixture.js';
import type { Registration } from '../synctarget/registration.js';
import type { SyncerOptions } from './options.js';
import { RunningSyncer } from './running-syncer.js';
import { snapshotOf } from './snapshot.js';
import { createMapping } from '../sync/namespace/mapping.js';
import { syncAll } from './options.fixture.js';

const key = 'default/web';
const widgets = fakeType({ group: 'example.com', resource: 'widgets', kind: 'Widget', subresources: ['status'] });
const roles = fakeType({ group: 'rbac.authorization.k8s.io', resource: 'roles', kind: 'Role' });

const options: SyncerOptions = {
  syncTarget: { name: 'my-cluster', uid: 'st-uid' },
  workspaceCluster: 'root:team-a',
  upstreamKubeconfig: '',
  downstreamKubeconfig: '',
  workers: 2,
  resyncPeriodMs: 30_000,
  heartbeatPeriodMs: 30_000,
  qps: 0,
  burst: 0,
  sync: syncAll,
  protectedNamespaces: [],
  verbosity: 2,
  logFormat: 'text',
};

type Status = Registration['syncTarget']['status'];

/** A whole syncer over two servers in memory. */
class Setting {
  readonly clock = new FakeClock();
  readonly up = fakeWorkspace();
  readonly down = new FakeServer('downstream');
  readonly recorder = new CountingRecorder();
  readonly events = new MemoryEvents();
  readonly logger = new MemoryLogger();
  readonly counts = new RollingCount(this.clock);
  running!: RunningSyncer;
  private ending = new AbortController();

  constructor(private readonly changes: Partial<SyncerOptions> = {}) {
    for (const type of [configMaps, deployments]) this.serve(type);
    this.down.serve(crds);
  }

  serve(type: typeof widgets): void {
    this.up.serve(type);
    this.down.serve(type);
  }

  /** A new process begins; a former one was killed. `status` is what the SyncTarget remembers. */
  async start(status?: Status): Promise<this> {
    this.kill();
    this.ending = new AbortController();
    const uid = this.down.get(namespacesType, 'kube-system')!.metadata.uid!;
    this.running = new RunningSyncer({
      options: { ...options, ...this.changes },
      clients: {
        upstream: asUpstream<KubeClient>(this.up.client()),
        downstream: asDownstream<KubeClient>(this.down.client()),
      },
      registration: {
        logicalCluster: '3827urs0v6i525r6',
        logicalClusterUid: workspaceUid,
        workspacePath: 'root:team-a',
        syncerIdentifier: 'syncer-x',
        syncerInstance: 'process-1',
        syncTarget: { metadata: { name: 'my-cluster', uid: 'st-uid' }, ...(status && { status }) },
      },
      mapping: createMapping({ ...options, ...this.changes }.sync.namespaceMapping),
      cluster: { uid, version: 'v1.36.3' },
      foundCluster: uid,
      expiresMs: () => undefined,
      counts: this.counts,
      logger: this.logger,
      recorder: this.recorder,
      events: this.events,
      clock: this.clock,
      onChange: () => undefined,
      signal: this.ending.signal,
    });
    void this.running.run();
    // Discovery waits once for the definitions to be known.
    await this.clock.advance(3_000);
    return this;
  }

  kill(): void {
    this.ending.abort();
  }

  /** Time in which a resync comes now and then, as the composed syncer has it. */
  async pass(ms: number): Promise<void> {
    for (let passed = 0; passed < ms; passed += options.resyncPeriodMs) {
      await this.clock.advance(Math.min(options.resyncPeriodMs, ms - passed));
      this.running.resync();
    }
    await this.clock.advance(0);
  }

  snapshot(): SyncerSnapshot {
    return snapshotOf({
      options,
      running: this.running,
      cluster: { uid: 'c', version: 'v1.36.3' },
      counts: this.counts,
      heartbeat: undefined,
      nowMs: this.clock.now(),
      monotonicMs: this.clock.monotonic(),
    });
  }

  resource(name: string): SyncerSnapshot['resources'][number] | undefined {
    return this.snapshot().resources.find(({ resource }) => resource === name);
  }

  forget(): void {
    this.up.requests.length = 0;
    this.down.requests.length = 0;
  }
}

let setting: Setting;

afterEach(() => {
  setting.kill();
});

function withSpec(spec: object): (object: KubeObject) => KubeObject {
  return (object) => ({ ...object, spec });
}

describe('a syncer', () => {
  test('carries everything that both sides serve, and what is never synced not', async () => {
    setting = new Setting();
    setting.serve(roles);
    setting.up.put(deployments, webDeployment());
    setting.up.put(configMaps, configMap());
    setting.up.put(configMaps, configMap({}, { name: 'kube-root-ca.crt' }));
    setting.up.put(roles, { metadata: { name: 'admin', namespace: 'default' } });
    await setting.start();
    expect(setting.down.get(deployments, key)?.['spec']).toEqual({ replicas: 3 });
    expect(setting.down.get(configMaps, key)?.['data']).toEqual({ a: '1' });
    expect([setting.down.get(configMaps, 'default/kube-root-ca.crt'), setting.down.list(roles)]).toEqual([
      undefined,
      [],
    ]);
  });

  test('says in its snapshot how it is', async () => {
    setting = new Setting();
    setting.up.put(deployments, webDeployment());
    await setting.start();
    expect(setting.snapshot()).toMatchObject({
      engineStarted: true,
      connectivity: { upstream: { connected: true }, downstream: { connected: true } },
      blocked: [],
      problems: [],
      backlog: 0,
      errorCount: 0,
    });
    expect(setting.resource('deployments')).toMatchObject({ state: 'Synced', synced: 1, identity: 'crd-uid' });
    expect(setting.snapshot()).not.toHaveProperty('held');
  });

  test('syncs a custom resource whose CRD comes to both sides while it runs', async () => {
    setting = await new Setting().start();
    await setting.pass(600_000);
    setting.serve(widgets);
    setting.up.put(crds, { metadata: { name: 'widgets.example.com', uid: 'widgets-uid' } });
    setting.up.put(widgets, { metadata: { name: 'web', namespace: 'default' }, spec: { size: 3 } });
    await setting.clock.advance(1_000);
    expect(setting.down.get(widgets, key)?.['spec']).toEqual({ size: 3 });
    setting.down.edit(widgets, key, (copy) => ({ ...copy, status: { ready: true } }));
    await setting.clock.advance(0);
    expect(setting.up.get(widgets, key)?.['status']).toEqual({ ready: true });
  });

  test('asks for nothing in a quiet minute but whether the servers are there, and what they serve', async () => {
    setting = new Setting();
    setting.up.put(deployments, webDeployment());
    await setting.start();
    await setting.pass(60_000);
    setting.forget();
    await setting.pass(60_000);
    const asked = [...setting.up.requests, ...setting.down.requests].map(({ path }) => path);
    expect([...new Set(asked)].sort()).toEqual([
      '/api',
      '/api/v1/namespaces/kube-system',
      '/apis',
      '/apis/core.kcp.io/v1alpha1/logicalclusters/cluster',
    ]);
  });

  test('writes nothing after a restart in which nothing is to do', async () => {
    setting = new Setting();
    for (let i = 0; i < 60; i++)
      setting.up.put(deployments, webDeployment({ replicas: i }, { name: `web-${String(i)}` }));
    await setting.start();
    await setting.pass(60_000);
    setting.forget();
    await setting.start();
    await setting.pass(60_000);
    expect([...setting.up.writes(), ...setting.down.writes()]).toEqual([]);
    expect(setting.resource('deployments')).toMatchObject({ synced: 60, pending: 0 });
  });

  test('writes into no protected namespace, and says why (S6)', async () => {
    setting = new Setting({ protectedNamespaces: ['team-*'] });
    setting.up.put(deployments, webDeployment({}, { namespace: 'team-a' }));
    setting.up.put(deployments, webDeployment({}, { namespace: 'kube-system' }));
    await setting.start();
    expect(setting.down.writes()).toEqual([]);
    expect(setting.snapshot().blocked).toMatchObject([
      { reason: 'NamespaceProtected' },
      { reason: 'NamespaceProtected' },
    ]);
  });

  test('uses no namespace that was there before unless it may (S6)', async () => {
    setting = new Setting({
      sync: { ...syncAll, namespaceMapping: { ...syncAll.namespaceMapping, useExisting: [] } },
    });
    setting.up.put(deployments, webDeployment());
    await setting.start();
    expect([setting.down.writes(), setting.snapshot().blocked[0]?.reason]).toEqual([[], 'NamespaceUnowned']);
  });

  test('removes a namespace that it made when its upstream namespace is gone', async () => {
    setting = new Setting();
    setting.up.put(namespacesType, { metadata: { name: 'team' } });
    setting.up.put(configMaps, configMap({}, { namespace: 'team' }));
    await setting.start();
    expect(setting.down.get(namespacesType, 'team')?.metadata.annotations).toHaveProperty([
      annotations.namespaceCreated,
    ]);
    setting.up.remove(configMaps, 'team/web');
    setting.up.remove(namespacesType, 'team');
    await setting.pass(60_000);
    expect([setting.down.get(configMaps, 'team/web'), setting.down.get(namespacesType, 'team')]).toEqual([
      undefined,
      undefined,
    ]);
  });
});

describe('a server that is away', () => {
  test('is told in the snapshot, and all converges when it is back', async () => {
    setting = new Setting();
    setting.up.put(deployments, webDeployment());
    await setting.start();
    setting.down.fault = () => setting.down.unreachable();
    setting.down.endWatches();
    setting.up.edit(deployments, key, withSpec({ replicas: 9 }));
    await setting.pass(600_000);
    expect(setting.snapshot().connectivity).toMatchObject({
      upstream: { connected: true },
      downstream: { connected: false },
    });
    expect(setting.up.get(deployments, key)?.metadata.finalizers).toHaveLength(1);
    setting.down.fault = () => undefined;
    await setting.clock.advance(5_000);
    expect(setting.down.get(deployments, key)?.['spec']).toEqual({ replicas: 9 });
    expect(setting.snapshot().connectivity.downstream.connected).toBe(true);
  });

  test('and is another one when it is back: nothing is written to it (S7)', async () => {
    setting = new Setting();
    setting.up.put(deployments, webDeployment());
    await setting.start();
    setting.down.fault = () => setting.down.unreachable();
    setting.down.endWatches();
    await setting.pass(60_000);
    setting.down.purge(deployments, key);
    setting.down.purge(namespacesType, 'kube-system');
    setting.down.put(namespacesType, { metadata: { name: 'kube-system', uid: 'other-cluster' } });
    setting.down.fault = () => undefined;
    setting.forget();
    await setting.pass(600_000);
    expect(setting.down.writes()).toEqual([]);
    expect(setting.snapshot().problems).toMatchObject([{ reason: 'ClusterChanged' }]);
  });
});

describe('no wrong deletion', () => {
  async function withObjects(count: number): Promise<void> {
    setting = new Setting();
    for (let i = 0; i < count; i++) setting.up.put(configMaps, configMap({}, { name: `cm-${String(i)}` }));
    await setting.start();
    expect(setting.down.list(configMaps)).toHaveLength(count);
  }

  test('when many vanished while the syncer was away: they are held, with number and cause (S26)', async () => {
    await withObjects(40);
    setting.kill();
    for (let i = 0; i < 20; i++) setting.up.remove(configMaps, `default/cm-${String(i)}`);
    await setting.start();
    await setting.pass(600_000);
    expect(setting.down.list(configMaps)).toHaveLength(40);
    expect(setting.snapshot().held).toMatchObject({ reason: 'DeletionsHeld', count: 20 });
    expect(setting.snapshot().held?.cause).toContain('20 of 40 objects vanished');
  });

  test('but a few that vanished while the syncer was away go', async () => {
    await withObjects(40);
    setting.kill();
    for (let i = 0; i < 5; i++) setting.up.remove(configMaps, `default/cm-${String(i)}`);
    await setting.start();
    await setting.pass(60_000);
    expect(setting.down.list(configMaps)).toHaveLength(35);
  });

  test('when a former run held everything for what it alone saw: what vanished meanwhile is held too (S26)', async () => {
    await withObjects(40);
    setting.kill();
    for (let i = 0; i < 5; i++) setting.up.remove(configMaps, `default/cm-${String(i)}`);
    const message = '7 deletions are held back: kcp is older than it was; such as configmaps default/x';
    const held = { type: 'DeletionsAllowed', status: 'False', reason: 'DeletionsHeld', message };
    await setting.start({ conditions: [held] } as unknown as Status);
    await setting.pass(60_000);
    expect(setting.down.list(configMaps)).toHaveLength(40);
    expect(setting.snapshot().held).toMatchObject({ count: 5, cause: 'kcp is older than it was' });
  });

  test('and many that somebody deletes before our eyes go', async () => {
    await withObjects(40);
    for (let i = 0; i < 40; i++) setting.up.remove(configMaps, `default/cm-${String(i)}`);
    await setting.pass(60_000);
    expect(setting.down.list(configMaps)).toEqual([]);
  });

  test('when the workspace goes, and its finalizers do not keep it (S27)', async () => {
    setting = new Setting();
    setting.up.put(deployments, webDeployment());
    setting.up.put(configMaps, configMap());
    await setting.start();
    logicalCluster(setting.up, ({ metadata, ...object }) => ({
      ...object,
      metadata: { ...metadata, finalizers: ['x'], deletionTimestamp: '2026-01-01T00:00:00Z' },
    }));
    setting.up.remove(deployments, key);
    setting.up.remove(configMaps, key);
    await setting.pass(120_000);
    expect(setting.up.get(deployments, key)).toBeUndefined();
    expect([setting.down.list(deployments).length, setting.down.list(configMaps).length]).toEqual([1, 1]);
    expect(setting.snapshot().held).toMatchObject({ count: 2 });
  });

  test('when a CRD is deleted and made anew, also after a restart', async () => {
    setting = new Setting();
    setting.up.put(deployments, webDeployment());
    await setting.start();
    setting.up.remove(crds, 'deployments.apps');
    setting.up.purge(deployments, key);
    setting.up.put(crds, { metadata: { name: 'deployments.apps', uid: 'crd-uid-2' } });
    await setting.pass(60_000);
    expect(setting.down.list(deployments)).toHaveLength(1);
    const { held, resources } = setting.snapshot();
    expect(held).toMatchObject({ count: 1 });
    const stored = resources.map(({ group, resource, version, identity }) => ({
      resource: group === '' ? resource : `${resource}.${group}`,
      version,
      identity,
    }));
    expect(stored).toContainEqual({ resource: 'deployments.apps', version: 'v1', identity: 'crd-uid' });
    await setting.start({ resources: stored } as unknown as Status);
    await setting.pass(120_000);
    expect(setting.down.list(deployments)).toHaveLength(1);
    expect(setting.snapshot().held).toMatchObject({ count: 1 });
  });

  test('when kcp is not itself: token revoked, RBAC removed, starting', async () => {
    await withObjects(3);
    const answers = [401, 403, 404, 503];
    for (const status of answers) {
      setting.up.fault = () => setting.up.refusal(status, 'Whatever');
      setting.up.endWatches();
      await setting.pass(60_000);
    }
    setting.up.fault = () => undefined;
    await setting.pass(60_000);
    expect(setting.down.list(configMaps)).toHaveLength(3);
    expect(setting.down.writes().filter((write) => write.startsWith('DELETE'))).toEqual([]);
    expect(setting.resource('configmaps')).toMatchObject({ state: 'Synced', synced: 3 });
  });
});
