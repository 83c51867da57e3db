import { parseAllDocuments } from 'yaml';
import { printRbacCommand } from './print-rbac.js';
import { printRbacOptions } from './print-rbac-options.js';
import type { RbacSwitches } from './program.js';

const required = { syncTargetName: ['my-cluster'], kcpUser: ['up'], clusterUser: ['down'] };
const off: RbacSwitches = { namespaced: false, removesNamespaces: false };

async function print(given: Record<string, string[]>, switches: Partial<RbacSwitches> = {}): Promise<string> {
  const lines: string[] = [];
  const options = await printRbacOptions({ given: { ...required, ...given }, ...off, ...switches }, {});
  await printRbacCommand(options, { out: (line) => lines.push(line) });
  return lines.join('\n');
}

function summary(yaml: string): string[] {
  return parseAllDocuments(yaml).flatMap((document) => {
    const manifest = document.toJS() as { kind: string; metadata: { name: string; namespace?: string } } | null;
    return manifest ? [[manifest.kind, manifest.metadata.namespace, manifest.metadata.name].join(' ')] : [];
  });
}

test('the manifests of both sides come as YAML, under their headings', async () => {
  const yaml = await print({ resources: ['configmaps'] });
  expect(summary(yaml)).toEqual([
    'ClusterRole  kcp-syncer-my-cluster',
    'ClusterRoleBinding  kcp-syncer-my-cluster',
    'ClusterRole  kcp-syncer-my-cluster',
    'ClusterRoleBinding  kcp-syncer-my-cluster',
  ]);
  expect(yaml.match(/^# In the .*$/gm)).toEqual([
    '# In the workspace, by an administrator of it: kubectl apply -f -',
    '# In the cluster: kubectl apply -f -',
  ]);
});

test('one side alone can be applied as it is', async () => {
  const yaml = await print({ resources: ['configmaps'], side: ['cluster'], roleName: ['r'] });
  expect(summary(yaml)).toEqual(['ClusterRole  r', 'ClusterRoleBinding  r']);
  expect(yaml).not.toContain('synctargets');
});

test('namespaces that are left out get no role', async () => {
  const given = { resources: ['configmaps'], syncNamespaces: ['a,b'], excludeNamespaces: ['b'], side: ['cluster'] };
  expect(summary(await print(given, { namespaced: true }))).toEqual([
    'Role kube-system kcp-syncer-my-cluster',
    'RoleBinding kube-system kcp-syncer-my-cluster',
    'Role a kcp-syncer-my-cluster',
    'RoleBinding a kcp-syncer-my-cluster',
  ]);
});

test.each<[Record<string, string[]>, Partial<RbacSwitches>, RegExp]>([
  [{}, {}, /^what "\*" stands for only the two servers know/],
  [{ resources: ['configmaps'] }, { namespaced: true }, /^--namespaced takes the names of the namespaces/],
  [
    { resources: ['configmaps'], syncNamespaces: ['a'] },
    { namespaced: true, removesNamespaces: true },
    /^--remove-namespaces does not go with --namespaced/,
  ],
  [{ kcpKubeconfig: ['/x'] }, {}, /go together: give all or none$/],
  [{ kcpUser: ['a b'] }, {}, /^--kcp-user must be a user name/],
  [{ resources: ['configmaps'], excludeResources: ['*'] }, {}, /^no type is selected/],
])('%j %j is one line that says what to change', async (given, switches, message) => {
  await expect(print(given, switches)).rejects.toThrow(message);
});
