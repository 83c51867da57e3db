import { join } from 'node:path';
import type { CommandResult } from '../harness/command.js';
import { eventually } from '../harness/eventually.js';
import { emptyWorld, outcomes, ownWrites, publish, type World } from './world.fixture.js';

jest.setTimeout(180_000);

const manifests = join(import.meta.dirname, 'eleven.yaml');
const deployments = { apiVersion: 'apps/v1', resource: 'deployments', namespace: 'default' };
const web = { ...deployments, name: 'web' };
let world: World;
let created: Record<string, string>;

beforeAll(async () => {
  world = await emptyWorld();
  created = outcomes(await publish(world));
});

async function kubectl(...args: string[]): Promise<CommandResult> {
  return await world.workspace.kubectl(args);
}

async function applied(manifest: object, ...flags: string[]): Promise<CommandResult> {
  return await world.workspace.kubectl(['apply', '-f', '-', ...flags], { input: JSON.stringify(manifest) });
}

function deployment(name: string, pod: object): object {
  const [selector, metadata] = [{ matchLabels: { app: name } }, { labels: { app: name } }];
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name },
    spec: { selector, template: { metadata, spec: pod } },
  };
}

test('an empty workspace gets the eleven types and the SyncTarget type', () => {
  expect(created).toEqual({
    'synctargets.workload.kcp.io': 'created',
    'deployments.apps': 'created',
    'statefulsets.apps': 'created',
    'daemonsets.apps': 'created',
    'jobs.batch': 'created',
    'cronjobs.batch': 'created',
    services: 'created',
    persistentvolumeclaims: 'created',
    'ingresses.networking.k8s.io': 'created',
    'networkpolicies.networking.k8s.io': 'created',
    'horizontalpodautoscalers.autoscaling': 'created',
    'poddisruptionbudgets.policy': 'created',
  });
});

test('a second run writes nothing', async () => {
  const mark = world.kcp.audit.mark();
  expect(new Set(Object.values(outcomes(await publish(world))))).toEqual(new Set(['unchanged']));
  expect(ownWrites(world, mark)).toEqual([]);
});

test('the servers find nothing to warn of in the guards', async () => {
  const policies = { apiVersion: 'admissionregistration.k8s.io/v1', resource: 'validatingadmissionpolicies' };
  await eventually('every guard is type-checked without a warning', async () => {
    const guards = await world.workspace.admin.list<{ status?: { typeChecking?: object } }>(policies);
    expect(guards.map(({ status }) => status?.typeChecking)).toEqual(guards.map(() => ({})));
    return guards.length === 7;
  });
});

test('ordinary manifests are taken by both ways to apply, the second finds nothing to do', async () => {
  expect(await kubectl('apply', '-f', manifests)).toMatchObject({ code: 0, stderr: '' });
  const before = await world.workspace.admin.get(web);
  const again = await kubectl('apply', '--server-side', '-f', manifests);
  expect(again).toMatchObject({ code: 0, stderr: '' });
  expect(again.stdout.trim().split('\n')).toHaveLength(11);
  expect((await world.workspace.admin.get(web)).metadata.generation).toBe(before.metadata.generation);
});

test('defaults that keys of lists need are there', async () => {
  const service = { apiVersion: 'v1', resource: 'services', namespace: 'default', name: 'web' };
  const { spec } = await world.workspace.admin.get<{ metadata: { name: string }; spec: { ports: object[] } }>(service);
  expect(spec.ports).toMatchObject([
    { port: 80, protocol: 'TCP' },
    { port: 53, protocol: 'UDP' },
  ]);
});

test('short names, categories, columns and explanations are as people know them', async () => {
  const short = await kubectl('get', 'deploy,sts,ds,job,cj,svc,pvc,ing,netpol,hpa,pdb');
  expect(short).toMatchObject({ code: 0, stderr: '' });
  expect(short.stdout).toMatch(/^NAME +READY +UP-TO-DATE +AVAILABLE +AGE\ndeployment.apps\/web +0\/2/);
  const all = await kubectl('get', 'all');
  for (const name of ['deployment.apps/web', 'service/web', 'cronjob.batch/nightly'])
    expect(all.stdout).toContain(name);
  expect((await kubectl('explain', 'deployment.spec.replicas')).stdout).toContain('Number of desired pods.');
});

test('a Deployment scales', async () => {
  expect(await kubectl('scale', 'deployment/web', '--replicas=5')).toMatchObject({ code: 0 });
  expect(await world.workspace.admin.get(web)).toMatchObject({ spec: { replicas: 5 } });
});

test('rollout status waits for a status of the current generation, and then tells success', async () => {
  const early = await kubectl('rollout', 'status', 'deployment/web', '--timeout=1s');
  expect(early.stdout).toContain('Waiting for deployment spec update to be observed');
  const { generation } = (await world.workspace.admin.get(web)).metadata;
  const counts = { replicas: 5, updatedReplicas: 5, readyReplicas: 5, availableReplicas: 5 };
  const status = { observedGeneration: generation, ...counts };
  await world.workspace.admin.patch({ ...web, subresource: 'status' }, { status });
  const { code, stdout } = await kubectl('rollout', 'status', 'deployment/web', '--timeout=30s');
  expect({ code, stdout }).toEqual({ code: 0, stdout: 'deployment "web" successfully rolled out\n' });
});

test('null is an absent field, also for server-side apply', async () => {
  const container = { name: 'a', image: 'a', env: null, resources: null, command: null, workingDir: null };
  const pod = { containers: [container], nodeSelector: null, volumes: null, hostname: null };
  expect(await applied(deployment('nulls', pod), '--server-side')).toMatchObject({ code: 0 });
  const named = { ...container, env: [{ name: 'A', value: 'one' }] };
  expect(await applied(deployment('nulls', { containers: [named] }), '--server-side')).toMatchObject({ code: 0 });
});

test.each(['1', '500m', '1.5Gi', '1e3', 1, 0.5])('the quantity %j is taken as it is', async (cpu) => {
  const pod = { containers: [{ name: 'a', image: 'a', resources: { limits: { cpu } } }] };
  expect(await applied(deployment('quantity', pod), '--server-side')).toMatchObject({ code: 0 });
  const { spec } = await world.workspace.admin.get<Record<'spec', object> & { metadata: { name: string } }>({
    ...deployments,
    name: 'quantity',
  });
  expect(spec).toMatchObject({ template: { spec: pod } });
});

test.each(['lots', '', '1 Gi', { milli: 5 }, [1]])('the quantity %j is refused', async (cpu) => {
  const pod = { containers: [{ name: 'a', image: 'a', resources: { limits: { cpu } } }] };
  const { code, stderr } = await applied(deployment('no-quantity', pod), '--server-side', '--validate=false');
  expect(code).toBe(1);
  expect(stderr).toContain('spec.template.spec.containers[0].resources.limits');
});

test.each([
  ['an unknown field', { containers: [{ name: 'a', imagePulPolicy: 'Always' }] }, 'imagePulPolicy'],
  ['a word that is in no enum', { containers: [{ name: 'a', imagePullPolicy: 'Sometimes' }] }, 'imagePullPolicy'],
  ['a number for text', { containers: [{ name: 'a', image: 7 }] }, 'image'],
  ['a missing field', { hostname: 'a' }, 'containers'],
])('%s is told at once', async (_, pod, field) => {
  const { code, stderr } = await applied(deployment('wrong', pod));
  expect(code).toBe(1);
  expect(stderr).toContain(field);
});
