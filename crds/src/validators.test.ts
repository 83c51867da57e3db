import { syncTargetCrd } from './generated/synctarget-crd.js';
import { validateSyncTarget } from './validators.js';

const smallest = { apiVersion: 'workload.kcp.io/v1alpha1', kind: 'SyncTarget', metadata: { name: 'my-cluster' } };

function withSpec(spec: unknown): unknown {
  return { ...smallest, spec };
}

describe('validateSyncTarget', () => {
  test('a SyncTarget without a spec is complete', () => {
    expect(validateSyncTarget(smallest)).toEqual([]);
    expect(validateSyncTarget(withSpec({}))).toEqual([]);
  });

  test('every field of the spec is accepted in each of its forms', () => {
    const spec = {
      workloadCluster: { name: 'production-us-west-2', endpoint: 'https://k8s.example.com' },
      supportedAPIExports: [
        { export: 'kubernetes', resource: 'deployments.apps' },
        { resource: 'services' },
        { resource: 'batch/v1/jobs' },
        { resource: 'v1/configmaps' },
        { resource: 'networking.k8s.io/v1beta1/ingresses' },
      ],
      capabilities: [
        { type: 'Compute', resource: 'cpu', capacity: 64 },
        { type: 'Compute', resource: 'memory', capacity: '128Gi' },
        { type: 'Compute', resource: 'nvidia.com/gpu', capacity: '1.5e3' },
        { type: 'Storage', resource: 'local-ssd' },
      ],
    };
    expect(validateSyncTarget(withSpec(spec))).toEqual([]);
  });

  test('a mistake is told by the path of its field', () => {
    const spec = { supportedAPIExports: [{ export: 'kubernetes' }, { resource: 'Deployments' }] };
    expect(validateSyncTarget(withSpec(spec))).toEqual([
      'spec.supportedAPIExports[0].resource is missing',
      'spec.supportedAPIExports[1].resource does not have the right form; it is: The resource, as deployments.apps or services; apps/v1/deployments and v1/services mean the same.',
    ]);
  });

  test('a capacity of the wrong type is one mistake, not one for each type it may have', () => {
    const spec = { capabilities: [{ type: 'Compute', resource: 'cpu', capacity: true }] };
    expect(validateSyncTarget(withSpec(spec))).toEqual([
      'spec.capabilities[0].capacity must be an integer or a string',
    ]);
  });

  test.each(['64 cores', '-1', '1Ti2', ''])('%j is no capacity', (capacity) => {
    const spec = { capabilities: [{ type: 'Compute', resource: 'cpu', capacity }] };
    expect(validateSyncTarget(withSpec(spec))[0]).toContain(
      'spec.capabilities[0].capacity does not have the right form',
    );
  });

  test('an unknown state is told with those that exist', () => {
    const status = { resources: [{ resource: 'services', state: 'Fine' }] };
    expect(validateSyncTarget({ ...smallest, status })).toEqual([
      'status.resources[0].state must be one of Synced, Pending, Draining, NotPermitted, Incompatible, NotServed',
    ]);
  });

  test('times and counts are judged by their format', () => {
    const status = { lastHeartbeatTime: 'yesterday', heartbeat: { count: 1.5 } };
    expect(validateSyncTarget({ ...smallest, status })).toEqual([
      'status.lastHeartbeatTime must match format "date-time"',
      'status.heartbeat.count must be integer',
      'status.heartbeat.count must match format "int64"',
    ]);
  });

  test('fields of a newer schema are no mistake', () => {
    expect(validateSyncTarget(withSpec({ somethingNew: 1 }))).toEqual([]);
  });

  test('what is no object at all is one mistake', () => {
    expect(validateSyncTarget('SyncTarget')).toEqual(['the object must be object']);
  });
});

interface Schema {
  readonly type?: string;
  readonly description?: string;
  readonly maxLength?: number;
  readonly maxItems?: number;
  readonly maxProperties?: number;
  readonly format?: string;
  readonly enum?: readonly string[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly items?: Schema;
  readonly additionalProperties?: Schema;
  readonly 'x-kubernetes-list-type'?: string;
  readonly 'x-kubernetes-int-or-string'?: boolean;
}

/** Every schema below `schema` with its path. */
function* walk(schema: Schema, path: string): Generator<[string, Schema]> {
  yield [path, schema];
  for (const [name, child] of Object.entries(schema.properties ?? {})) yield* walk(child, `${path}.${name}`);
  if (schema.items) yield* walk(schema.items, `${path}[]`);
  if (schema.additionalProperties) yield* walk(schema.additionalProperties, `${path}{}`);
}

describe('the schema of SyncTarget', () => {
  const fields = [...walk(syncTargetCrd.spec.versions[0].schema.openAPIV3Schema, '')];
  const own = fields.filter(([path]) => path.startsWith('.spec') || path.startsWith('.status'));

  test('describes every field but metadata', () => {
    const silent = fields.filter(([path, schema]) => path !== '.metadata' && !schema.description);
    expect(silent.map(([path]) => path)).toEqual([]);
  });

  test('bounds every string, list and map', () => {
    const unbounded = own.filter(([, s]) => {
      if (s.type === 'string') return s.maxLength === undefined && s.format === undefined && s.enum === undefined;
      if (s.type === 'array') return s.maxItems === undefined;
      if (s['x-kubernetes-int-or-string']) return s.maxLength === undefined;
      return s.additionalProperties !== undefined && s.maxProperties === undefined;
    });
    expect(unbounded.map(([path]) => path)).toEqual([]);
  });

  test('declares every list as map, set or atomic', () => {
    const undeclared = own.filter(([, s]) => s.type === 'array' && !s['x-kubernetes-list-type']);
    expect(undeclared.map(([path]) => path)).toEqual([]);
  });
});
