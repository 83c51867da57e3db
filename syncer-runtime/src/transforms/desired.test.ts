import { asUpstream } from '../base/sides.js';
import { parseJson, stringifyJson } from '../object/parse.js';
import type { KubeObject, ResourceType } from '../object/types.js';
import { desiredObject } from './desired.js';
import { typeOf } from './types.fixture.js';

const configMaps = typeOf('v1/ConfigMap/configmaps');
const deployments = typeOf('apps/v1/Deployment/deployments');
const services = typeOf('v1/Service/services');
const claims = typeOf('v1/PersistentVolumeClaim/persistentvolumeclaims');
const jobs = typeOf('batch/v1/Job/jobs');

function desired(type: ResourceType, object: KubeObject): KubeObject {
  return desiredObject(asUpstream(object), { type, downstreamNamespace: 'down', transformations: [] }).object;
}

const meta = { name: 'a', namespace: 'up' };
const desiredMeta = (type: ResourceType, metadata: object): object =>
  desired(type, { metadata: { ...meta, ...metadata } }).metadata;
const desiredSpec = (type: ResourceType, spec: unknown): unknown => desired(type, { metadata: meta, spec })['spec'];

describe('identity', () => {
  test('apiVersion and kind are those of the type, also where a list left them out', () => {
    expect(desired(deployments, { metadata: meta, spec: {} })).toEqual({
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { name: 'a', namespace: 'down' },
      spec: {},
    });
    expect(desired(configMaps, { apiVersion: 'v0', kind: 'X', metadata: meta })).toMatchObject({
      apiVersion: 'v1',
      kind: 'ConfigMap',
    });
  });

  test('the namespace is the mapped one', () => {
    expect(desiredMeta(configMaps, {})).toEqual({ name: 'a', namespace: 'down' });
  });
});

describe('what never goes down', () => {
  test.each([
    ['uid', 'u1'],
    ['resourceVersion', '12'],
    ['generation', 3],
    ['creationTimestamp', '2026-01-01T00:00:00Z'],
    ['deletionTimestamp', '2026-01-01T00:00:00Z'],
    ['deletionGracePeriodSeconds', 0],
    ['selfLink', '/x'],
    ['generateName', 'a-'],
    ['ownerReferences', [{ apiVersion: 'v1', kind: 'ConfigMap', name: 'b', uid: 'u' }]],
    ['finalizers', ['syncer.kcp.io/x', 'example.com/mine']],
    ['managedFields', [{ manager: 'kubectl' }]],
    ['a field of metadata that nobody knows', 1],
  ])('metadata.%s', (field, value) => {
    expect(desiredMeta(configMaps, { [field]: value })).toEqual({ name: 'a', namespace: 'down' });
  });

  test('status', () => {
    expect(desired(deployments, { metadata: meta, spec: {}, status: { replicas: 1 } })).not.toHaveProperty('status');
  });

  test.each([
    'kcp.io/cluster',
    'kcp.io/shard',
    'kcp.io/path',
    'kcp.io/original-api-version',
    'internal.apis.kcp.io/x',
    'apis.kcp.io/x',
    'core.kcp.io/x',
    'tenancy.kcp.io/phase',
    'experimental.status.workload.kcp.io/x',
    'authorization.kcp.io/x',
    'extra.apis.kcp.io/x',
    'bootstrap.kcp.io/create-only',
    'claimed.internal.apis.kcp.io/7hq2',
    'syncer.kcp.io/owner',
    'syncer.kcp.io/applied',
    'syncer.kcp.io/sync',
    'syncer.kcp.io/anything-else',
  ])('the label and annotation %s', (key) => {
    expect(desiredMeta(configMaps, { labels: { [key]: 'x' }, annotations: { [key]: 'x' } })).toEqual({
      name: 'a',
      namespace: 'down',
    });
  });

  test("kubectl's copy of the object", () => {
    const annotations = { 'kubectl.kubernetes.io/last-applied-configuration': '{}', note: 'x' };
    expect(desiredMeta(configMaps, { annotations })).toEqual({
      name: 'a',
      namespace: 'down',
      annotations: { note: 'x' },
    });
  });

  test.each(['deployment.kubernetes.io/revision', 'deployment.kubernetes.io/revision-history'])(
    "a Deployment's %s",
    (key) => {
      expect(desiredMeta(deployments, { annotations: { [key]: '3', note: 'x' } })).toMatchObject({
        annotations: { note: 'x' },
      });
    },
  );

  test("a DaemonSet's template generation", () => {
    const annotations = { 'deprecated.daemonset.template.generation': '3' };
    expect(desiredMeta(typeOf('apps/v1/DaemonSet/daemonsets'), { annotations })).not.toHaveProperty('annotations');
  });

  test('token Secrets that a ServiceAccount lists', () => {
    const object = { metadata: meta, secrets: [{ name: 'a-token-x' }], imagePullSecrets: [{ name: 'pull' }] };
    expect(desired(typeOf('v1/ServiceAccount/serviceaccounts'), object)).toMatchObject({
      imagePullSecrets: [{ name: 'pull' }],
    });
    expect(desired(typeOf('v1/ServiceAccount/serviceaccounts'), object)).not.toHaveProperty('secrets');
  });

  test('nulls, at every depth, but not items of lists', () => {
    const spec = {
      template: {
        metadata: { creationTimestamp: null, labels: { app: 'a' } },
        spec: { containers: [{ args: null, name: 'c' }] },
      },
      list: [null, 1],
      strategy: null,
    };
    expect(desiredSpec(deployments, spec)).toEqual({
      template: { metadata: { labels: { app: 'a' } }, spec: { containers: [{ name: 'c' }] } },
      list: [null, 1],
    });
  });
});

