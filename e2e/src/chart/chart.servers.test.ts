import { parseAllDocuments } from 'yaml';
import type { KubeObject } from '../harness/admin-client.js';
import { startCluster, type Cluster } from '../harness/cluster.js';
import { chartFolder, helm } from '../harness/helm.js';
import { eventually } from '../harness/eventually.js';
import { home, installChart, release, succeeded, valuesArgs, type Values } from './chart.fixture.js';

jest.setTimeout(120_000);

interface Rule {
  readonly apiGroups: readonly string[];
  readonly resources: readonly string[];
  readonly verbs: readonly string[];
}

interface Manifest extends KubeObject {
  readonly kind: string;
  readonly rules?: readonly Rule[];
  readonly spec?: { readonly template?: { readonly spec: object } };
}

let cluster: Cluster;

beforeAll(async () => {
  cluster = await startCluster();
  for (const name of [home, 'team-a', 'team-b'])
    await cluster.admin.apply(
      { apiVersion: 'v1', resource: 'namespaces', name },
      {
        kind: 'Namespace',
        metadata: { labels: { 'pod-security.kubernetes.io/enforce': 'restricted' } },
      },
    );
  const schema = { openAPIV3Schema: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true } };
  await cluster.admin.create(
    { apiVersion: 'apiextensions.k8s.io/v1', resource: 'customresourcedefinitions' },
    {
      metadata: { name: 'servicemonitors.monitoring.coreos.com' },
      spec: {
        group: 'monitoring.coreos.com',
        scope: 'Namespaced',
        names: { kind: 'ServiceMonitor', plural: 'servicemonitors' },
        versions: [{ name: 'v1', served: true, storage: true, schema }],
      },
    },
  );
  await eventually(
    'ServiceMonitors are served',
    async () => await cluster.admin.list({ apiVersion: 'monitoring.coreos.com/v1', resource: 'servicemonitors' }),
  );
});
afterAll(async () => {
  await cluster.stop();
});

async function render(values: Values = {}): Promise<string> {
  const args = ['template', release, chartFolder, '-n', home, '--kube-version=1.30.0', ...valuesArgs(values)];
  return succeeded(await helm(cluster.kubeconfigPath, args));
}

async function manifests(values: Values = {}): Promise<Manifest[]> {
  return parseAllDocuments(await render(values)).map((document) => document.toJS() as Manifest);
}

const kindsOf = (found: readonly Manifest[]): string[] => [...new Set(found.map(({ kind }) => kind))].sort();
const named = (found: readonly Manifest[], kind: string): Manifest => {
  const one = found.find((manifest) => manifest.kind === kind);
  if (one === undefined) throw new Error(`there is no ${kind}`);
  return one;
};

const everything: Values = {
  commonLabels: { team: 'platform' },
  'image.digest': `sha256:${'a'.repeat(64)}`,
  imagePullSecrets: [{ name: 'registry' }],
  replicas: 3,
  'crds.keep': false,
  'log.format': 'text',
  metricsPort: 9090,
  watchNamespaces: ['team-a', 'team-b'],
  protectedNamespaces: ['prod-*', 'ingress'],
  tenants: [{ namespace: 'team-a' }, { namespace: 'team-b' }],
  'clusterInfo.nodes': false,
  'rbac.extraRules': [{ apiGroups: ['*'], resources: ['*'], verbs: ['list'] }],
  'serviceAccount.annotations': { a: 'b' },
  nodeSelector: { pool: 'system' },
  tolerations: [{ key: 'system', operator: 'Exists' }],
  affinity: { nodeAffinity: {} },
  topologySpreadConstraints: [
    { topologyKey: 'topology.kubernetes.io/zone', maxSkew: 1, whenUnsatisfiable: 'DoNotSchedule' },
    { topologyKey: 'kubernetes.io/hostname', maxSkew: 2, whenUnsatisfiable: 'ScheduleAnyway', labelSelector: {} },
  ],
  'podDisruptionBudget.maxUnavailable': '50%',
  'networkPolicy.metricsFrom': [{ namespaceSelector: { matchLabels: { name: 'monitoring' } } }],
  'networkPolicy.egress': [{ ports: [{ port: 443 }] }],
  'service.annotations': { a: 'b' },
  'serviceMonitor.enabled': true,
  'serviceMonitor.labels': { release: 'prometheus' },
  podLabels: { a: 'b' },
  podAnnotations: { a: 'b' },
  extraEnv: [{ name: 'NODE_EXTRA_CA_CERTS', value: '/ca/ca.crt' }],
  extraVolumes: [{ name: 'ca', configMap: { name: 'ca' } }],
  extraVolumeMounts: [{ name: 'ca', mountPath: '/ca' }],
};

