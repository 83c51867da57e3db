import type { SyncerDeployment as Generated } from '@kcp-syncer/crds/generated/syncerdeployment.js';
import type { KubeObject } from '@kcp-syncer/syncer-runtime/object/types.js';

export const syncerDeployments = {
  group: 'workload.kcp.io',
  version: 'v1alpha1',
  resource: 'syncerdeployments',
} as const;

export type Spec = Generated['spec'];
export type Status = NonNullable<Generated['status']>;
export type Condition = NonNullable<Status['conditions']>[number];

/** A SyncerDeployment as its server sent it: `spec` is judged before it is used (crds/syncer-deployment). */
export interface SyncerDeployment {
  readonly metadata: KubeObject['metadata'] & { readonly namespace: string };
  readonly spec?: unknown;
  readonly status?: Status;
}

/** As people name it. */
export function nameOf({ metadata: { namespace, name } }: SyncerDeployment): string {
  return `${namespace}/${name}`;
}

/** The command that makes new credentials of kcp for it. */
export function renewCommandOf({ metadata: { namespace, name } }: SyncerDeployment, spec: Spec | undefined): string {
  const where = spec?.workspace ?? '<workspace>';
  return `kubectl syncer connect ${where} --namespace ${namespace} --name ${name} --renew --kcp-kubeconfig <file>`;
}