describe('what goes down as it is', () => {
  test('labels and annotations of the user', () => {
    const own = { labels: { app: 'a', 'example.com/kcp.io': 'x' }, annotations: { 'notkcp.io/x': 'y', 'kcp.io': 'z' } };
    expect(desiredMeta(configMaps, own)).toEqual({ name: 'a', namespace: 'down', ...own });
  });

  test('every other field at the top, known or not', () => {
    const body = { data: { a: 'b' }, binaryData: { c: 'ZA==' }, immutable: true, whatIsThis: { x: [1, { y: 2 }] } };
    expect(desired(configMaps, { metadata: meta, ...body })).toMatchObject(body);
  });

  test('a key named __proto__ and numbers that a double cannot hold', () => {
    const text = '{"__proto__":"x","n":12345678901234567890,"deep":{"__proto__":{"a":1}}}';
    const object = { metadata: meta, data: parseJson(text), drop: null };
    expect(stringifyJson(desired(configMaps, object)['data'])).toBe(text);
    const dropped = { metadata: meta, data: parseJson('{"__proto__":{"x":null,"y":1},"z":null}') };
    expect(stringifyJson(desired(configMaps, dropped)['data'])).toBe('{"__proto__":{"y":1}}');
  });

  test('an annotation named __proto__', () => {
    const annotations = parseJson('{"__proto__":"x","kcp.io/cluster":"y"}') as Record<string, string>;
    expect(stringifyJson(desired(configMaps, { metadata: { ...meta, annotations } }).metadata.annotations)).toBe(
      '{"__proto__":"x"}',
    );
  });

  test('a revision annotation on a type that has none', () => {
    const annotations = { 'deployment.kubernetes.io/revision': '3' };
    expect(desiredMeta(configMaps, { annotations })).toMatchObject({ annotations });
  });

  test.each(['x', 7, null, ['a'], true])('a spec that is no object: %p', (spec) => {
    for (const type of [services, claims, jobs, deployments]) {
      expect(desiredSpec(type, spec)).toEqual(spec ?? undefined);
    }
  });
});

describe('Services', () => {
  test('addresses that a cluster gave stay behind, and with them the node ports and families', () => {
    const spec = {
      type: 'LoadBalancer',
      selector: { app: 'a' },
      clusterIP: '10.0.0.7',
      clusterIPs: ['10.0.0.7'],
      ipFamilies: ['IPv4'],
      ipFamilyPolicy: 'SingleStack',
      healthCheckNodePort: 30001,
      ports: [{ port: 80, nodePort: 30002 }, { port: 443 }],
    };
    expect(desiredSpec(services, spec)).toEqual({
      type: 'LoadBalancer',
      selector: { app: 'a' },
      ipFamilyPolicy: 'SingleStack',
      ports: [{ port: 80 }, { port: 443 }],
    });
  });

  test('addresses in clusterIPs alone count too', () => {
    expect(desiredSpec(services, { clusterIPs: ['10.0.0.7'], ports: [{ port: 80, nodePort: 30002 }] })).toEqual({
      ports: [{ port: 80 }],
    });
  });

  test('node ports and families that stand alone are wishes of the user', () => {
    const spec = { type: 'NodePort', ports: [{ port: 80, nodePort: 30002 }], ipFamilies: ['IPv6'] };
    expect(desiredSpec(services, spec)).toEqual(spec);
    expect(desiredSpec(services, { ...spec, clusterIP: '' })).toEqual(spec);
  });

  test.each([{ clusterIP: 'None' }, { clusterIPs: ['None'] }, { clusterIP: 'None', clusterIPs: ['None'] }])(
    'a headless Service stays one: %p',
    (headless) => {
      expect(desiredSpec(services, { ...headless, ports: [{ port: 80 }] })).toEqual({
        ...headless,
        ports: [{ port: 80 }],
      });
    },
  );

  test('a health check port goes nowhere, also alone', () => {
    expect(desiredSpec(services, { healthCheckNodePort: 30001, externalTrafficPolicy: 'Local' })).toEqual({
      externalTrafficPolicy: 'Local',
    });
  });

  test('a type of the same name in another group is left alone', () => {
    const spec = { clusterIP: '10.0.0.7' };
    expect(desiredSpec(typeOf('serving.example.com/v1/Service/services'), spec)).toEqual(spec);
  });
});

