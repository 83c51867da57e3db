import type { Ref } from '@kcp-syncer/syncer-runtime/kube/find-object.js';
import { types } from './objects.js';
import { secrets } from '../credentials/kubeconfig-secret.js';
import { marksOf, secretKey, type ConnectionRecord } from '../credentials/managed-secret.js';
import { syncerDeployments } from '../syncerdeployment/syncer-deployment.js';

/** The name of the syncer's role and binding in the workspace. */
export function roleNameOf(syncTarget: string): string {
  return `kcp-syncer-${syncTarget}`;
}

/** One object with its place, ready to be ensured. */
export interface Manifest {
  readonly ref: Ref;
  readonly desired: {
    readonly apiVersion: string;
    readonly kind: string;
    readonly metadata: object;
    readonly spec?: unknown;
    readonly [field: string]: unknown;
  };
}

/** Which SyncerDeployment. */
export interface Place {
  readonly namespace: string;
  readonly name: string;
}

export function namespaceManifest(name: string): Manifest {
  return {
    ref: { type: types.namespaces, name },
    desired: { apiVersion: 'v1', kind: 'Namespace', metadata: { name } },
  };
}

/** The account of a syncer. */
export function accountManifest(ref: Ref & { readonly namespace: string }): Manifest {
  const { name, namespace } = ref;
  return { ref, desired: { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name, namespace } } };
}

export function secretRef({ namespace, name }: Place): Ref & { readonly namespace: string } {
  return { type: secrets, namespace, name: `${name}-kcp` };
}

export function secretManifest(
  place: Place,
  { kubeconfig, record }: { readonly kubeconfig: string; readonly record: ConnectionRecord },
): Manifest {
  const ref = secretRef(place);
  const { name, namespace } = ref;
  const metadata = { name, namespace, ...marksOf(record) };
  const data = { [secretKey]: Buffer.from(kubeconfig).toString('base64') };
  return { ref, desired: { apiVersion: 'v1', kind: 'Secret', metadata, type: 'Opaque', data } };
}

export function deploymentRef({ namespace, name }: Place): Ref & { readonly namespace: string } {
  return { type: syncerDeployments, namespace, name };
}
