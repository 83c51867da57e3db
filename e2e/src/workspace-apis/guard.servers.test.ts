import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { AdminClient } from '../harness/admin-client.js';
import type { CommandResult } from '../harness/command.js';
import { uniqueName } from '../harness/shared.js';
import { emptyWorld, publish, type World } from './world.fixture.js';

jest.setTimeout(180_000);

interface Workload {
  readonly metadata: { readonly name: string; readonly annotations?: Readonly<Record<string, string>> };
  readonly spec: {
    readonly replicas?: number;
    readonly paused?: boolean;
    readonly template: { readonly spec: object };
  };
}

const annotation = 'syncer.kcp.io/allow-field-loss';
const deployments = { apiVersion: 'apps/v1', resource: 'deployments', namespace: 'default' };
const two = { ...deployments, name: 'two' };

const web = {
  name: 'web',
  image: 'nginx:1',
  ports: [{ containerPort: 80, protocol: 'TCP' }],
  env: [
    { name: 'A', value: 'one' },
    { name: 'B', value: 'two' },
  ],
  resources: { limits: { cpu: '1', memory: '1Gi' } },
  livenessProbe: { httpGet: { path: '/', port: 80 }, periodSeconds: 5 },
};
const side = { name: 'side', image: 'busybox:1' };
const scratch = { name: 'scratch', emptyDir: {} };
const pod = { containers: [web, side], volumes: [scratch] };
let world: World;
let admin: AdminClient;

beforeAll(async () => {
  world = await emptyWorld();
  admin = world.workspace.admin;
  await publish(world);
});

afterEach(async () => {
  await admin.delete(two);
});

function deployment(template: object = pod, annotations: object = {}, replicas = 1): object {
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'two', annotations },
    spec: {
      replicas,
      strategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge: 2 } },
      selector: { matchLabels: { app: 'two' } },
      template: { metadata: { labels: { app: 'two' } }, spec: template },
    },
  };
}

async function kubectl(...args: string[]): Promise<CommandResult> {
  return await world.workspace.kubectl(args);
}

async function apply(manifest: object, ...flags: string[]): Promise<CommandResult> {
  return await world.workspace.kubectl(['apply', '-f', '-', ...flags], { input: JSON.stringify(manifest) });
}

async function podOf(name = 'two'): Promise<object> {
  return (await admin.get<Workload>({ ...deployments, name })).spec.template.spec;
}

/** kubectl was refused, was told what it would lose and what is safe, and nothing changed. */
async function expectRefusal({ code, stderr }: CommandResult, ...losses: string[]): Promise<void> {
  expect(code).toBe(1);
  const sentence = /this update would (?:drop|leave nothing but the key of|add) (.*?): in a kcp workspace/.exec(stderr);
  expect(sentence?.[1]?.split(', ')).toEqual(losses);
  expect(stderr).toContain('Use "kubectl apply --server-side"');
  expect(await podOf()).toEqual(pod);
}

function withWeb(change: object): object {
  return { ...pod, containers: [{ ...web, ...change }, side] };
}

