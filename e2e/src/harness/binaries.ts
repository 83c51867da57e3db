import { join } from 'node:path';

/** Where the module files of the servers are: e2e/controlplane. */
export const modulesFolder = join(import.meta.dirname, '..', '..', 'controlplane');

/** Says how one binary is made. A recipe with `module` is pinned by that folder's go.sum, one without by its version. */
export interface Recipe {
  readonly package: string;
  readonly module?: 'etcd' | 'kcp' | 'kube' | 'pause' | 'promlint';
  /** The version that the binary says it has; without it kubectl and Helm cannot parse a server's version. */
  readonly gitVersion?: string;
}

const kube = (command: string): Recipe => ({
  package: `k8s.io/kubernetes/cmd/${command}`,
  module: 'kube',
  gitVersion: 'v1.36.3',
});

export const recipes = {
  etcd: { package: 'go.etcd.io/etcd/server/v3', module: 'etcd' },
  'kube-apiserver': kube('kube-apiserver'),
  'kube-controller-manager': kube('kube-controller-manager'),
  'kube-scheduler': kube('kube-scheduler'),
  kubectl: kube('kubectl'),
  kubelet: kube('kubelet'),
  'kube-proxy': kube('kube-proxy'),
  pause: { package: '.', module: 'pause' },
  kcp: { package: 'github.com/kcp-dev/kcp/cmd/kcp', module: 'kcp', gitVersion: 'v1.35.1+kcp-v0.31.2' },
  kwok: { package: 'sigs.k8s.io/kwok/cmd/kwok@v0.7.0' },
  promlint: { package: '.', module: 'promlint' },
  helm: { package: 'helm.sh/helm/v3/cmd/helm@v3.22.0' },
} as const satisfies Record<string, Recipe>;

export type BinaryName = keyof typeof recipes;

/** All that kcp, the cluster and their command line need; the others are built where a test asks for them. */
export const controlPlaneBinaries: readonly BinaryName[] = [
  'etcd',
  'kube-apiserver',
  'kubectl',
  'kube-controller-manager',
  'kube-scheduler',
  'kcp',
  'kwok',
];

/** The environment variable that names a binary made elsewhere, for example KUBE_APISERVER_BIN. */
export function variableOf(name: BinaryName): string {
  return `${name.toUpperCase().replaceAll('-', '_')}_BIN`;
}

/** The linker's flags that give a binary its Kubernetes version. */
export function linkerFlags({ gitVersion }: Recipe): string[] {
  const version = /^v(\d+)\.(\d+)\./.exec(gitVersion ?? '');
  if (gitVersion === undefined || version === null) return [];
  const values = {
    'k8s.io/component-base/version.gitVersion': gitVersion,
    'k8s.io/component-base/version.gitMajor': version[1],
    'k8s.io/component-base/version.gitMinor': version[2],
    'k8s.io/client-go/pkg/version.gitVersion': gitVersion,
  };
  return [
    '-ldflags',
    Object.entries(values)
      .map(([name, value]) => `-X ${name}=${value ?? ''}`)
      .join(' '),
  ];
}
