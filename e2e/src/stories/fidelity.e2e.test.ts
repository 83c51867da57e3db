import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseAllDocuments } from 'yaml';
import { pathOf, type KubeObject, type Ref } from '../harness/admin-client.js';
import { eventually } from '../harness/eventually.js';
import { sharedControlPlanes, uniqueName } from '../harness/shared.js';
import { connect, type Connected } from './connected.fixture.js';
import { serveType } from './custom-types.fixture.js';
import { gadgetsOf } from './gadgets.fixture.js';
import { eventuallyObject } from './kinds.fixture.js';
import { lackingLeaves } from './leaves.fixture.js';
import { configMaps, makeNamespace, type ConfigMap } from './objects.fixture.js';

jest.setTimeout(180_000);

const published: Readonly<Record<string, string>> = {
  Deployment: 'deployments.apps',
  StatefulSet: 'statefulsets.apps',
  DaemonSet: 'daemonsets.apps',
  Job: 'jobs.batch',
  CronJob: 'cronjobs.batch',
  Service: 'services',
  Ingress: 'ingresses.networking.k8s.io',
  NetworkPolicy: 'networkpolicies.networking.k8s.io',
  HorizontalPodAutoscaler: 'horizontalpodautoscalers.autoscaling',
  PodDisruptionBudget: 'poddisruptionbudgets.policy',
  PersistentVolumeClaim: 'persistentvolumeclaims',
};
const gadgets = gadgetsOf(uniqueName('fidelity'));
const namespace = uniqueName('fidelity');

interface Manifest extends KubeObject {
  readonly apiVersion: string;
  readonly kind: string;
}

const manifests = parseAllDocuments(readFileSync(join(__dirname, 'fidelity.yaml'), 'utf8')).map(
  (document) => document.toJS() as Manifest,
);

let world: Connected;

beforeAll(async () => {
  const { cluster } = await sharedControlPlanes();
  await serveType(cluster.admin, gadgets.definition);
  world = await connect({
    publish: Object.values(published),
    prepare: async ({ admin }) => {
      await serveType(admin, gadgets.definition);
      await makeNamespace(admin, namespace);
    },
  });
});

afterAll(async () => {
  await world.stop();
});

function refOf({ apiVersion, kind, metadata }: Manifest): Ref {
  const resource = published[kind]?.split('.')[0] ?? `${kind.toLowerCase()}s`;
  return { apiVersion, resource, namespace, name: metadata.name };
}

/** What people said of the object: neither its status nor what kcp added. */
function meant({ metadata, ...object }: KubeObject): object {
  const content = Object.entries(object).filter(([field]) => field !== 'status');
  const own = Object.entries(metadata.annotations ?? {}).filter(([key]) => !key.includes('kcp.io/'));
  const { labels } = metadata;
  return {
    ...Object.fromEntries(content),
    metadata: { ...(labels && { labels }), ...(own.length > 0 && { annotations: Object.fromEntries(own) }) },
  };
}

describe('every leaf of an object in kcp is in the cluster', () => {
  it.each(manifests.map((manifest) => [`${manifest.kind} ${manifest.metadata.name}`, manifest] as const))(
    '%s',
    async (_, manifest) => {
      const ref = refOf(manifest);
      await world.up.apply(ref, { ...manifest });
      const copy = await eventuallyObject(world.down, ref);
      const upstream = await world.up.get(ref);
      expect(lackingLeaves(meant(manifest), upstream)).toEqual([]);
      expect(lackingLeaves(meant(upstream), copy)).toEqual([]);
    },
  );

  it('of one that no library knows, with names and numbers that JavaScript trips over', async () => {
    const ref = { ...gadgets.type, namespace, name: 'odd' };
    const spec =
      '{"from":["a"],"_from":["b"],"default":null,"continue":"c","$ref":"#/d","constructor":{"prototype":{"e":1}},' +
      '"__proto__":{"f":"g"},"large":9007199254740993,"larger":-9223372036854775808,"exact":0.1,"empty":{},"none":[],' +
      '"blank":"","date":"2026-01-01T00:00:00Z","nested":[[1,[2]],[]],"size":9223372036854775807}';
    const body = `{"apiVersion":"${gadgets.type.apiVersion}","kind":"Gadget","metadata":{"name":"odd"},"spec":${spec}}`;
    const created = await world.up.request('POST', pathOf({ ...gadgets.type, namespace }), { body });
    expect(created.code).toBe(201);

    const copy = await eventually('the copy is there', async () => {
      const { code, text } = await world.down.request('GET', pathOf(ref));
      return code === 200 && text;
    });
    const specOf = (text: string): string => {
      const object = JSON.parse(text.replace(/:(-?\d{16,})/g, ':"$1"')) as { spec: object };
      return JSON.stringify(sorted(object.spec));
    };
    const withoutNull = specOf(`{"spec":${spec}}`).replace('"default":null,', '');
    expect(specOf(copy)).toBe(withoutNull);
  });

  it('of a ConfigMap of one megabyte', async () => {
    const ref = { ...configMaps, namespace, name: 'large' };
    const data = { unicode: 'ü'.repeat(200_000), text: randomBytes(300_000).toString('base64') };
    const binaryData = { bytes: randomBytes(240_000).toString('base64') };
    await world.up.apply(ref, { kind: 'ConfigMap', data, binaryData });
    const copy = await eventuallyObject<ConfigMap>(world.down, ref);
    expect(copy.data).toEqual(data);
    expect(copy.binaryData).toEqual(binaryData);

    await world.up.patch(ref, { data: { unicode: 'short' } });
    const changed = await eventuallyObject<ConfigMap>(
      world.down,
      ref,
      (object) => object.data?.['unicode'] === 'short',
    );
    expect(changed.data).toEqual({ ...data, unicode: 'short' });
  });

  it('and all of it is in step then, without another write', async () => {
    await world.eventuallyInStep(manifests.length + 2);
    const mark = world.cluster.audit.mark();
    await world.twoHeartbeats();
    expect(world.downstreamWrites(mark)).toEqual([]);
    expect((await world.syncTarget()).status?.blocked ?? []).toEqual([]);
  });
});

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, field]) => [key, sorted(field)]),
  );
}
