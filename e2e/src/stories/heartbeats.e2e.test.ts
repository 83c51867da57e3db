import { readFileSync } from 'node:fs';
import { request } from 'undici';
import { startCluster, type Cluster } from '../harness/cluster.js';
import { eventually } from '../harness/eventually.js';
import { credentialsOf } from '../harness/kubeconfig.js';
import { freePorts } from '../harness/ports.js';
import { sharedControlPlanes } from '../harness/shared.js';
import { prepareConnection, type Connected } from './connected.fixture.js';
import { widgets, type Thing } from './custom-types.fixture.js';
import { FaultProxy } from './fault-proxy.fixture.js';
import { configMapsIn, makeNamespace, writeConfigMap, type ConfigMap } from './objects.fixture.js';

jest.setTimeout(180_000);

const namespace = 'beating';
const thing = { ...widgets.in(namespace), name: 'thing' };
const map = { ...configMapsIn(namespace), name: 'map' };
const periodMs = 4_000;
const twoPeriods = { timeoutMs: 2 * periodMs };

let world: Connected;
let cluster: Cluster;
let ports: { readonly metrics: number; readonly health: number };

beforeAll(async () => {
  const { kcp } = await sharedControlPlanes();
  const [metrics = 0, health = 0] = await freePorts(2);
  ports = { metrics, health };
  cluster = await startCluster({ controllers: 'basic' });
  await widgets.serveIn(cluster.admin);
  world = await prepareConnection({
    servers: { kcp, cluster },
    flags: { 'heartbeat-period': `${periodMs}ms`, 'metrics-port': metrics, 'health-port': health },
    prepare: async ({ admin }) => {
      await widgets.serveIn(admin);
      await makeNamespace(admin, namespace);
      await widgets.write(admin, thing, 1);
      await writeConfigMap(admin, map, 'old');
    },
  });
  await world.start();
  await world.eventuallyInStep(2);
  await widgets.report(world.down, thing, 'Running');
  await eventually('the status is in the workspace', async () => (await theThing()).status?.phase === 'Running');
});

afterAll(async () => {
  await world.stop();
  await cluster.stop();
});

async function theThing(): Promise<Thing> {
  return await world.up.get<Thing>(thing);
}

async function asked(port: number, path: string): Promise<{ readonly code: number; readonly text: string }> {
  const { statusCode, body } = await request(`http://127.0.0.1:${port}${path}`);
  return { code: statusCode, text: await body.text() };
}

/** The state of the connections, as metrics tell it. */
async function connections(): Promise<string[]> {
  const { text } = await asked(ports.metrics, '/metrics');
  return [...text.matchAll(/^syncer_connection_status\{.*target="(\w+)"\} (\d)$/gm)].map(([, ...found]) =>
    found.join(' '),
  );
}

async function health(): Promise<{ status: string; message: string }> {
  return JSON.parse((await asked(ports.health, '/health')).text) as { status: string; message: string };
}

async function eventuallyReady(status: 'True' | 'False', reason: string): Promise<void> {
  const words = `SyncerReady is ${status}, ${reason}, within two heartbeat periods`;
  await eventually(
    words,
    async () => {
      const found = await world.condition('SyncerReady');
      if (found?.status === status && found.reason === reason) return true;
      throw new Error(JSON.stringify(found));
    },
    twoPeriods,
  );
}

