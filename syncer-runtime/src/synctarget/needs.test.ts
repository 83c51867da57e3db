import { syncTargetCrd } from '@kcp-syncer/crds/generated/synctarget-crd.js';
import type { Discovered } from '../kube/discovery.js';
import type { ResourceType } from '../object/types.js';
import { parseTypePattern } from '../select/patterns.js';
import { withNeeds } from './needs.js';
import { aResource } from './snapshot.fixture.js';

const verbs = ['get', 'list', 'watch', 'create', 'patch', 'delete'];

function serves(...types: { group: string; resource: string }[]): Discovered {
  const served = types.map((type): ResourceType => ({
    ...type,
    version: 'v1',
    kind: 'Any',
    namespaced: true,
    verbs,
    subresources: [],
  }));
  return { types: served, complete: true, failedGroups: [] };
}

function relyingOn(...resources: string[]) {
  return { metadata: { name: 'a' }, spec: { supportedAPIExports: resources.map((resource) => ({ resource })) } };
}

const deployments = { group: 'apps', resource: 'deployments' };
const services = { group: '', resource: 'services' };

describe('what the workspace relies on', () => {
  test('is required when it is synced', () => {
    const both = { upstream: serves(deployments, services), downstream: serves(deployments, services) };
    const resources = [aResource(deployments), aResource(services)];
    const found = withNeeds(resources, relyingOn('apps/v1/deployments'), both);
    expect(found).toEqual([aResource({ ...deployments, required: true }), aResource(services)]);
  });

  test('is named when a side does not serve it', () => {
    const found = withNeeds([], relyingOn('deployments.apps', 'services'), {
      upstream: serves(deployments),
      downstream: serves(services),
    });
    expect(found).toEqual([
      expect.objectContaining({
        ...deployments,
        state: 'NotServed',
        required: true,
        message: 'The cluster does not serve deployments.apps.',
      }),
      expect.objectContaining({
        ...services,
        state: 'NotServed',
        required: true,
        message: 'The workspace does not serve services.',
      }),
    ]);
  });

  test('keeps the entry that it has', () => {
    const entry = aResource({ ...deployments, state: 'NotPermitted', message: 'add a rule' });
    const found = withNeeds([entry], relyingOn('deployments.apps'), { upstream: serves(), downstream: serves() });
    expect(found).toEqual([{ ...entry, required: true }]);
  });

  test('may be left out of what is synced', () => {
    const both = { upstream: serves(deployments), downstream: serves(deployments) };
    expect(withNeeds([], relyingOn('deployments.apps'), both)).toEqual([]);
  });
});

test('a SyncTarget that relies on nothing changes nothing', () => {
  const resources = [aResource()];
  expect(withNeeds(resources, { metadata: { name: 'a' } }, { upstream: serves(), downstream: serves() })).toEqual(
    resources,
  );
});

test('the schema lets nothing in that names no type', () => {
  const { resource } =
    syncTargetCrd.spec.versions[0].schema.openAPIV3Schema.properties.spec.properties.supportedAPIExports.items
      .properties;
  const pattern = new RegExp(resource.pattern);
  const texts = [
    'deployments.apps',
    'services',
    'apps/v1/deployments',
    'v1/services',
    'a.b-c.d',
    'b.example.com/v1beta1/as',
    '-a',
    'a-',
    'a..b',
    'a.',
    '*',
    '*.a',
    'a/b',
    'V1/a',
    'a.b/v/c',
    'v1/',
    '/v1/a',
    'A',
  ];
  const named = texts.filter((text) => {
    try {
      return parseTypePattern(text).kind === 'type';
    } catch {
      return false;
    }
  });
  expect(texts.filter((text) => pattern.test(text))).toEqual(named);
  expect(named).toHaveLength(6);
});
