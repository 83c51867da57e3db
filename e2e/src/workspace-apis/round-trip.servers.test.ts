import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseAllDocuments } from 'yaml';
import type { Ref } from '../harness/admin-client.js';
import { eventually } from '../harness/eventually.js';
import { uniqueName } from '../harness/shared.js';
import { emptyWorld, publish, type World } from './world.fixture.js';

jest.setTimeout(180_000);

interface Manifest {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string };
  readonly [field: string]: unknown;
}

interface Live extends Manifest {
  readonly spec: object;
  readonly status?: object;
}

const text = readFileSync(join(import.meta.dirname, 'eleven.yaml'), 'utf8');
const manifests = parseAllDocuments(text).map((document) => document.toJS() as Manifest);
const plurals: Record<string, string> = { NetworkPolicy: 'networkpolicies', Ingress: 'ingresses' };
/** What the cluster's controllers say at once; the others say nothing of such objects, or later. */
const withStatus = new Set([
  'Deployment',
  'StatefulSet',
  'DaemonSet',
  'PersistentVolumeClaim',
  'HorizontalPodAutoscaler',
]);
const namespace = uniqueName('round-trip');
let world: World;

beforeAll(async () => {
  world = await emptyWorld();
  await publish(world);
  for (const { admin } of [world.cluster, world.workspace]) {
    await admin.apply({ apiVersion: 'v1', resource: 'namespaces', name: namespace }, { kind: 'Namespace' });
  }
});

afterAll(async () => {
  await world.cluster.admin.delete({ apiVersion: 'v1', resource: 'namespaces', name: namespace });
});

function refOf({ apiVersion, kind, metadata }: Manifest): Ref {
  const resource = plurals[kind] ?? `${kind.toLowerCase()}s`;
  return { apiVersion, resource, namespace, name: metadata.name };
}

/** Kubernetes means the same by null and by nothing; the syncer never copies null. */
function withoutNulls(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutNulls);
  if (typeof value !== 'object' || value === null) return value;
  const fields = Object.entries(value).filter(([, field]) => field !== null);
  return Object.fromEntries(fields.map(([key, field]) => [key, withoutNulls(field)]));
}

test.each(manifests.map((manifest) => [manifest.kind, manifest] as const))(
  'a %s as the cluster completes it is taken by the workspace without a change, status included',
  async (kind, manifest) => {
    const [ref, { admin }] = [refOf(manifest), world.workspace];
    await world.cluster.admin.apply(ref, manifest);
    const live = await eventually(`the cluster has completed ${kind}`, async () => {
      const seen = await world.cluster.admin.get<Live>(ref);
      return (!withStatus.has(kind) || Object.keys(seen.status ?? {}).length > 0) && seen;
    });
    const { spec, status } = withoutNulls(live) as Live;
    await admin.apply(ref, { kind, spec });
    if (status) await admin.apply({ ...ref, subresource: 'status' }, { kind, status });
    const { spec: takenSpec, status: takenStatus } = await admin.get<Live>(ref);
    expect({ spec: takenSpec, status: takenStatus }).toEqual({ spec, status });
  },
);
