import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { KubeObject } from '../harness/admin-client.js';
import type { ControlPlane } from '../harness/control-plane.js';
import { kubeconfigOf } from '../harness/kubeconfig.js';
import type { Flags } from '../harness/syncer.js';
import { chartFolder, helm } from '../harness/helm.js';
import { home, release, succeeded } from './chart.fixture.js';

/** An account that the chart made, with no rights but those that the chart gave. */
export interface ChartAccount {
  /** As the audit log names it. */
  readonly user: string;
  readonly token: string;
  readonly kubeconfigPath: string;
}

/** The account that the operator runs as, or another that the chart made. */
export async function chartAccount(cluster: ControlPlane, name = release): Promise<ChartAccount> {
  const { status } = await cluster.admin.create<{ status: { token: string } }>(
    { apiVersion: 'v1', resource: 'serviceaccounts', namespace: home, name, subresource: 'token' },
    { apiVersion: 'authentication.k8s.io/v1', kind: 'TokenRequest', spec: { expirationSeconds: 3600 } },
  );
  const { token } = status;
  const kubeconfigPath = join(cluster.folder, `chart-${name}.kubeconfig`);
  const { server, ca } = cluster.credentials();
  writeFileSync(kubeconfigPath, kubeconfigOf({ cluster: { server, ca, token } }));
  return { user: `system:serviceaccount:${home}:${name}`, token, kubeconfigPath };
}

interface Deployment extends KubeObject {
  readonly spec: {
    readonly template: { readonly spec: { readonly containers: readonly { readonly args: string[] }[] } };
  };
}

/** The flags that the chart gives its Pods; addresses and ports aside, which are the Pod's own. */
export async function chartFlags(cluster: ControlPlane): Promise<Flags> {
  const ref = { apiVersion: 'apps/v1', resource: 'deployments', namespace: home, name: release };
  const { spec } = await cluster.admin.get<Deployment>(ref);
  const args = spec.template.spec.containers.flatMap((container) => container.args);
  const flags = args.map((arg) => /^--([a-z-]+)=(.*)$/.exec(arg)?.slice(1) ?? [arg, '']);
  return { ...Object.fromEntries(flags), 'bind-address': '127.0.0.1', 'metrics-port': 0, 'health-port': 0 } as Flags;
}

/** Makes what the chart makes before the release goes, and gives its account; no Pod runs the Job here. */
export async function releaseAccount(cluster: ControlPlane): Promise<ChartAccount> {
  const only = ['--show-only=templates/release-hook.yaml', '--kube-version=1.30.0'];
  const manifests = succeeded(
    await helm(cluster.kubeconfigPath, ['template', release, chartFolder, '-n', home, ...only]),
  );
  succeeded(await cluster.kubectl(['apply', '-f', '-'], { input: manifests }));
  return await chartAccount(cluster, `${release}-release`);
}
