import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { stringify } from 'yaml';
import { kubeconfigOf } from './kubeconfig.js';
import type { RunFolder } from './run-folder.js';

/** Who talks to the API server with a token of its own; the audit log tells them apart. */
export type ClusterUser = 'admin' | 'kwok' | 'system:kube-controller-manager' | 'system:kube-scheduler';

const users: readonly ClusterUser[] = ['admin', 'kwok', 'system:kube-controller-manager', 'system:kube-scheduler'];

export type ClusterTokens = Readonly<Record<ClusterUser, string>>;

/** Writes tokens.csv for the API server: each user may do everything. */
export function writeTokens(run: RunFolder): ClusterTokens {
  const tokens = users.map((user) => [user, randomBytes(24).toString('hex')] as const);
  const lines = tokens.map(([user, token]) => `${token},${user},${user},"system:masters"\n`);
  writeFileSync(run.file('tokens.csv'), lines.join(''));
  return Object.fromEntries(tokens) as ClusterTokens;
}

/** Writes sa.key and sa.pub, with which ServiceAccount tokens are signed and checked. */
export function writeSigningKeys(run: RunFolder): void {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  writeFileSync(run.file('sa.key'), privateKey.export({ type: 'pkcs8', format: 'pem' }));
  writeFileSync(run.file('sa.pub'), publicKey.export({ type: 'spki', format: 'pem' }));
}

/** The certificate that the API server made and signed itself: to a client it is the authority too. */
export function certificatePath(run: RunFolder): string {
  return run.file('tls/apiserver.crt');
}

/** Writes the kubeconfig of a user and gives its path. */
export function writeKubeconfig(run: RunFolder, user: ClusterUser, access: { url: string; token: string }): string {
  const path = run.file(`${user.replaceAll(':', '-')}.kubeconfig`);
  const ca = readFileSync(certificatePath(run), 'utf8');
  writeFileSync(path, kubeconfigOf({ cluster: { server: access.url, ca, token: access.token } }));
  return path;
}

/** Plays the cloud's load balancer: 10.0.x.y in the cluster is 198.18.x.y outside. Nodes and Pods have kwok's own stages. */
const loadBalancerStage = {
  apiVersion: 'kwok.x-k8s.io/v1alpha1',
  kind: 'Stage',
  metadata: { name: 'service-load-balancer' },
  spec: {
    resourceRef: { apiGroup: 'v1', kind: 'Service' },
    selector: {
      matchExpressions: [
        { key: '.metadata.deletionTimestamp', operator: 'DoesNotExist' },
        { key: '.spec.type', operator: 'In', values: ['LoadBalancer'] },
        { key: '.status.loadBalancer.ingress', operator: 'DoesNotExist' },
      ],
    },
    next: {
      statusTemplate: `loadBalancer:
  ingress:
  - ip: {{ .spec.clusterIP | replace "10.0." "198.18." }}
`,
    },
  },
};

/** Writes kwok's configuration and gives its path. */
export function writeKwokConfig(run: RunFolder): string {
  const path = run.file('kwok.yaml');
  writeFileSync(path, stringify(loadBalancerStage));
  return path;
}
