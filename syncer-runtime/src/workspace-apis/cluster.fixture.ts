import type { Answer } from './fake-server.fixture.js';
import type { Schema } from './schema.js';

const text: Schema = { type: 'string' };
const ref = (name: string): Schema => ({ allOf: [{ $ref: `#/components/schemas/${name}` }], default: {} });

const container: Schema = { type: 'object', required: ['name'], properties: { name: text, image: text } };
const spec: Schema = {
  type: 'object',
  properties: {
    replicas: { type: 'integer', format: 'int32' },
    containers: {
      type: 'array',
      items: ref('Container'),
      'x-kubernetes-list-type': 'map',
      'x-kubernetes-list-map-keys': ['name'],
      'x-kubernetes-patch-merge-key': 'name',
      'x-kubernetes-patch-strategy': 'merge',
    },
  },
};
const status: Schema = { type: 'object', properties: { replicas: { type: 'integer', format: 'int32' } } };

function kind(group: string, name: string): Schema {
  return {
    type: 'object',
    properties: { apiVersion: text, kind: text, metadata: ref('ObjectMeta'), spec: ref('Spec'), status: ref('Status') },
    'x-kubernetes-group-version-kind': [{ group, version: 'v1', kind: name }],
  };
}

const shared = {
  ObjectMeta: { type: 'object', properties: { name: text } },
  Container: container,
  Spec: spec,
  Status: status,
};

const verbs = ['get', 'list', 'watch', 'create', 'patch', 'delete'];

interface Listed {
  readonly name: string;
  readonly kind: string;
  readonly namespaced?: boolean;
  readonly shortNames?: readonly string[];
}

function resource({ namespaced = true, ...listed }: Listed): object {
  return { ...listed, namespaced, verbs, singularName: listed.kind.toLowerCase(), categories: ['all'] };
}

function resources(groupVersion: string, ...list: object[]): object {
  return { kind: 'APIResourceList', groupVersion, resources: list };
}

const apps = resources(
  'apps/v1',
  resource({ name: 'deployments', kind: 'Deployment', shortNames: ['deploy'] }),
  { name: 'deployments/status', kind: 'Deployment', namespaced: true, verbs },
  { name: 'deployments/scale', kind: 'Scale', namespaced: true, verbs },
  resource({ name: 'replicasets', kind: 'ReplicaSet' }),
);
const core = resources(
  'v1',
  resource({ name: 'services', kind: 'Service', shortNames: ['svc'] }),
  { name: 'services/status', kind: 'Service', namespaced: true, verbs },
  resource({ name: 'nodes', kind: 'Node', namespaced: false }),
  { name: 'bindings', kind: 'Binding', namespaced: true, verbs: ['create'] },
);

/** What a small cluster answers: two groups in the old form of discovery, and their OpenAPI. */
export function clusterAnswers(): Map<string, Answer> {
  const preferredVersion = { groupVersion: 'apps/v1', version: 'v1' };
  const group = { name: 'apps', versions: [preferredVersion], preferredVersion };
  return new Map<string, Answer>([
    ['/apis', { kind: 'APIGroupList', groups: [group] }],
    ['/api', { kind: 'APIVersions', versions: ['v1'] }],
    ['/apis/apps/v1', apps],
    ['/api/v1', core],
    [
      '/openapi/v3',
      {
        paths: {
          'apis/apps/v1': { serverRelativeURL: '/openapi/v3/apis/apps/v1?hash=1' },
          'api/v1': { serverRelativeURL: '/openapi/v3/api/v1?hash=1' },
        },
      },
    ],
    ['/openapi/v3/apis/apps/v1', { components: { schemas: { ...shared, Deployment: kind('apps', 'Deployment') } } }],
    ['/openapi/v3/api/v1', { components: { schemas: { ...shared, Service: kind('', 'Service') } } }],
  ]);
}

/** What an empty workspace answers. */
export function workspaceAnswers(): Map<string, Answer> {
  return new Map<string, Answer>([
    ['/apis', { kind: 'APIGroupList', groups: [] }],
    ['/api', { kind: 'APIVersions', versions: ['v1'] }],
    ['/api/v1', resources('v1', resource({ name: 'configmaps', kind: 'ConfigMap' }))],
    ['/apis/apis.kcp.io/v1alpha2/apibindings', { items: [] }],
  ]);
}