describe('while the cluster is away', () => {
  let before: Thing;

  it('is said within two heartbeats, and heartbeats go on', async () => {
    await world.eventuallyCondition('Ready', 'True', 'SyncTargetReady');
    expect(await connections()).toEqual(expect.arrayContaining(['kcp 1', 'cluster 1']));
    expect(await health()).toMatchObject({ status: 'Healthy' });
    before = await theThing();

    await cluster.kill('kube-apiserver');
    await eventuallyReady('False', 'ClusterUnreachable');
    const { message } = await world.eventuallyCondition('SyncerReady', 'False');
    expect(message).toMatch(
      /^The cluster cannot be reached since \S+Z, and statuses in the workspace are as old as that: .*nothing listens there$/,
    );
    expect(await world.condition('Ready')).toMatchObject({ status: 'False', reason: 'ClusterUnreachable', message });
    await world.twoHeartbeats();
    expect(await world.condition('HeartbeatReady')).toMatchObject({ status: 'True', reason: 'HeartbeatReceived' });
  });

  it('statuses in the workspace stay, what changes there waits, and the process is well while its health tells', async () => {
    const mark = world.kcp.audit.mark();
    await writeConfigMap(world.up, map, 'new');
    await eventually('the change is seen to wait', async () => {
      const { resourceSyncStatus, blocked } = (await world.syncTarget()).status ?? {};
      if (resourceSyncStatus?.syncedResources === 1) return true;
      throw new Error(JSON.stringify([resourceSyncStatus, blocked]));
    });
    await world.twoHeartbeats();
    expect(await theThing()).toEqual(before);
    expect(world.upstreamWrites(mark)).toEqual([]);
    for (const path of ['/healthz', '/livez', '/readyz']) {
      expect({ path, ...(await asked(ports.health, path)) }).toMatchObject({ path, code: 200 });
    }
    const { status, message } = await health();
    expect(status).not.toBe('Healthy');
    expect(message).toContain('the cluster cannot be reached');
    expect(await connections()).toEqual(expect.arrayContaining(['kcp 1', 'cluster 0']));
  });

  it('and when it is back that is said within two heartbeats too, and what waited is done', async () => {
    await cluster.start('kube-apiserver');
    await eventuallyReady('True', 'SyncerConnected');
    await world.eventuallyCondition('Ready', 'True', 'SyncTargetReady');
    await eventually('what waited is done', async () => {
      return (await world.down.get<ConfigMap>(map)).data?.['value'] === 'new';
    });
    await world.eventuallyInStep(2);
    expect(await theThing()).toEqual(before);
    expect(await connections()).toEqual(expect.arrayContaining(['kcp 1', 'cluster 1']));
  });
});

describe('a syncer that is asked to stop', () => {
  it('leaves with 0 and says on the SyncTarget that it stopped', async () => {
    const before = (await world.syncTarget()).status?.heartbeat?.count ?? 0;
    expect(await world.syncer.stop()).toEqual({ code: 0, signal: null });
    expect(world.syncer.lines.at(-1)).toMatch(/ stopped$/);
    const { status } = await world.syncTarget();
    expect(status?.heartbeat?.count).toBe(before + 1);
    const conditions = status?.conditions?.map(({ type, status: value, reason }) => `${type} ${value} ${reason}`);
    expect(conditions).toEqual(
      expect.arrayContaining([
        'Ready Unknown Stopped',
        'SyncerReady Unknown Stopped',
        'HeartbeatReady Unknown Stopped',
      ]),
    );
  });

  describe('while kcp does not answer', () => {
    let proxy: FaultProxy;
    let throughProxy: string;
    const report = /\/synctargets\/[^/]+\/status/;

    beforeAll(async () => {
      const { kubeconfigPath } = world.accounts.up;
      proxy = await new FaultProxy(() => credentialsOf(readFileSync(kubeconfigPath, 'utf8'))).listen();
      throughProxy = proxy.kubeconfig(kubeconfigPath);
    });
    beforeEach(async () => {
      proxy.lie();
      await world.start({ 'kcp-kubeconfig': throughProxy });
      await world.eventuallyCondition('Ready', 'True');
      proxy.lie({ path: report, silent: true });
    });
    afterAll(async () => {
      await proxy.stop();
    });

    it('leaves within ten seconds all the same', async () => {
      const started = performance.now();
      expect(await world.syncer.stop()).toEqual({ code: 0, signal: null });
      expect(performance.now() - started).toBeLessThan(10_000);
      expect(world.syncer.lines).toContainEqual(expect.stringContaining('the last report could not be sent'));
      expect(world.syncer.lines.at(-1)).toMatch(/ stopped$/);
    });

    it('leaves at once when it is asked again', async () => {
      const { syncer } = world;
      const first = syncer.kill('SIGTERM');
      await syncer.waitForLine(/ stopping$/);
      expect(await syncer.kill('SIGINT')).toEqual({ code: 0, signal: null });
      await first;
      expect(syncer.lines.at(-1)).toMatch(/ stopping$/);
    });
  });
});