describe('a Deployment of two containers, made by kubectl apply,', () => {
  beforeEach(async () => {
    expect(await apply(deployment())).toMatchObject({ code: 0 });
  });

  test('is not damaged by a second plain apply that changes an image', async () => {
    await expectRefusal(
      await apply(deployment(withWeb({ image: 'nginx:2' }))),
      'containers["web"].env',
      'containers["web"].livenessProbe',
      'containers["web"].ports',
      'containers["web"].resources',
      'containers["side"]',
    );
  });

  test('is not damaged by an apply that changes something in every field of a container', async () => {
    const resources = { limits: { ...web.resources.limits, cpu: '2' } };
    const livenessProbe = { ...web.livenessProbe, periodSeconds: 6 };
    const env = [{ name: 'A', value: 'new' }, web.env[1]];
    const ports = [{ containerPort: 81, protocol: 'TCP' }];
    await expectRefusal(
      await apply(deployment(withWeb({ image: 'nginx:2', resources, livenessProbe, env, ports }))),
      'containers["web"].livenessProbe.httpGet',
      'containers["web"].resources.limits.memory',
      'containers["side"]',
      'containers["web"].env["B"]',
    );
  });

  test('is not damaged by an apply that removes a container, also where losses are allowed', async () => {
    const less = { ...pod, containers: [web] };
    await expectRefusal(await apply(deployment(less)), 'containers["web"]', 'containers["side"].image');
    await expectRefusal(await apply(deployment(less, { [annotation]: 'true' })), 'containers["side"]');
  });

  test('is changed and cut by server-side apply', async () => {
    const changed = { ...pod, containers: [{ ...web, image: 'nginx:2' }] };
    expect(await apply(deployment(changed), '--server-side')).toMatchObject({ code: 0 });
    expect(await podOf()).toEqual(changed);
  });

  test('is changed by a plain apply that touches no list', async () => {
    expect(await apply(deployment(pod, {}, 3))).toMatchObject({ code: 0 });
    expect(await apply(deployment(pod, {}, 3))).toMatchObject({ code: 0, stdout: 'deployment.apps/two unchanged\n' });
    expect((await admin.get<Workload>(two)).spec.replicas).toBe(3);
    expect(await podOf()).toEqual(pod);
  });

  test('may get another kind of volume by a plain apply', async () => {
    const volumes = [{ name: 'scratch', configMap: { name: 'scratch' } }];
    expect(await apply(deployment({ ...pod, volumes }))).toMatchObject({ code: 0 });
    expect(await podOf()).toMatchObject({ containers: pod.containers, volumes });
  });

  test('is not damaged by set image', async () => {
    await expectRefusal(await kubectl('set', 'image', 'deployment/two', 'side=busybox:2'), 'containers["web"]');
  });

  test('is not damaged by set env', async () => {
    const { stderr } = await kubectl('set', 'env', 'deployment/two', 'C=three');
    expect(stderr).toContain('containers["web"].env["A"]');
    expect((await kubectl('set', 'env', 'deployment/two', 'A-')).stderr).toContain('containers["web"].image');
    expect(await podOf()).toEqual(pod);
  });

  test('is not damaged by set resources', async () => {
    const { stderr } = await kubectl('set', 'resources', 'deployment/two', '-c=web', '--limits=cpu=2');
    expect(stderr).toContain('containers["web"].resources.limits.memory');
    expect(await podOf()).toEqual(pod);
  });

  test('is not damaged by edit, and is edited where nothing is lost', async () => {
    const edit = async (change: string): Promise<CommandResult> =>
      await world.workspace.kubectl(['edit', 'deployment/two'], { env: { KUBE_EDITOR: `sed -i ${change}` } });
    const refused = await edit('s/busybox:1/busybox:2/');
    expect(refused).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('deployments.apps "two" is invalid') as unknown,
    });
    expect(await podOf()).toEqual(pod);
    expect(await edit('/^..replicas/s/1/4/')).toMatchObject({ code: 0 });
    expect((await admin.get<Workload>(two)).spec.replicas).toBe(4);
  });

  test('is not damaged by a strategic patch, and is patched where nothing is lost', async () => {
    const patch = { spec: { template: { spec: { containers: [{ name: 'side', image: 'busybox:2' }] } } } };
    await expectRefusal(await kubectl('patch', 'deployment/two', '-p', JSON.stringify(patch)), 'containers["web"]');
    const volumes = { spec: { template: { spec: { volumes: [{ name: 'more', emptyDir: {} }] } } } };
    await expectRefusal(await kubectl('patch', 'deployment/two', '-p', JSON.stringify(volumes)), 'volumes["scratch"]');
    expect(await kubectl('patch', 'deployment/two', '-p', '{"spec":{"paused":true}}')).toMatchObject({ code: 0 });
    expect((await admin.get<Workload>(two)).spec.paused).toBe(true);
  });

  test('is patched by JSON patches; one that removes says so', async () => {
    const image = [{ op: 'replace', path: '/spec/template/spec/containers/0/image', value: 'nginx:2' }];
    const patch = async (operations: object[]): Promise<CommandResult> =>
      await kubectl('patch', 'deployment/two', '--type=json', '-p', JSON.stringify(operations));
    const removal = { op: 'remove', path: '/spec/template/spec/containers/1' };
    await expectRefusal(await patch([removal]), 'containers["side"]');
    expect(await patch(image)).toMatchObject({ code: 0 });
    const allow = { op: 'add', path: `/metadata/annotations/${annotation.replace('/', '~1')}`, value: 'true' };
    expect(await patch([removal, allow])).toMatchObject({ code: 0 });
    expect(await podOf()).toEqual({ ...pod, containers: [{ ...web, image: 'nginx:2' }] });
  });

  test('is replaced as its manifest says', async () => {
    const input = JSON.stringify(deployment({ containers: [side] }));
    expect(await world.workspace.kubectl(['replace', '-f', '-'], { input })).toMatchObject({ code: 0 });
    expect(await podOf()).toEqual({ containers: [side] });
  });

  test.each([
    ['scale', '--replicas=4'],
    ['label', 'a=b'],
    ['annotate', 'a=b'],
    ['rollout pause', ''],
  ])('is left whole by %s', async (command, argument) => {
    const args = [...command.split(' '), 'deployment/two', argument].filter((word) => word !== '');
    expect(await kubectl(...args)).toMatchObject({ code: 0 });
    expect(await podOf()).toEqual(pod);
  });

  test('is restarted', async () => {
    expect(await kubectl('rollout', 'restart', 'deployment/two')).toMatchObject({ code: 0 });
    expect(await admin.get(two)).toMatchObject({
      spec: {
        template: { metadata: { annotations: { 'kubectl.kubernetes.io/restartedAt': expect.any(String) as unknown } } },
      },
    });
    expect(await podOf()).toEqual(pod);
  });

  test('belongs to controllers that write it whole', async () => {
    const live = await admin.get<Workload>(two);
    const body = { ...live, spec: { ...live.spec, template: { ...live.spec.template, spec: { containers: [side] } } } };
    const path = '/apis/apps/v1/namespaces/default/deployments/two';
    expect(await admin.request('PUT', path, { body })).toMatchObject({ code: 200 });
    expect(await podOf()).toEqual({ containers: [side] });
  });
});

