import type { KubeObject } from '@kcp-syncer/syncer-runtime/object/types.js';
import { types, type Ref } from './objects.js';
import { secrets } from '../credentials/kubeconfig-secret.js';
import { syncerDeployments } from '../syncerdeployment/syncer-deployment.js';

/** On a Secret: its token is ours, and may be renewed. */
export const managedLabel = 'syncer.kcp.io/managed';

/** What a Secret's connection was made of in kcp, for whoever takes it back. */
export interface ConnectionRecord {
  readonly logicalCluster: string;
  readonly syncTarget: string;
  /** Logical cluster of the workspace that holds the account. */
  readonly identityCluster: string;
}

const recordKeys = {
  logicalCluster: 'syncer.kcp.io/workspace',
  syncTarget: 'syncer.kcp.io/sync-target',
  identityCluster: 'syncer.kcp.io/identity-workspace',
} as const satisfies Readonly<Record<keyof ConnectionRecord, string>>;

/** The record of a Secret; undefined for one that `connect` did not make. */
export function recordIn({ metadata }: KubeObject): ConnectionRecord | undefined {
  const { labels = {}, annotations = {} } = metadata;
  const { logicalCluster, syncTarget, identityCluster } = recordKeys;
  const [at, of, from] = [annotations[logicalCluster], annotations[syncTarget], annotations[identityCluster]];
  if (labels[managedLabel] !== 'true' || at === undefined || of === undefined || from === undefined) return undefined;
  return { logicalCluster: at, syncTarget: of, identityCluster: from };
}

/** The name of the syncer's role and binding in the workspace. */
export function roleNameOf(syncTarget: string): string {
  return `kcp-syncer-${syncTarget}`;
}
export const secretKey = 'kubeconfig';

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
  const annotations = {
    [recordKeys.logicalCluster]: record.logicalCluster,
    [recordKeys.syncTarget]: record.syncTarget,
    [recordKeys.identityCluster]: record.identityCluster,
  };
  const metadata = { name, namespace, labels: { [managedLabel]: 'true' }, annotations };
  const data = { [secretKey]: Buffer.from(kubeconfig).toString('base64') };
  return { ref, desired: { apiVersion: 'v1', kind: 'Secret', metadata, type: 'Opaque', data } };
}

export function deploymentRef({ namespace, name }: Place): Ref & { readonly namespace: string } {
  return { type: syncerDeployments, namespace, name };
}
