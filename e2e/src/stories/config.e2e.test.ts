import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Daemon } from '../harness/daemon.js';
import { eventually } from '../harness/eventually.js';
import { freePorts } from '../harness/ports.js';
import { uniqueName } from '../harness/shared.js';
import { runSyncer, startSyncer } from '../harness/syncer.js';
import { prepareConnection, syncTargetName, type Connected } from './connected.fixture.js';
import { eventuallyObject, secrets } from './kinds.fixture.js';
import { configMaps, makeNamespace, namespaces } from './objects.fixture.js';

jest.setTimeout(180_000);

const prefix = uniqueName('of');
const [shown, hidden, former] = [`${prefix}-shown`, `${prefix}-hidden`, `${prefix}-former`];

let world: Connected;
let folder: string;
let syncer: Daemon;
let ports: [number, number];

/** All that the syncer is told stands in one file. */
function settings(): Record<string, Record<string, unknown>> {
  const { up, down } = world.accounts;
  return {
    syncTarget: { syncTargetName, workspaceCluster: world.workspace.path },
    kubeconfig: { kcpKubeconfig: up.kubeconfigPath, clusterKubeconfig: down.kubeconfigPath },
    performance: { workers: 3, resyncPeriod: '1s', heartbeatPeriod: '1s', qps: 200, burst: 100 },
    logging: { v: 3, logFormat: 'json' },
    metrics: { metricsPort: ports[0] },
    health: { healthPort: ports[1], bindAddress: '127.0.0.2' },
    sync: {
      resources: { include: ['configmaps', 'secrets'], exclude: ['secrets'] },
      namespaces: { include: [`${prefix}-*`], exclude: [hidden] },
      namespaceMapping: { useExisting: [] },
    },
  };
}

async function fileOf(content: object): Promise<string> {
  const path = join(folder, `${uniqueName('config')}.yaml`);
  await writeFile(path, JSON.stringify(content));
  return path;
}

async function answer(port: number, path: string): Promise<{ status: number; text: string }> {
  const response = await fetch(`http://127.0.0.2:${port}${path}`);
  return { status: response.status, text: await response.text() };
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'config-'));
  world = await prepareConnection();
  ports = (await freePorts(2)) as [number, number];
  const { syncTarget, ...others } = settings();
  const uid = (await world.syncTarget()).metadata.uid;
  const config = await fileOf({ syncTarget: { ...syncTarget, syncTargetUid: uid }, ...others });
  syncer = startSyncer({ flags: { config } });
  await syncer.waitForLine(/"started"/, { timeoutMs: 60_000 });
});

afterAll(async () => {
  await syncer.stop();
  await rm(folder, { recursive: true });
});

describe('a syncer that has only a file', () => {
  it('syncs what the file selects, and nothing else', async () => {
    await makeNamespace(world.down, former);
    for (const namespace of [hidden, former, shown]) {
      await makeNamespace(world.up, namespace);
      await world.up.apply({ ...secrets, namespace, name: 'thing' }, { kind: 'Secret' });
      await world.up.apply({ ...configMaps, namespace, name: 'thing' }, { kind: 'ConfigMap' });
    }
    await eventuallyObject(world.down, { ...configMaps, namespace: shown, name: 'thing' });
    await eventually('the namespace that was there is refused', async () => {
      const { blocked } = (await world.syncTarget()).status ?? {};
      return blocked?.some(({ reason, namespace }) => reason === 'NamespaceUnowned' && namespace === former);
    });
    await world.twoHeartbeats();
    expect(await world.down.find({ ...secrets, namespace: shown, name: 'thing' })).toBeUndefined();
    expect(await world.down.find({ ...namespaces, name: hidden })).toBeUndefined();
    expect(await world.down.find({ ...configMaps, namespace: former, name: 'thing' })).toBeUndefined();
    expect((await world.syncTarget()).status?.selection).toBe(
      `types configmaps, secrets except secrets in namespaces ${prefix}-* except ${hidden}`,
    );
  });

  it('serves metrics and health where the file says', async () => {
    expect((await answer(ports[0], '/metrics')).text).toContain('syncer_heartbeat_total');
    expect(await answer(ports[1], '/healthz')).toMatchObject({ status: 200 });
  });

  it('logs as the file says, and beats as often', async () => {
    const line = JSON.parse(syncer.lines.find((one) => one.includes('"started"')) ?? '{}') as object;
    expect(line).toMatchObject({ message: 'started' });
    expect(await world.eventuallyCondition('HeartbeatReady', 'True')).toMatchObject({
      message: 'Heartbeats are received every 1 s',
    });
  });
});

describe('a file with a mistake', () => {
  it.each([
    ['performance', { worker: 2 }, 'performance.worker is not known; known are workers, resyncPeriod'],
    ['performance', { resyncPeriod: 30 }, 'performance.resyncPeriod must be a duration such as 30s'],
    ['sync', { resources: { includes: [] } }, 'sync.resources.includes is not known; known are include, exclude'],
    ['sync', { namespaceMapping: { strategy: 'Map' } }, 'sync.namespaceMapping.map is needed for strategy Map'],
  ])('in %s: %j ends the command with one line', async (section, content, words) => {
    const config = await fileOf({
      ...settings(),
      syncTarget: { ...settings()['syncTarget'], syncTargetUid: 'any' },
      [section]: content,
    });
    const { code, stderr } = await runSyncer([`--config=${config}`]);
    expect(code).toBe(2);
    expect(stderr.startsWith(`error: ${config}: ${words}`)).toBe(true);
    expect(stderr.trimEnd().split('\n')).toHaveLength(1);
  });

  it('is beaten by a flag that says it right', async () => {
    const config = await fileOf({ ...settings(), logging: { v: 9 } });
    const { code, stderr } = await runSyncer([`--config=${config}`, '--v=1']);
    expect({ code, stderr }).toEqual({
      code: 2,
      stderr: 'error: missing required flag --sync-target-uid; see workload-syncer --help\n',
    });
  });
});