test('a PersistentVolumeClaim is not tied to a volume or a node', () => {
  const annotations = {
    'pv.kubernetes.io/bind-completed': 'yes',
    'pv.kubernetes.io/bound-by-controller': 'yes',
    'volume.kubernetes.io/selected-node': 'n1',
    'volume.kubernetes.io/storage-provisioner': 'p',
    'volume.beta.kubernetes.io/storage-provisioner': 'p',
    'volume.beta.kubernetes.io/storage-class': 'fast',
  };
  const spec = { volumeName: 'pv-1', storageClassName: 'fast', accessModes: ['ReadWriteOnce'] };
  expect(desired(claims, { metadata: { ...meta, annotations }, spec })).toMatchObject({
    metadata: { annotations: { 'volume.beta.kubernetes.io/storage-class': 'fast' } },
    spec: { storageClassName: 'fast', accessModes: ['ReadWriteOnce'] },
  });
  expect(desiredSpec(claims, spec)).not.toHaveProperty('volumeName');
});

describe('Jobs', () => {
  const generated = {
    'controller-uid': 'u',
    'job-name': 'a',
    'batch.kubernetes.io/controller-uid': 'u',
    'batch.kubernetes.io/job-name': 'a',
  };
  const carriedOver = {
    metadata: { ...meta, labels: { ...generated, app: 'a' }, annotations: { 'batch.kubernetes.io/job-tracking': '' } },
    spec: {
      selector: { matchLabels: { 'batch.kubernetes.io/controller-uid': 'u' } },
      template: { metadata: { labels: { ...generated, app: 'a' } }, spec: {} },
    },
  };

  test('the selector and labels that a cluster generated stay behind', () => {
    expect(desired(jobs, carriedOver)).toEqual({
      apiVersion: 'batch/v1',
      kind: 'Job',
      metadata: { name: 'a', namespace: 'down', labels: { app: 'a' } },
      spec: { template: { metadata: { labels: { app: 'a' } }, spec: {} } },
    });
  });

  test('a manual selector and its labels go down', () => {
    const manual = { ...carriedOver, spec: { ...carriedOver.spec, manualSelector: true } };
    expect(desired(jobs, manual)).toMatchObject({
      spec: manual.spec,
      metadata: { labels: { ...generated, app: 'a' } },
    });
  });

  test('what the user selects beside it stays, for the server to judge', () => {
    const selector = { matchLabels: { 'controller-uid': 'u', app: 'a' } };
    expect(desiredSpec(jobs, { selector })).toEqual({ selector: { matchLabels: { app: 'a' } } });
    const expressions = { matchExpressions: [{ key: 'app', operator: 'Exists' }] };
    expect(desiredSpec(jobs, { selector: expressions })).toEqual({ selector: expressions });
  });
});

describe('limits', () => {
  const named = (type: ResourceType, length: number) => (): KubeObject =>
    desired(type, { metadata: { ...meta, name: 'n'.repeat(length) } });

  test.each([
    ['a Service', services, 63],
    ['a CronJob', typeOf('batch/v1/CronJob/cronjobs'), 52],
    ['any object', configMaps, 253],
  ])('the name of %s is never cut', (_, type, longest) => {
    expect(named(type, longest)).not.toThrow();
    expect(named(type, longest + 1)).toThrow(expect.objectContaining({ reason: 'NameTooLong' }) as Error);
  });

  test('nor is that of a namespace', () => {
    const up = asUpstream<KubeObject>({ metadata: meta });
    const mapped = (length: number) => (): unknown =>
      desiredObject(up, { type: configMaps, downstreamNamespace: 'n'.repeat(length), transformations: [] });
    expect(mapped(63)).not.toThrow();
    expect(mapped(64)).toThrow(expect.objectContaining({ reason: 'NameTooLong' }) as Error);
  });

  test('an object nested too deep is terminal', () => {
    const spec = parseJson('['.repeat(2_000) + ']'.repeat(2_000));
    expect(() => desiredSpec(configMaps, spec)).toThrow(expect.objectContaining({ reason: 'ObjectTooDeep' }) as Error);
  });
});

test('thousands of keys that do not go down take no long time', () => {
  const annotations = Object.fromEntries(Array.from({ length: 20_000 }, (_, i) => [`kcp.io/${i}`, '']));
  const started = performance.now();
  expect(desiredMeta(configMaps, { annotations })).not.toHaveProperty('annotations');
  expect(performance.now() - started).toBeLessThan(1_000);
});

test('the upstream object is not changed, and the same object gives the same result', () => {
  const object = {
    metadata: { ...meta, labels: { a: 'b', 'kcp.io/x': 'y' } },
    spec: { clusterIP: '1', ports: [{ nodePort: 1 }] },
  };
  const before = structuredClone(object);
  expect(desired(services, object)).toEqual(desired(services, object));
  expect(object).toEqual(before);
});
