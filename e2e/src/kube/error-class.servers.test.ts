import { readFileSync } from 'node:fs';
import type { ApiRequest, KubeClient } from '@kcp-syncer/syncer-runtime/kube/client.js';
import * as is from '@kcp-syncer/syncer-runtime/kube/error-class.js';
import { ApiError } from '@kcp-syncer/syncer-runtime/kube/api-error.js';
import { eventually } from '../harness/eventually.js';
import type { AdminClient } from '../harness/admin-client.js';
import { sharedControlPlanes, uniqueName } from '../harness/shared.js';
import { createWorkspace, type Workspace } from '../harness/workspace.js';
import { apply, clientFor, refusalOf } from './clients.fixture.js';

jest.setTimeout(180_000);

const canary = 'c4n4ry';
const namespace = uniqueName('errors');
const clients: KubeClient[] = [];
let workspace: Workspace;

interface Place {
  readonly client: KubeClient;
  readonly admin: AdminClient;
}
const places = {} as Record<'kcp' | 'cluster', Place>;

beforeAll(async () => {
  const { kcp, cluster } = await sharedControlPlanes();
  workspace = await createWorkspace(kcp, uniqueName('errors'));
  places.kcp = { client: clientFor('upstream', workspace.kubeconfig()), admin: workspace.admin };
  places.cluster = {
    client: clientFor('downstream', readFileSync(cluster.kubeconfigPath, 'utf8')),
    admin: cluster.admin,
  };
  clients.push(places.kcp.client, places.cluster.client);
  for (const { admin } of Object.values(places)) {
    await admin.create(
      { apiVersion: 'v1', resource: 'namespaces' },
      { kind: 'Namespace', metadata: { name: namespace } },
    );
    await admin.create(
      { apiVersion: 'v1', resource: 'configmaps', namespace },
      { metadata: { name: 'there' }, data: { a: '1' } },
    );
  }
});
afterAll(async () => {
  for (const client of clients) await client.close();
});

const configMaps = `/api/v1/namespaces/${namespace}/configmaps`;
const there = `${configMaps}/there`;

function configMap(name: string, more: object = {}): object {
  return { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, ...more } };
}

async function refusal({ client }: Place, request: ApiRequest): Promise<unknown> {
  const error = await refusalOf(client.request(request));
  expect(error).toBeInstanceOf(ApiError);
  // Whatever a server prints, contents never come through.
  expect(`${String(error)} ${JSON.stringify(error)}`).not.toContain(canary);
  return error;
}

