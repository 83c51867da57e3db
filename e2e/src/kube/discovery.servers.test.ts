import { startCluster, type Cluster } from '../harness/cluster.js';
import { readFileSync } from 'node:fs';
import { sharedAbort } from '@kcp-syncer/syncer-runtime/base/abort.js';
import type { KubeClient } from '@kcp-syncer/syncer-runtime/kube/client.js';
import { discover, type Discovered } from '@kcp-syncer/syncer-runtime/kube/discovery.js';
import { typeName } from '@kcp-syncer/syncer-runtime/object/types.js';
import { ApiError } from '@kcp-syncer/syncer-runtime/kube/api-error.js';
import { isStorageInitializing } from '@kcp-syncer/syncer-runtime/kube/error-class.js';
import type { CommandResult } from '../harness/command.js';
import { eventually } from '../harness/eventually.js';
import { sharedControlPlanes, uniqueName } from '../harness/shared.js';
import { createWorkspace, type Workspace } from '../harness/workspace.js';
import { clientFor } from './clients.fixture.js';

jest.setTimeout(180_000);

const { signal } = sharedAbort();
let workspace: Workspace;
let upstream: KubeClient;
let downstream: KubeClient;
/** Its own: on the shared one others make types between two looks. */
let cluster: Cluster;
let clusterKubectl: (args: string[]) => Promise<CommandResult>;

beforeAll(async () => {
  const [{ kcp }, own] = await Promise.all([sharedControlPlanes(), startCluster({ controllers: 'none' })]);
  cluster = own;
  workspace = await createWorkspace(kcp, uniqueName('discovery'));
  upstream = clientFor('upstream', workspace.kubeconfig());
  downstream = clientFor('downstream', readFileSync(cluster.kubeconfigPath, 'utf8'));
  clusterKubectl = async (args) => await cluster.kubectl(args);
});
afterAll(async () => {
  await upstream.close();
  await downstream.close();
  await cluster.stop();
});

function definition(group: string, plural: string, kind: string): object {
  const schema = { openAPIV3Schema: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true } };
  return {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: `${plural}.${group === '' ? 'core' : group}` },
    spec: {
      group,
      scope: 'Namespaced',
      names: { plural, kind },
      versions: [{ name: 'v1', served: true, storage: true, schema, subresources: { status: {} } }],
    },
  };
}

const definitions = { apiVersion: 'apiextensions.k8s.io/v1', resource: 'customresourcedefinitions' };

/** `kubectl api-resources` finds the preferred version of each type by code of its own. */
function listable({ types }: Discovered): string[] {
  return [...new Set(types.filter(({ verbs }) => verbs.includes('list')).map(typeName))].sort();
}

async function byKubectl(kubectl: (args: string[]) => Promise<CommandResult>): Promise<string[]> {
  const { stdout } = await kubectl(['api-resources', '--verbs=list', '--output=name', '--cached=false']);
  return stdout.trim().split('\n').sort();
}

test('a cluster tells all its types, as kubectl finds them', async () => {
  const discovered = await discover(downstream, signal);
  expect(discovered).toMatchObject({ complete: true, failedGroups: [] });
  expect(listable(discovered)).toEqual(await byKubectl(clusterKubectl));
  expect(discovered.types.find(({ resource }) => resource === 'deployments')).toMatchObject({
    group: 'apps',
    version: 'v1',
    kind: 'Deployment',
    namespaced: true,
    subresources: ['scale', 'status'],
  });
});

test('a workspace tells also the types that were added to the core group, as kubectl finds them', async () => {
  await workspace.admin.create(definitions, definition('', 'services', 'Service'));
  await workspace.admin.create(definitions, definition('example.com', 'things', 'Thing'));
  const discovered = await eventually('both types are discovered', async () => {
    const now = await discover(upstream, signal);
    const names = listable(now);
    return names.includes('services') && names.includes('things.example.com') && now;
  });
  expect(discovered.complete).toBe(true);
  expect(listable(discovered)).toEqual(await byKubectl(async (args) => await workspace.kubectl(args)));
  expect(discovered.types.find(({ resource }) => resource === 'services')).toMatchObject({
    group: '',
    kind: 'Service',
    subresources: ['status'],
  });
});

test('a type that was just made says so until it can be listed, or is not there yet', async () => {
  await workspace.admin.create(definitions, definition('new.example.com', 'news', 'News'));
  const seen: unknown[] = [];
  await eventually(
    'the type can be listed',
    async () => {
      try {
        return await upstream.request({ method: 'GET', path: '/apis/new.example.com/v1/news' });
      } catch (error) {
        seen.push(error);
        throw error;
      }
    },
    { pollMs: 2 },
  );
  const wrong = seen.filter(
    (error) => !(error instanceof ApiError && (error.status === 404 || isStorageInitializing(error))),
  );
  expect(wrong).toEqual([]);
  expect(seen.some(isStorageInitializing)).toBe(true);
});
