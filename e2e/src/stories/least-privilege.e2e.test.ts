import { startCluster, type Cluster } from '../harness/cluster.js';
import { sharedControlPlanes, uniqueName, type SharedControlPlanes } from '../harness/shared.js';
import { prepareConnection, syncTargetName, type Connected } from './connected.fixture.js';
import {
  deployments,
  eventuallyGone,
  eventuallyObject,
  isRolledOut,
  secrets,
  services,
  type Deployment,
  type Service,
} from './kinds.fixture.js';
import { configMaps, makeNamespace } from './objects.fixture.js';
import { exampleIn, grantPrinted, marks, ownRequests, readmeFlags } from './printed-rights.fixture.js';

jest.setTimeout(180_000);

/** All that the product asks of it is counted, so that no other syncer may use it. */
let cluster: Cluster;
let servers: SharedControlPlanes;

beforeAll(async () => {
  const [{ kcp }, own] = await Promise.all([sharedControlPlanes(), startCluster()]);
  cluster = own;
  servers = { kcp, cluster };
});

afterAll(async () => {
  await cluster.stop();
});

const types = 'deployments.apps,services,configmaps,secrets';

async function kubectl(world: Connected, args: readonly string[], input = ''): Promise<string> {
  const { code, stdout, stderr } = await world.workspace.kubectl(args, { input });
  expect({ args, code, stderr }).toEqual({ args, code: 0, stderr: '' });
  return stdout;
}

/** The life of the examples of the README: made, rolled out, scaled, repaired, and deleted in kcp. */
async function playMainStory(world: Connected, namespace: string): Promise<void> {
  for (const file of ['configuration.yaml', 'deployment.yaml', 'service.yaml'])
    await kubectl(world, ['apply', '--server-side', '-f', '-'], exampleIn(namespace, file));
  const nginxApp = { ...deployments, namespace, name: 'nginx-app' };
  const nginxService = { ...services, namespace, name: 'nginx-service' };
  const rolledOut = ['rollout', 'status', 'deployment/nginx-app', '-n', namespace, '--timeout=60s'];
  expect(await kubectl(world, rolledOut)).toContain('successfully rolled out');
  const hasAddress = ({ status }: Service): boolean => status?.loadBalancer?.ingress !== undefined;
  await eventuallyObject<Service>(world.up, nginxService, hasAddress);
  await eventuallyObject(world.down, { ...configMaps, namespace, name: 'nginx-config' });
  await eventuallyObject(world.down, { ...secrets, namespace, name: 'nginx-secret' });

  await kubectl(world, ['scale', 'deployment/nginx-app', '--replicas=5', '-n', namespace]);
  expect(await kubectl(world, rolledOut)).toContain('successfully rolled out');
  expect(isRolledOut(await world.down.get<Deployment>(nginxApp))).toBe(true);
  await world.down.patch(nginxApp, { spec: { replicas: 2 } });
  await eventuallyObject<Deployment>(world.down, nginxApp, ({ spec }) => spec.replicas === 5);

  await kubectl(world, ['delete', 'deployment/nginx-app', 'configmap/nginx-config', '-n', namespace]);
  await eventuallyGone(world.down, nginxApp);
  await eventuallyGone(world.down, { ...configMaps, namespace, name: 'nginx-config' });
}

const refused = ({ verb, uri, code }: { verb: string; uri: string; code: number }): string =>
  `${verb} ${uri.replace(/\?.*/, '')} ${code}`;

describe('with exactly the rights that print-rbac prints', () => {
  let world: Connected;
  const namespace = uniqueName('least');
  const flags = readmeFlags();

  beforeAll(async () => {
    const resources = flags.find((flag) => flag.startsWith('--resources='))?.split('=')[1] ?? '';
    world = await prepareConnection({
      servers,
      publish: ['deployments.apps', 'services'],
      rules: { upstream: [], downstream: [] },
      flags: { resources, 'sync-namespaces': namespace },
    });
    await grantPrinted(world, flags);
    await makeNamespace(world.up, namespace);
  });

  afterAll(async () => {
    await world.stop();
  });

  it('the main story passes, no request is refused, and nobody but the two accounts asks', async () => {
    const start = marks(world);
    await world.start();
    await world.eventuallyCondition('Ready', 'True');
    await playMainStory(world, namespace);
    await world.twoHeartbeats();

    const requests = ownRequests(world, start);
    const { up, down } = world.accounts;
    expect([...new Set(requests.map(({ user }) => user))].sort()).toEqual([up.user, down.user].sort());
    expect(requests.filter(({ code }) => code === 403 || code === 401).map(refused)).toEqual([]);
  });

  it('a type without permission is shown with the rule to add, and is synced as soon as it is permitted', async () => {
    await world.stop();
    await world.start({ resources: `${types},serviceaccounts` });
    const { message } = await world.eventuallyCondition('ResourcesReady', 'False', 'ResourceNotPermitted');
    expect(message).toContain('{"apiGroups":[""],"resources":["serviceaccounts"],"verbs":["get","list","watch"]}');
    const robot = { apiVersion: 'v1', resource: 'serviceaccounts', namespace, name: 'robot' };
    await world.up.apply(robot, { kind: 'ServiceAccount' });
    expect(await world.down.find(robot)).toBeUndefined();

    const { pid } = world.syncer;
    await grantPrinted(world, [...flags, `--resources=${types},serviceaccounts`]);
    await eventuallyObject(world.down, robot);
    await world.eventuallyCondition('Ready', 'True');
    expect(world.syncer.pid).toBe(pid);
  });
});

describe('with the RoleBindings that print-rbac --namespaced prints', () => {
  let world: Connected;
  const namespace = uniqueName('bound');

  beforeAll(async () => {
    const flags = { resources: types, 'sync-namespaces': namespace };
    world = await prepareConnection({
      servers,
      publish: ['deployments.apps', 'services'],
      rules: { upstream: [], downstream: [] },
      flags,
    });
    await makeNamespace(world.up, namespace);
    await makeNamespace(world.down, namespace);
    const common = [`--sync-target-name=${syncTargetName}`, `--resources=${types}`];
    await grantPrinted(world, [...common, `--sync-namespaces=${namespace}`, '--namespaced']);
  });

  afterAll(async () => {
    await world.stop();
  });

  it('the main story passes, and every write is in that namespace', async () => {
    const start = marks(world);
    await world.start();
    await world.eventuallyCondition('Ready', 'True');
    await playMainStory(world, namespace);

    const writes = world.downstreamWrites(start.down).filter(({ code }) => code < 300);
    expect(writes.filter(({ object }) => (object.namespace ?? object.name) !== namespace)).toEqual([]);
    expect(writes.length).toBeGreaterThan(5);
    const requests = ownRequests(world, start);
    const { up, down } = world.accounts;
    expect([...new Set(requests.map(({ user }) => user))].sort()).toEqual([up.user, down.user].sort());
    expect(requests.filter(({ verb, code }) => code === 403 && !['list', 'watch'].includes(verb))).toEqual([]);
  });
});
