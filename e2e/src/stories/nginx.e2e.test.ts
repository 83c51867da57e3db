import { join } from 'node:path';
import { eventually } from '../harness/eventually.js';
import { connect, type Connected } from './connected.fixture.js';
import {
  deployments,
  eventuallyGone,
  eventuallyObject,
  isRolledOut,
  namesIn,
  pods,
  services,
  type Deployment,
  type Service,
} from './kinds.fixture.js';

jest.setTimeout(180_000);

/** The namespace `default` of the shared cluster serves one SyncTarget: this file's. */
const namespace = 'default';
const nginxApp = { ...deployments, namespace, name: 'nginx-app' };
const nginxService = { ...services, namespace, name: 'nginx-service' };
const examples = join(__dirname, '..', '..', '..', 'docs', 'examples');

let world: Connected;

beforeAll(async () => {
  world = await connect({ publish: ['deployments.apps', 'services'] });
});

afterAll(async () => {
  await world.stop();
});

/** Runs kubectl in the workspace; its output when it succeeds. */
async function kubectl(...args: string[]): Promise<string> {
  const { code, stdout, stderr } = await world.workspace.kubectl(args);
  expect({ args, code, stderr }).toEqual({ args, code: 0, stderr: '' });
  return stdout;
}

async function applyExample(file: string): Promise<void> {
  await kubectl('apply', '--server-side', '-f', join(examples, file));
}

async function rolloutStatus(): Promise<string> {
  return await kubectl('rollout', 'status', 'deployment/nginx-app', '--timeout=60s');
}

function imagesOf({ spec }: Deployment): (string | undefined)[] {
  return spec.template.spec.containers.map(({ image }) => image);
}

describe('Deployment nginx-app', () => {
  it('rolls out in the cluster, and kubectl in kcp waits for it and shows it', async () => {
    await applyExample('deployment.yaml');

    expect(await rolloutStatus()).toContain('deployment "nginx-app" successfully rolled out');
    const copy = await world.down.get<Deployment>(nginxApp);
    expect(copy.status).toMatchObject({ readyReplicas: 3, updatedReplicas: 3, availableReplicas: 3 });
    expect(copy.status?.conditions).toContainEqual(expect.objectContaining({ type: 'Available', status: 'True' }));

    const upstream = await eventuallyObject<Deployment>(
      world.up,
      nginxApp,
      ({ status }) => status?.readyReplicas === 3,
    );
    expect(upstream.status).toEqual({ ...copy.status, observedGeneration: upstream.metadata.generation });
    expect(await kubectl('get', 'deployments', '-n', namespace)).toMatch(/^nginx-app +3\/3 +3 +3 +/m);
  });

  it('is as many and of that image in the cluster as kcp says, and complete in kcp only when it is there', async () => {
    await kubectl('scale', 'deployment/nginx-app', '--replicas=5');
    expect(await rolloutStatus()).toContain('successfully rolled out');
    expect(isRolledOut(await world.down.get<Deployment>(nginxApp))).toBe(true);
    expect(await world.down.get<Deployment>(nginxApp)).toMatchObject({
      spec: { replicas: 5 },
      status: { readyReplicas: 5 },
    });

    for (const image of ['nginx:1.28', 'nginx:1.29', 'nginx:1.30']) {
      const container = { op: 'replace', path: '/spec/template/spec/containers/0/image', value: image };
      await world.up.patch(nginxApp, [container], { type: 'json' });
      // The very moment at which kcp says that it is done, it is done.
      await eventuallyObject<Deployment>(world.up, nginxApp, isRolledOut);
      const copy = await world.down.get<Deployment>(nginxApp);
      expect({ images: imagesOf(copy), done: isRolledOut(copy) }).toEqual({ images: [image], done: true });
    }
    const running = await world.down.list<{ spec: { containers: { image: string }[] } }>(
      { ...pods, namespace },
      { labelSelector: 'app=nginx', fieldSelector: 'status.phase=Running' },
    );
    const current = running.filter(({ spec }) => spec.containers[0]?.image === 'nginx:1.30');
    expect(current).toHaveLength(5);
  });

  it('that is deleted in kcp goes from the cluster first, and from kcp when it is gone there', async () => {
    const [up, down] = [world.kcp.audit.mark(), world.cluster.audit.mark()];
    await kubectl('delete', 'deployment/nginx-app', '--wait=false');
    await eventuallyGone(world.up, nginxApp);

    expect(await world.down.find(nginxApp)).toBeUndefined();
    const asked = world.cluster.audit
      .since(down)
      .filter(({ user, object }) => user === world.accounts.down.user && object.name === nginxApp.name);
    const deleted = asked.find(({ verb, code }) => verb === 'delete' && code === 200);
    const seenGone = asked.find(({ verb, code }) => verb === 'get' && code === 404);
    const released = world
      .upstreamWrites(up)
      .filter(({ object }) => object.name === nginxApp.name && object.subresource === undefined);
    const order = [deleted, seenGone, ...released].map((entry) => entry?.timestamp ?? 'never');
    expect(released.map(({ verb, code }) => `${verb} ${code}`)).toEqual(['patch 200']);
    expect(order).not.toContain('never');
    expect(order).toEqual([...order].sort());
    await eventually(
      'its Pods are gone too',
      async () => (await namesIn(world.down, { ...pods, namespace })).length === 0,
    );
  });
});

describe('Service nginx-service', () => {
  it('gets an address from the cluster, which kcp shows', async () => {
    await applyExample('service.yaml');

    const upstream = await eventuallyObject<Service>(
      world.up,
      nginxService,
      ({ status }) => status?.loadBalancer?.ingress !== undefined,
    );
    const copy = await world.down.get<Service>(nginxService);
    expect(upstream.status).toEqual(copy.status);
    const ip = upstream.status?.loadBalancer?.ingress?.[0]?.ip ?? '';
    expect(ip).toMatch(/^198\.18\.\d+\.\d+$/);
    expect(await kubectl('get', 'services', '-n', namespace)).toContain(ip);
  });

  it('keeps the cluster IP and node ports that the cluster gave it, whatever kcp says', async () => {
    const { spec: allocated } = await world.down.get<Service>(nginxService);
    expect((await world.up.get<Service>(nginxService)).spec).not.toHaveProperty('clusterIP');

    const carriedOver = { clusterIP: '10.0.255.254', clusterIPs: ['10.0.255.254'], ipFamilies: ['IPv4'] };
    await world.up.patch(nginxService, { spec: { ...carriedOver, sessionAffinity: 'ClientIP' } });
    const copy = await eventuallyObject<Service>(
      world.down,
      nginxService,
      ({ spec }) => 'sessionAffinity' in spec && spec.sessionAffinity === 'ClientIP',
    );
    expect(copy.spec).toMatchObject({ clusterIP: allocated.clusterIP, clusterIPs: allocated.clusterIPs });
    expect(copy.spec.ports?.map(({ nodePort }) => nodePort)).toEqual(allocated.ports?.map(({ nodePort }) => nodePort));
    await world.eventuallyInStep(1);

    const mark = world.cluster.audit.mark();
    const { resourceVersion } = (await world.down.get(nginxService)).metadata;
    await world.twoHeartbeats();
    expect(world.downstreamWrites(mark)).toEqual([]);
    expect((await world.down.get(nginxService)).metadata.resourceVersion).toBe(resourceVersion);
    expect((await world.up.get<Service>(nginxService)).spec).toMatchObject(carriedOver);
  });
});
