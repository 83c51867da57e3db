import { eventually } from '../harness/eventually.js';
import { uniqueName } from '../harness/shared.js';
import { connect, syncTargetName, type Connected } from './connected.fixture.js';
import { deploymentOf, deployments, eventuallyObject, isRolledOut, type Deployment } from './kinds.fixture.js';
import { configMaps, makeNamespace } from './objects.fixture.js';

jest.setTimeout(180_000);

const namespace = uniqueName('events');
const app = { ...deployments, namespace, name: 'app' };
const taken = { ...configMaps, namespace, name: 'taken' };

let world: Connected;

beforeAll(async () => {
  world = await connect({ publish: ['deployments.apps'], flags: { 'resync-period': '1s' } });
  await makeNamespace(world.up, namespace);
  await world.up.apply(app, deploymentOf('app', { replicas: 1 }));
  await eventuallyObject<Deployment>(world.up, app, isRolledOut);
});

afterAll(async () => {
  await world.stop();
});

/** What `kubectl describe` shows in the workspace. */
async function described(...what: string[]): Promise<string> {
  const { stdout } = await world.workspace.kubectl(['describe', ...what]);
  return stdout.slice(stdout.indexOf('\nEvents:'));
}

async function eventuallyDescribed(pattern: RegExp, ...what: string[]): Promise<string> {
  return await eventually(`${what.join(' ')} shows ${String(pattern)}`, async () => {
    const text = await described(...what);
    if (pattern.test(text)) return text;
    throw new Error(`it shows ${text}`);
  });
}

it('kubectl describe shows that the copy was made, and that the syncer started', async () => {
  await eventuallyDescribed(
    /Normal +Synced .*kcp-syncer +A copy was made in the cluster/,
    '-n',
    namespace,
    'deployment/app',
  );
  await eventuallyDescribed(/Normal +ControllerStarted /, `synctarget/${syncTargetName}`);
});

it('what keeps an object from the cluster is told with its reason, once however often it is tried', async () => {
  await eventuallyObject(world.down, { apiVersion: 'v1', resource: 'namespaces', name: namespace }, () => true);
  await world.down.apply(taken, { kind: 'ConfigMap', data: { mine: 'yes' } });
  const mark = world.kcp.audit.mark();
  await world.up.apply(taken, { kind: 'ConfigMap', data: { a: '1' } });
  const what = ['-n', namespace, 'configmap/taken'];
  await eventuallyDescribed(
    /Warning +ConflictUnowned .*exists in the cluster and was not made by this syncer/,
    ...what,
  );
  await world.twoHeartbeats();
  await world.twoHeartbeats();
  expect(world.eventWrites(mark).map(({ verb, code }) => `${verb} ${code}`)).toEqual(['patch 201']);
  await world.down.delete(taken);
  await world.up.apply(taken, { kind: 'ConfigMap', data: { a: '2' } });
  await eventuallyDescribed(/Normal +Synced /, ...what);
});

it('passes, changes and status updates are no Events', async () => {
  await world.eventuallyInStep(2);
  const mark = world.kcp.audit.mark();
  for (const replicas of [2, 3, 4]) {
    await world.up.apply(app, deploymentOf('app', { replicas }));
    await eventuallyObject<Deployment>(
      world.up,
      app,
      (object) => object.spec.replicas === replicas && isRolledOut(object),
    );
  }
  await world.twoHeartbeats();
  expect(world.eventWrites(mark)).toEqual([]);
  expect(world.upstreamWrites(mark).length).toBeGreaterThan(2);
});