const sets: [string, Values][] = [
  ['the defaults', {}],
  ['everything', everything],
  ['single namespaces', { 'scope.namespaces': ['team-a', 'team-b'], 'sync.resources': ['deployments.apps'] }],
  ['names of our own', { fullnameOverride: 'carrier', 'serviceAccount.create': false, 'serviceAccount.name': 'mine' }],
  [
    'as little as can be',
    {
      'crds.install': false,
      'rbac.create': false,
      'writeGuard.enabled': false,
      'podDisruptionBudget.enabled': false,
      'networkPolicy.enabled': false,
      'sync.resources': [],
    },
  ],
];

describe.each(sets)('with %s', (_, values) => {
  test('helm lint has nothing to say', async () => {
    const result = await helm(cluster.kubeconfigPath, ['lint', '--strict', chartFolder, ...valuesArgs(values)]);
    expect(succeeded(result)).toContain('0 chart(s) failed');
  });

  test('the API server takes every object, knows every field, and Pod security has no warning', async () => {
    const text = await render({ ...values, 'crds.install': false });
    // A policy's parameters are of a type that a dry run makes nothing of.
    const args = ['apply', '--dry-run=server', '--validate=strict', '--server-side', '-f', '-'];
    const { code, stderr } = await cluster.kubectl(args, { input: text });
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  });
});

test('each switch leaves its objects out', async () => {
  const all = kindsOf(await manifests());
  const few = kindsOf(await manifests(sets.at(-1)?.[1]));
  expect(few).toEqual(['Deployment', 'Job', 'Pod', 'Service', 'ServiceAccount']);
  expect(all).toEqual(
    [
      'ClusterRole',
      'ClusterRoleBinding',
      'CustomResourceDefinition',
      'NetworkPolicy',
      'PodDisruptionBudget',
      'Role',
      'RoleBinding',
      'ValidatingAdmissionPolicy',
      'ValidatingAdmissionPolicyBinding',
      ...few,
    ].sort(),
  );
});

test('the type is kept when the release goes, unless it is not to be', async () => {
  const annotationsOf = async (values: Values) =>
    named(await manifests(values), 'CustomResourceDefinition').metadata.annotations ?? {};
  expect(await annotationsOf({})).toEqual({ 'helm.sh/resource-policy': 'keep' });
  expect(await annotationsOf({ 'crds.keep': false })).toEqual({});
});

test('what a role must never hold is in none', async () => {
  const rules = (await manifests()).flatMap(({ rules: found = [] }) => found);
  expect(rules.length).toBeGreaterThan(10);
  expect(JSON.stringify(rules)).not.toMatch(/"\*"|escalate|bind|impersonate|roles|exec|token|deletecollection/);
});

test('with single namespaces nothing that is synced may be touched elsewhere', async () => {
  const found = await manifests({ 'scope.namespaces': ['team-a'] });
  const bound = found.filter(({ kind }) => kind === 'ClusterRoleBinding') as unknown as { roleRef: { name: string } }[];
  expect(bound.map(({ roleRef }) => roleRef.name)).toEqual([`${home}:${release}`, `${home}:${release}:release`]);
  const inTeam = found.filter(({ kind, metadata }) => kind === 'RoleBinding' && metadata.namespace === 'team-a');
  expect(inTeam).toHaveLength(2);
});

test.each<[string, Values, string]>([
  ['an unknown value', { replica: 2 }, 'replica'],
  ['a wildcard', { 'sync.resources': ['*'] }, '/sync/resources/0'],
  ['a type that is never synced', { 'sync.resources': ['roles.rbac.authorization.k8s.io'] }, '/sync/resources/0'],
  ['a namespace that would end the pattern', { protectedNamespaces: ["a)$' || true"] }, '/protectedNamespaces/0'],
])('%s is refused by name', async (_, values, name) => {
  await expect(render(values)).rejects.toThrow(name);
});

test('release, upgrade and uninstall: nothing is left but the type and the namespace', async () => {
  await installChart(cluster);
  const upgrade = ['upgrade', release, chartFolder, '-n', home, '--set=replicas=3'];
  succeeded(await helm(cluster.kubeconfigPath, upgrade));
  succeeded(await helm(cluster.kubeconfigPath, ['uninstall', release, '-n', home]));
  const ours = `-l app.kubernetes.io/instance=${release}`.split(' ');
  const types =
    'jobs,clusterroles,clusterrolebindings,roles,rolebindings,deployments,services,serviceaccounts,networkpolicies,poddisruptionbudgets,validatingadmissionpolicies,validatingadmissionpolicybindings';
  await eventually('nothing is left', async () => {
    const { stdout } = await cluster.kubectl(['get', types, '-A', '-o', 'name', ...ours]);
    return stdout === '' || undefined;
  });
  expect(succeeded(await cluster.kubectl(['get', 'crd', '-o', 'name', ...ours]))).toBe(
    'customresourcedefinition.apiextensions.k8s.io/syncerdeployments.workload.kcp.io\n',
  );
  // It is taken over by the next release.
  await installChart(cluster);
});
