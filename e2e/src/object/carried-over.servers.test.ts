import { asUpstream } from '@kcp-syncer/syncer-runtime/base/sides.js';
import { fieldManager } from '@kcp-syncer/syncer-runtime/object/marks.js';
import { apiVersionOf, type KubeObject, type ResourceType } from '@kcp-syncer/syncer-runtime/object/types.js';
import { desiredObject } from '@kcp-syncer/syncer-runtime/transforms/desired.js';
import type { ApplyBody } from '../harness/admin-client.js';
import { startCluster, type Cluster } from '../harness/cluster.js';
import { samples, type Sample } from './objects.fixture.js';

jest.setTimeout(120_000);

const here = 'default';
const there = 'elsewhere';
let cluster: Cluster;

beforeAll(async () => {
  cluster = await startCluster({ controllers: 'none' });
  await cluster.admin.create({ apiVersion: 'v1', resource: 'namespaces' }, { metadata: { name: there } });
});

afterAll(async () => {
  await cluster.stop();
});

/** Makes the object as a user does in a cluster, which fills in addresses, selectors, defaults and metadata. */
async function made({ type, object }: Pick<Sample, 'type' | 'object'>): Promise<KubeObject> {
  const collection = { apiVersion: apiVersionOf(type), resource: type.resource, namespace: here };
  const body = { ...object, apiVersion: apiVersionOf(type), kind: type.kind };
  return await cluster.admin.create<KubeObject>(collection, body);
}

async function appliedThere(type: ResourceType, desired: KubeObject): Promise<KubeObject> {
  const ref = {
    apiVersion: apiVersionOf(type),
    resource: type.resource,
    namespace: there,
    name: desired.metadata.name,
  };
  return await cluster.admin.apply<KubeObject>(ref, desired as ApplyBody, { fieldManager });
}

/** What a cluster gives to one object only. */
const given = ['clusterIP', 'clusterIPs', 'healthCheckNodePort', 'nodePort'];

/** What must be the same of both: all but what each was given, and the uid that a Job's selector repeats. */
function comparable({ metadata, spec, data }: KubeObject): unknown {
  const text = JSON.stringify({ name: metadata.name, labels: metadata.labels, spec, data }, (key, value: unknown) =>
    given.includes(key) ? undefined : value,
  );
  return JSON.parse(text.replaceAll(metadata.uid ?? '', 'its uid'));
}

const nodePort: Pick<Sample, 'type' | 'object'> = {
  type: { ...samples.find(({ type }) => type.resource === 'services')!.type },
  object: {
    metadata: { name: 'node-port' },
    spec: { type: 'LoadBalancer', externalTrafficPolicy: 'Local', selector: { app: 'a' }, ports: [{ port: 80 }] },
  },
};

test.each([...samples, nodePort])(
  '$type.kind $object.metadata.name that was carried over from a cluster is the same in another, but for what each gives',
  async ({ type, object }) => {
    const original = await made({ type, object });
    const desired = desiredObject(asUpstream(original), {
      type,
      downstreamNamespace: there,
      transformations: [],
    }).object;
    await appliedThere(type, desired);
    // The server writes a claim once more when it is applied for the second time.
    const copy = await appliedThere(type, desired);
    expect(comparable(copy)).toEqual(comparable(original));
    const again = await appliedThere(type, desired);
    expect(again.metadata.resourceVersion).toBe(copy.metadata.resourceVersion);
  },
);
