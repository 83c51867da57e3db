import { findBinaries } from '../harness/build.js';
import { runCommand } from '../harness/command.js';
import { eventually } from '../harness/eventually.js';
import { freePorts } from '../harness/ports.js';
import { uniqueName } from '../harness/shared.js';
import { connect, type Connected } from './connected.fixture.js';
import { deploymentOf, deployments, eventuallyObject, isRolledOut, type Deployment } from './kinds.fixture.js';
import { configMaps, makeNamespace } from './objects.fixture.js';

// what checks the scrape may have to be built first
jest.setTimeout(300_000);

const namespace = uniqueName('metrics');
const app = { ...deployments, namespace, name: 'app' };

let world: Connected;
let metricsUrl: string;
let healthUrl: string;

beforeAll(async () => {
  const [metricsPort = 0, healthPort = 0] = await freePorts(2);
  metricsUrl = `http://127.0.0.1:${metricsPort}/metrics`;
  healthUrl = `http://127.0.0.1:${healthPort}/health`;
  world = await connect({
    publish: ['deployments.apps'],
    flags: { 'metrics-port': metricsPort, 'health-port': healthPort },
  });
  await makeNamespace(world.up, namespace);
  await world.up.apply(app, deploymentOf('app', { replicas: 1 }));
  await world.up.apply({ ...configMaps, namespace, name: 'settings' }, { kind: 'ConfigMap', data: { a: '1' } });
  await eventuallyObject<Deployment>(world.up, app, isRolledOut);
  await world.eventuallyInStep(2);
});

afterAll(async () => {
  await world.stop();
});

async function scrape(): Promise<string> {
  return await (await fetch(metricsUrl)).text();
}

/** The sum of the series of this name whose labels hold these. */
function valueOf(text: string, name: string, ...labels: string[]): number {
  const lines = text.split('\n').filter((line) => line.startsWith(`${name}{`) || line.startsWith(`${name} `));
  const wanted = lines.filter((line) => labels.every((label) => line.includes(label)));
  return wanted.reduce((sum, line) => sum + Number(line.slice(line.lastIndexOf(' ') + 1)), 0);
}

it('a scrape says what was carried over, how fast, and by which requests', async () => {
  const text = await scrape();
  const down = 'direction="kcp-to-cluster"';
  expect(valueOf(text, 'syncer_resources_synced_total', down, 'gvk="apps/v1/Deployment"')).toBeGreaterThanOrEqual(1);
  expect(valueOf(text, 'syncer_resources_synced_total', 'cluster-to-kcp')).toBeGreaterThanOrEqual(1);
  expect(valueOf(text, 'syncer_sync_latency_seconds_count', down)).toBeGreaterThanOrEqual(2);
  expect(valueOf(text, 'syncer_sync_latency_seconds_count', 'cluster-to-kcp')).toBeGreaterThanOrEqual(1);
  expect(valueOf(text, 'syncer_writes_total', 'side="cluster"', 'result="ok"')).toBeGreaterThanOrEqual(2);
  expect(valueOf(text, 'syncer_objects', 'state="synced"')).toBe(2);
  expect(valueOf(text, 'syncer_connection_status')).toBe(2);
  expect(valueOf(text, 'tmc_component_health')).toBe(1);
  expect(valueOf(text, 'rest_client_requests_total', 'code="201"', 'method="PATCH"')).toBeGreaterThanOrEqual(2);
  expect(valueOf(text, 'process_resident_memory_bytes')).toBeGreaterThan(1e7);
  await eventually('nothing is behind', async () => {
    return valueOf(await scrape(), 'syncer_oldest_unsynced_seconds') === 0;
  });
});

it('a scrape names no object, and a linter of Prometheus finds nothing to say', async () => {
  const text = await scrape();
  expect(text).not.toContain(namespace);
  const { promlint } = await findBinaries(['promlint']);
  expect(await runCommand(promlint, [], { input: text })).toMatchObject({ code: 0, stdout: '' });
});

it('a repair in the cluster is counted', async () => {
  await world.cluster.kubectl(['scale', '-n', namespace, 'deployment/app', '--replicas=3']);
  await eventually('the repair is counted', async () => {
    return valueOf(await scrape(), 'syncer_drift_corrected_total') >= 1;
  });
});

it('the health is told', async () => {
  const answer = await fetch(healthUrl);
  expect([answer.status, await answer.json()]).toMatchObject([200, { status: 'Healthy', componentType: 'Syncer' }]);
});