describe.each(['kcp', 'cluster'] as const)('%s', (name) => {
  let place: Place;
  beforeAll(() => {
    place = places[name];
  });

  test('says of a missing object that it is missing, by name and type', async () => {
    const error = await refusal(place, { method: 'GET', path: `${configMaps}/missing` });
    expect(is.isObjectNotFound(error, { group: '', resource: 'configmaps', name: 'missing' })).toBe(true);
  });

  test('says of an unserved type and of a missing namespace something else', async () => {
    const type = await refusal(place, {
      method: 'GET',
      path: `/apis/example.com/v1/namespaces/${namespace}/things/missing`,
    });
    expect(is.isNotFound(type)).toBe(true);
    expect(is.isObjectNotFound(type, { group: 'example.com', resource: 'things', name: 'missing' })).toBe(false);
    const missing = await refusal(place, apply('/api/v1/namespaces/none/configmaps/missing', configMap('missing')));
    expect(is.isNamespaceMissing(missing)).toBe(true);
    expect(is.isObjectNotFound(missing, { group: '', resource: 'configmaps', name: 'missing' })).toBe(false);
  });

  test.each([
    ['an apply to a missing object', () => apply(`${configMaps}/missing`, configMap('missing', { uid: 'another' }))],
    ['an apply to an object of another uid', () => apply(there, configMap('there', { uid: 'another' }))],
    [
      'a delete',
      (): ApiRequest => ({
        method: 'DELETE',
        path: there,
        body: JSON.stringify({ preconditions: { uid: 'another' } }),
      }),
    ],
    [
      'a test in a JSON Patch',
      (): ApiRequest => ({
        method: 'PATCH',
        path: there,
        contentType: 'application/json-patch+json',
        body: JSON.stringify([{ op: 'test', path: '/metadata/uid', value: 'another' }]),
      }),
    ],
  ])('says of %s with a wrong uid that the uid is wrong', async (_, request) => {
    expect(is.isUidMismatch(await refusal(place, request()))).toBe(true);
  });

  test('says of another conflict nothing about a uid', async () => {
    const error = await refusal(place, apply(there, configMap('there', { resourceVersion: '1' })));
    expect(is.isConflict(error)).toBe(true);
    expect(is.isUidMismatch(error)).toBe(false);
  });

  test('names a field that its schema does not know', async () => {
    const error = await refusal(place, apply(there, { ...configMap('there'), surprise: { a: canary } }));
    expect(is.fieldNotInSchema(error)).toBe('.surprise');
  });

  test.each([
    ['a wrong type', { stringData: { password: [canary] } }],
    ['a number for a text', { stringData: { password: { [canary]: 4711 } } }],
    ['what is not base64', { data: { password: `!${canary}` } }],
  ])('refuses %s in a Secret for good, without a value in our words', async (_, content) => {
    const path = `/api/v1/namespaces/${namespace}/secrets/a`;
    const error = await refusal(
      place,
      apply(path, { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'a' }, ...content }),
    );
    expect(is.isSchemaMismatch(error)).toBe(true);
    expect(is.fieldNotInSchema(error)).toBeUndefined();
  });

  test('answers a list from the future with 504 and when to come again', async () => {
    const error = await refusal(place, {
      method: 'GET',
      path: '/api/v1/configmaps?limit=1&resourceVersion=999999999&resourceVersionMatch=NotOlderThan',
    });
    expect(is.isResourceVersionTooLarge(error)).toBe(true);
    expect(error).toMatchObject({ retryAfterMs: 1_000 });
  });

  test('says when a quota is used up', async () => {
    const quota = { kind: 'ResourceQuota', spec: { hard: { 'count/secrets': '0' } } };
    const ref = { apiVersion: 'v1', resource: 'resourcequotas', namespace, name: 'none' };
    await place.admin.apply(ref, quota);
    const request = apply(`/api/v1/namespaces/${namespace}/secrets/b`, {
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: { name: 'b' },
    });
    await eventually('the quota counts', async () => {
      const { status } = await place.admin.get<{ status?: { used?: object } }>(ref);
      return status?.used;
    });
    const error = await refusal(place, request);
    expect(is.isQuotaExceeded(error)).toBe(true);
    expect(is.isForbidden(error)).toBe(true);
    await place.admin.delete(ref);
  });

  test('says when a namespace is going', async () => {
    const going = uniqueName('going');
    const ref = { apiVersion: 'v1', resource: 'namespaces', name: going };
    await place.admin.create({ apiVersion: 'v1', resource: 'namespaces' }, { metadata: { name: going } });
    const held = { metadata: { name: 'held', finalizers: ['example.com/hold'] } };
    await place.admin.create({ apiVersion: 'v1', resource: 'configmaps', namespace: going }, held);
    await place.admin.delete(ref);
    const late = apply(`/api/v1/namespaces/${going}/configmaps/a`, configMap('a'));
    // Admission learns of the deletion by a watch of its own.
    const error = await eventually('the write is refused', () => refusal(place, late).catch(() => undefined));
    expect(is.isNamespaceTerminating(error)).toBe(true);
    expect(is.isQuotaExceeded(error)).toBe(false);
    await place.admin.patch(
      { apiVersion: 'v1', resource: 'configmaps', namespace: going, name: 'held' },
      { metadata: { finalizers: null } },
    );
  });

  test('says when a token is not accepted', async () => {
    const { kcp, cluster } = await sharedControlPlanes();
    const text = name === 'kcp' ? workspace.kubeconfig() : readFileSync(cluster.kubeconfigPath, 'utf8');
    const client = clientFor('upstream', text.replace(/token: .*/, 'token: garbage'));
    clients.push(client);
    expect(is.isUnauthorized(await refusalOf(client.request({ method: 'GET', path: '/api/v1/configmaps' })))).toBe(
      true,
    );
    expect(kcp.url).not.toBe(cluster.url);
  });
});

