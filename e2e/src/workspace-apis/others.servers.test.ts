import type { Ref } from '../harness/admin-client.js';
import { eventually } from '../harness/eventually.js';
import { uniqueName } from '../harness/shared.js';
import { createWorkspace } from '../harness/workspace.js';
import { emptyWorld, outcomes, ownWrites, publish, type World } from './world.fixture.js';

jest.setTimeout(180_000);

interface Definition {
  readonly metadata: { readonly name: string; readonly resourceVersion?: string };
  readonly spec: {
    readonly versions: readonly {
      readonly schema: { openAPIV3Schema: { properties: { spec: { properties: Record<string, object> } } } };
    }[];
  };
}

const services = ['services'];
const crd = (name: string): Ref => ({
  apiVersion: 'apiextensions.k8s.io/v1',
  resource: 'customresourcedefinitions',
  name,
});
const servicesCrd = crd('services.core');

/** Changes what is published of Services behind the publisher's back. */
async function editFields({ workspace }: World, change: (fields: Record<string, object>) => void): Promise<void> {
  const live = structuredClone(await workspace.admin.get<Definition>(servicesCrd));
  const [version] = live.spec.versions;
  change(version!.schema.openAPIV3Schema.properties.spec.properties);
  const { code, text } = await workspace.admin.request('PUT', pathOfCrd, { body: live });
  if (code !== 200) throw new Error(text);
}

const pathOfCrd = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions/services.core';

async function fieldsOf({ workspace }: World): Promise<Record<string, object>> {
  const { spec } = await workspace.admin.get<Definition>(servicesCrd);
  return spec.versions[0]!.schema.openAPIV3Schema.properties.spec.properties;
}

async function serviceDefinition(world: World): Promise<Definition> {
  await publish(world, { resources: services });
  return await world.workspace.admin.get<Definition>(servicesCrd);
}

test('what the cluster has more than was published is added, and objects stay', async () => {
  const world = await emptyWorld();
  await publish(world, { resources: services });
  const service = { apiVersion: 'v1', resource: 'services', namespace: 'default', name: 'kept' };
  await editFields(world, (fields) => delete fields['sessionAffinity']);
  await world.workspace.admin.apply(service, { kind: 'Service', spec: { ports: [{ port: 80 }] } });
  expect(outcomes(await publish(world, { resources: services }))).toMatchObject({ services: 'updated' });
  expect(await fieldsOf(world)).toHaveProperty('sessionAffinity');
  await eventually('the new field is served', async () => {
    const patch = { spec: { sessionAffinity: 'ClientIP' } };
    const { spec } = await world.workspace.admin.patch<{ spec: object }>(service, patch);
    return 'sessionAffinity' in spec;
  });
});

test('what the cluster has no longer stays, and is told', async () => {
  const world = await emptyWorld();
  await publish(world, { resources: services });
  await editFields(world, (fields) => (fields['fromTheFuture'] = { type: 'string' }));
  const mark = world.kcp.audit.mark();
  expect(outcomes(await publish(world, { resources: services }))).toMatchObject({
    services: "the cluster's is narrower: .spec.fromTheFuture: would disappear",
  });
  expect(ownWrites(world, mark)).toEqual([]);
  expect(await fieldsOf(world)).toHaveProperty('fromTheFuture');
});

test('what another cluster published, and what somebody else made, is left alone', async () => {
  const world = await emptyWorld();
  await publish(world, { resources: services });
  const mark = world.kcp.audit.mark();
  expect(outcomes(await publish(world, { resources: services, publishedBy: 'another-cluster' }))).toEqual({
    'synctargets.workload.kcp.io': 'it is published by this-cluster',
    services: 'it is published by this-cluster',
  });
  await world.workspace.admin.patch(servicesCrd, { metadata: { annotations: { 'syncer.kcp.io/published-by': null } } });
  expect(outcomes(await publish(world, { resources: services }))).toMatchObject({ services: 'somebody else made it' });
  expect(ownWrites(world, mark)).toEqual([]);
});

test('what kcp serves itself is left alone', async () => {
  const world = await emptyWorld();
  expect(outcomes(await publish(world, { resources: ['configmaps'] }))).toMatchObject({
    configmaps: 'the workspace serves it already',
  });
});

test('a type that came by an APIBinding is left alone', async () => {
  const provider = await emptyWorld();
  const { spec } = (await serviceDefinition(provider)) as unknown as { spec: Record<string, unknown> };
  const [version] = spec['versions'] as { schema: { openAPIV3Schema: object } }[];
  const { admin, path } = provider.workspace;
  await admin.create(
    { apiVersion: 'apis.kcp.io/v1alpha1', resource: 'apiresourceschemas' },
    {
      apiVersion: 'apis.kcp.io/v1alpha1',
      kind: 'APIResourceSchema',
      metadata: { name: 'v1.services.core' },
      spec: {
        group: '',
        names: spec['names'],
        scope: 'Namespaced',
        versions: [{ ...version, schema: version!.schema.openAPIV3Schema }],
      },
    },
  );
  const exported = { group: '', name: 'services', schema: 'v1.services.core', storage: { crd: {} } };
  const exports = { apiVersion: 'apis.kcp.io/v1alpha2', resource: 'apiexports' };
  await admin.create(exports, {
    apiVersion: exports.apiVersion,
    kind: 'APIExport',
    metadata: { name: 'kubernetes' },
    spec: { resources: [exported] },
  });
  const workspace = await createWorkspace(provider.kcp, uniqueName('bound'));
  const world = { ...provider, workspace };
  const binding = { apiVersion: 'apis.kcp.io/v1alpha2', resource: 'apibindings', name: 'kubernetes' };
  await workspace.admin.apply(binding, {
    kind: 'APIBinding',
    spec: { reference: { export: { path, name: 'kubernetes' } } },
  });
  await eventually('Services are bound', async () => {
    const { status } = await workspace.admin.get<{ metadata: { name: string }; status?: { phase?: string } }>(binding);
    return status?.phase === 'Bound';
  });
  expect(outcomes(await publish(world, { resources: services }))).toMatchObject({
    services: 'the workspace has it by the APIBinding kubernetes',
  });
  expect(await workspace.admin.find(servicesCrd)).toBeUndefined();
});