test('the image of a Deployment that has nothing to lose is set', async () => {
  expect(await kubectl('create', 'deployment', 'one', '--image=nginx:1')).toMatchObject({ code: 0 });
  expect(await kubectl('set', 'image', 'deployment/one', 'nginx=nginx:2')).toMatchObject({ code: 0 });
  expect(await podOf('one')).toEqual({ containers: [{ name: 'nginx', image: 'nginx:2' }] });
});

test('the pods of a CronJob are guarded where they are', async () => {
  const args = ['cronjob', 'nightly', '--image=busybox:1', '--schedule=0 3 * * *', '--', 'true'];
  expect(await kubectl('create', ...args)).toMatchObject({ code: 0 });
  const { stderr } = await kubectl('set', 'image', 'cronjob/nightly', 'nightly=busybox:2');
  expect(stderr).toContain('would drop containers["nightly"].command');
});

test('ports of a Service are guarded by port and protocol', async () => {
  const manifest = (targetPort: number, selector: string): object => ({
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: 'web' },
    spec: {
      selector: { app: selector },
      ports: [
        { name: 'a', port: 80 },
        { name: 'b', port: 81, targetPort },
      ],
    },
  });
  expect(await apply(manifest(8081, 'a'))).toMatchObject({ code: 0 });
  const { code, stderr } = await apply(manifest(8082, 'a'));
  expect(code).toBe(1);
  expect(stderr).toContain('would drop ports["80/TCP"], ports["81/TCP"].name:');
  expect(await apply(manifest(8081, 'b'))).toMatchObject({ code: 0 });
  expect(await apply(manifest(8082, 'b'), '--server-side')).toMatchObject({ code: 0 });
});

test('a selector of a PodDisruptionBudget is not merged with the old one', async () => {
  const manifest = (matchLabels: object): object => ({
    apiVersion: 'policy/v1',
    kind: 'PodDisruptionBudget',
    metadata: { name: 'web' },
    spec: { minAvailable: 1, selector: { matchLabels } },
  });
  expect(await apply(manifest({ app: 'web' }))).toMatchObject({ code: 0 });
  expect(await apply(manifest({ app: 'other' }))).toMatchObject({ code: 0 });
  const { code, stderr } = await apply(manifest({ tier: 'front' }));
  expect(code).toBe(1);
  expect(stderr).toContain('this update would add spec.selector.matchLabels.tier:');
  expect(await apply(manifest({ tier: 'front' }), '--server-side')).toMatchObject({ code: 0 });
  const budget = { apiVersion: 'policy/v1', resource: 'poddisruptionbudgets', namespace: 'default', name: 'web' };
  expect(await admin.get(budget)).toMatchObject({ spec: { selector: { matchLabels: { tier: 'front' } } } });
});

describe('a Deployment of 50 containers with 100 variables each', () => {
  const containers = (version: number, variables: number): object[] =>
    Array.from({ length: 50 }, (_, i) => ({
      ...{ name: `c${i}`, image: `nginx:${version}`, resources: { limits: { cpu: `${version}`, memory: '1Gi' } } },
      env: Array.from({ length: variables }, (__, j) => ({
        name: `E${j}`,
        valueFrom: { secretKeyRef: { name: `s${version}`, key: 'k' } },
      })),
    }));

  test('costs no more than a server grants: what loses nothing passes, what loses thousands is named', async () => {
    await admin.apply(two, { kind: 'Deployment', ...deployment({ containers: containers(1, 100) }) });
    const file = join(world.kcp.folder, `${uniqueName('patch')}.json`);
    const patch = async (template: object): Promise<CommandResult> => {
      writeFileSync(file, JSON.stringify({ spec: { template: { spec: template } } }));
      return await kubectl('patch', 'deployment/two', `--patch-file=${file}`);
    };
    expect(await patch({ containers: containers(2, 100) })).toMatchObject({ code: 0, stderr: '' });
    const { stderr } = await patch({ containers: containers(3, 1) });
    expect(stderr).toContain('this update would drop containers["c0"].env["E1"]');
    expect(stderr).toContain('and 4942 more');
    expect(await podOf()).toEqual({ containers: containers(2, 100) });
  });
});