describe('the cluster names the immutable field', () => {
  const apps = `/apis/apps/v1/namespaces/${namespace}`;
  const core = `/api/v1/namespaces/${namespace}`;
  const labels = { app: 'a' };
  const pods = (more: object = {}): object => ({
    metadata: { labels },
    spec: { containers: [{ name: 'a', image: 'nginx', ...more }] },
  });
  const deployment = (selector: object): object => ({
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'a' },
    spec: { selector: { matchLabels: selector }, template: pods() },
  });
  const statefulSet = (serviceName: string): object => ({
    apiVersion: 'apps/v1',
    kind: 'StatefulSet',
    metadata: { name: 'a' },
    spec: { serviceName, selector: { matchLabels: labels }, template: pods() },
  });
  const job = (value: string): object => ({
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: { name: 'a' },
    spec: {
      template: {
        spec: { restartPolicy: 'Never', containers: [{ name: 'a', image: 'busybox', env: [{ name: 'V', value }] }] },
      },
    },
  });
  const service = (spec: object): object => ({
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: 'a' },
    spec: { selector: labels, ports: [{ port: 80 }], ...spec },
  });
  const claim = (storageClassName: string): object => ({
    apiVersion: 'v1',
    kind: 'PersistentVolumeClaim',
    metadata: { name: 'a' },
    spec: { storageClassName, accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } },
  });
  const secret = (value: string): object => ({
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name: 'immutable' },
    immutable: true,
    stringData: { value },
  });
  const typed = (type: string): object => ({ apiVersion: 'v1', kind: 'Secret', metadata: { name: 'typed' }, type });

  test.each([
    ['spec.selector', `${apps}/deployments/a`, deployment(labels), deployment({ other: canary })],
    ['spec', `${apps}/statefulsets/a`, statefulSet('one'), statefulSet(canary)],
    ['spec.template', `/apis/batch/v1/namespaces/${namespace}/jobs/a`, job('1'), job(canary)],
    ['spec.clusterIPs[0]', `${core}/services/a`, service({}), service({ clusterIP: 'None' })],
    ['spec', `${core}/persistentvolumeclaims/a`, claim('one'), claim(canary)],
    ['data', `${core}/secrets/immutable`, secret('1'), secret(canary)],
    ['type', `${core}/secrets/typed`, typed('Opaque'), typed(`example.com/${canary}`)],
  ] as [string, string, object, object][])('%s of %s', async (...[field, path, first, second]) => {
    await places.cluster.client.request(apply(path, first));
    const error = await refusal(places.cluster, apply(path, second));
    expect(is.immutableField(error)).toBe(field);
  });

  test('and no other field that is wrong', async () => {
    const error = await refusal(
      places.cluster,
      apply(`${apps}/deployments/b`, {
        ...deployment(labels),
        metadata: { name: 'b' },
        spec: { selector: { matchLabels: labels }, template: pods({ image: '' }) },
      }),
    );
    expect(is.isInvalid(error)).toBe(true);
    expect(is.immutableField(error)).toBeUndefined();
    expect(error).toMatchObject({
      message: expect.stringContaining('spec.template.spec.containers[0].image: Required value') as string,
    });
  });

  test('and tells a key given twice from a field that it does not know', async () => {
    const env = [
      { name: 'A', value: canary },
      { name: 'A', value: '2' },
    ];
    const template = pods({ env });
    const error = await refusal(
      places.cluster,
      apply(`${apps}/deployments/c`, {
        ...deployment(labels),
        metadata: { name: 'c' },
        spec: { selector: { matchLabels: labels }, template },
      }),
    );
    expect(is.isSchemaMismatch(error)).toBe(true);
    expect(is.fieldNotInSchema(error)).toBeUndefined();
  });
});

test('kcp answers for a workspace that does not exist with a 404 that names no object of ours', async () => {
  const error = await refusal(
    { ...places.kcp, client: places.kcp.client.at('/clusters/root:none') },
    { method: 'GET', path: there },
  );
  expect(error).toMatchObject({
    status: 404,
    isStatus: true,
    details: { group: 'tenancy.kcp.io', kind: 'workspaces', name: 'root:none' },
  });
  expect(is.isObjectNotFound(error, { group: '', resource: 'configmaps', name: 'there' })).toBe(false);
});

test('kcp tells nobody in particular whether a workspace exists', async () => {
  const anonymous = clientFor('upstream', workspace.kubeconfig(), true);
  clients.push(anonymous);
  expect(is.isForbidden(await refusalOf(anonymous.request({ method: 'GET', path: '/api' })))).toBe(true);
  expect(
    is.isNotFound(await refusalOf(anonymous.at('/clusters/root:none').request({ method: 'GET', path: '/api' }))),
  ).toBe(true);
  expect((await anonymous.at('').request({ method: 'GET', path: '/readyz' })).text).toBe('ok');
});
