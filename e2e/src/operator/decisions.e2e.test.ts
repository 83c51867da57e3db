import { eventually } from '../harness/eventually.js';
import type { KubeObject } from '../harness/admin-client.js';
import { operatorWorld, type Tenant, type World } from './operator.fixture.js';

jest.setTimeout(180_000);

const names = Array.from({ length: 12 }, (_, at) => `settings-${at}`);

let world: World;
let tenant: Tenant;

beforeAll(async () => {
  world = await operatorWorld();
  await world.start();
  tenant = await world.tenant();
  await tenant.deploy();
  await tenant.eventually('Ready', 'True');
});

function original(name: string): { apiVersion: string; resource: string; namespace: string; name: string } {
  return { apiVersion: 'v1', resource: 'configmaps', namespace: 'default', name };
}

async function copies(): Promise<KubeObject[]> {
  const namespace = `${tenant.name}-default`;
  const all = await world.down.list({ ...original(''), namespace });
  return all.filter(({ metadata }) => names.includes(metadata.name));
}

test('deletions that vanished unseen are held, and approved by an annotation of the SyncerDeployment', async () => {
  const { admin } = tenant.workspace;
  for (const name of names) await admin.apply(original(name), { kind: 'ConfigMap', data: { a: name } });
  await eventually('all are in the cluster', async () => (await copies()).length === names.length);
  await world.operator.stop();
  for (const name of names) await admin.delete(original(name));
  await world.start();
  const id = await eventually('the id is shown', async () => {
    const { message } = await tenant.eventually('DeletionsAllowed', 'False', 'DeletionsHeld');
    return /approve-deletions=(\w+),/.exec(message)?.[1];
  });
  expect(await copies()).toHaveLength(names.length);
  const key = 'syncer.kcp.io/approve-deletions';
  await world.down.patch(tenant.ref, { metadata: { annotations: { [key]: id } } });
  await tenant.eventually('DeletionsAllowed', 'True', 'NoneHeld');
  expect(await copies()).toEqual([]);
  await eventually('the annotation is taken off', async () => {
    return (await tenant.syncerDeployment()).metadata.annotations?.[key] === undefined;
  });
});
